//! `GET /audit/report`: what the trail adds up to. That somebody had it made is recorded in the transaction that
//! counts.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Statement, Transaction},
    http::{Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::types::{ToSql, Type};

use crate::{range::Range, report_page, tally::Tally};

/// All that is counted, in one look at the entries. `grouping` says by what a row counts.
const REPORT: &str = "
    select action, workos_user_id, day, grouping(action, workos_user_id, day) as grouping, count(*) as count
    from (
        select action, workos_user_id, (created_at at time zone 'UTC')::date as day
        from audit_logs
        where created_at >= $1
          and created_at < $2
    ) as entry
    group by grouping sets ((action), (workos_user_id), (day))";

/// Answers with the report.
pub(crate) async fn show(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::AuditRead)?;
    let range = Range::read(request.query(), None, app.clock().seconds())?.for_report()?;
    if request.wants_page() {
        return report_page::reply(&session, &scope, request, range).await;
    }
    let tally = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let rows = transaction.query(Statement::new(REPORT, &parameters(&range))).await?;
            let tally = Tally::from_rows(&rows, range)?;
            transaction.audit(generated(request, range, &tally));
            Ok::<_, Problem>(tally)
        })
        .await?;
    Reply::json(StatusCode::OK, &tally)
}

/// The statement, for a page that sends others along with it; its parameters are [`parameters`].
pub(crate) fn statement<'a>(parameters: &'a [(&'a (dyn ToSql + Sync), Type)]) -> Statement<'a> {
    Statement::new(REPORT, parameters)
}

/// The parameters of the statement.
pub(crate) fn parameters(range: &Range) -> [(&(dyn ToSql + Sync), Type); 2] {
    [(&range.from, Type::TIMESTAMPTZ), (&range.to, Type::TIMESTAMPTZ)]
}

/// That somebody had this report made.
pub(crate) fn generated(request: &Request, range: Range, tally: &Tally) -> Entry {
    Entry::new(request, Action::ComplianceReportGenerated, Resource::compliance())
        .with("from", range.from.to_string())
        .with("to", range.to.to_string())
        .with("total_events", tally.total_events)
}
