//! The page of the report: its numbers, drawn and as tables. Three statements, one flight.

use askama::Template;
use eleva::{
    Session,
    database::{Error, OrganizationScope, Transaction},
    http::{Problem, Reply, Request, form, instant},
    identity,
    members::{self, Member},
    page::{Layout, Section, Viewer},
};
use http::StatusCode;
use jiff::civil::Date;

use crate::{
    chart::{CategoryChart, DayChart},
    range::Range,
    report,
    tally::Tally,
    wording,
};

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    range: Range,
    tally: &'a Tally,
    days: DayChart,
    categories: CategoryChart,
    users: Vec<(String, i64, Option<String>)>,
}

/// Counts, records that the report was made, and renders it.
pub(crate) async fn reply(
    session: &Session,
    scope: &OrganizationScope<'_>,
    request: &Request,
    range: Range,
) -> Result<Reply, Problem> {
    let (tally, viewer, members) = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let parameters = report::parameters(&range);
            let statements = [report::statement(&parameters), identity::viewer_statement(), members::statement()];
            let [tally, viewer, members] = transaction.query_all(statements).await?;
            let membership = transaction.membership().ok_or(Error::Shape("a membership"))?;
            let viewer = identity::viewer(session, membership, &viewer)?;
            let tally = Tally::from_rows(&tally, range)?;
            transaction.audit(report::generated(request, range, &tally));
            Ok::<_, Problem>((tally, viewer, members::from_rows(&members)?))
        })
        .await?;
    let page = ReportPage {
        layout: Layout::new("Audit report", Section::Audit, &viewer),
        viewer: &viewer,
        range,
        days: DayChart::of(&tally),
        categories: CategoryChart::of(&tally),
        users: users(&tally, &members),
        tally: &tally,
    };
    Reply::page(StatusCode::OK, &page)
}

/// Who did how much, and their id where there is one.
fn users(tally: &Tally, members: &[Member]) -> Vec<(String, i64, Option<String>)> {
    let named = tally.by_user.iter().map(|user| match &user.user_id {
        // The trail outlasts memberships, and then the id is all there is.
        Some(id) => (members::name(members, id).unwrap_or(id).to_owned(), user.count, Some(id.clone())),
        None => ("System".to_owned(), user.count, None),
    });
    named.collect()
}

impl ReportPage<'_> {
    /// The entries that a number counts.
    fn entries(&self, filter: &str, value: &str) -> String {
        let Range { from, to } = self.range;
        let moments = format!("from={}&to={}", form::encode(&from.to_string()), form::encode(&to.to_string()));
        format!("/audit/logs?{moments}&{filter}={}", form::encode(value))
    }

    /// The day from which the range reaches, as a field takes it.
    fn first_day(&self) -> Date {
        instant::day(self.range.from)
    }

    /// The day up to which it does, which is not included: the one after the last that it touches.
    fn end_day(&self) -> Date {
        let last = self.tally.by_day.last().map_or(self.first_day(), |day| day.date);
        last.tomorrow().unwrap_or(last)
    }
}
