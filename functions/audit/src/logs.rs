//! `GET /audit/logs`: the organization's audit trail, newest first. Whoever sees it is in it: looking is recorded in
//! the transaction that reads.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Statement, Transaction},
    http::{Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use serde::Serialize;

use crate::{
    entry::{LoggedEntry, entry_columns},
    filter::Filter,
    logs_page,
};

/// Keyset, never OFFSET: the primary key has this order, and row-level security gives the organization that it begins
/// with. Of the second and the third condition, which say the same of time, the second leaves out partitions, and the
/// third the entries of that moment that were on the page before.
pub(crate) const LIST: &str = concat!(
    "select ",
    entry_columns!(),
    "
    from audit_logs
    where created_at >= $1
      and created_at <= $2
      and (created_at, seq) < ($2, $3)
      and ($4::text[] is null or action = any ($4))
      and ($5::text[] is null or resource_type = any ($5))
      and ($6::text is null or resource_id = $6)
      and ($7::text is null or workos_user_id = $7)
    order by created_at desc, seq desc
    limit $8"
);

#[derive(Serialize)]
struct EntryList {
    items: Vec<LoggedEntry>,
    next_cursor: Option<String>,
}

/// Answers with the list.
pub(crate) async fn show(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::AuditRead)?;
    let filter = Filter::read(request.query(), app.clock().seconds())?;
    if request.wants_page() {
        return logs_page::reply(&session, &scope, request, &filter).await;
    }
    let (items, next_cursor) = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let rows = transaction.query(Statement::new(LIST, &filter.parameters())).await?;
            let mut items = LoggedEntry::from_rows(&rows)?;
            let next_cursor = filter.next_cursor(&mut items)?;
            transaction.audit(viewed(request, &filter, items.len()));
            Ok::<_, Problem>((items, next_cursor))
        })
        .await?;
    Reply::json(StatusCode::OK, &EntryList { items, next_cursor })
}

/// That somebody has seen so many entries of this list.
pub(crate) fn viewed(request: &Request, filter: &Filter, count: usize) -> Entry {
    Entry::new(request, Action::AuditLogViewed, Resource::audit_log())
        .with("view", "list")
        .with("from", filter.range.from.to_string())
        .with("to", filter.range.to.to_string())
        .with("filters", filter.recorded())
        .with("entries", count)
}
