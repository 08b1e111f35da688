//! `GET /audit/exports`: what was exported, and what is about to be, newest first. Looking is recorded in the
//! transaction that reads.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Statement, Transaction},
    http::{Limit, Problem, Query, Reply, Request, form},
    permission::Permission,
};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::{
    cursor::Cursor,
    export::{Export, export_columns},
    form::ExportForm,
    list_page,
};

/// Keyset, never OFFSET, in the order of `audit_log_exports_list_idx`.
pub(crate) const LIST: &str = concat!(
    "select ",
    export_columns!(),
    "
    from audit_log_exports
    where org_id = (select app.org_id())
      and ($1::timestamptz is null or (created_at, id) < ($1, $2))
    order by created_at desc, id desc
    limit $3"
);

/// Which page of the list.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    limit: Limit,
    before: Option<Timestamp>,
    before_id: Option<Uuid>,
}

#[derive(Serialize)]
struct ExportList {
    items: Vec<Export>,
    next_cursor: Option<String>,
}

impl Filter {
    /// Reads a query. Errors: `malformed` for what cannot be read, `invalid` for a limit out of its range.
    fn read(query: &Query) -> Result<Self, Problem> {
        let limit = Limit::read(query)?;
        let cursor = query.optional("cursor")?.map(Cursor::decode).transpose()?;
        Ok(Self { limit, before: cursor.map(|cursor| cursor.created_at), before_id: cursor.map(|cursor| cursor.id) })
    }

    /// The parameters of the statement.
    pub(crate) fn parameters(&self) -> [(&(dyn ToSql + Sync), Type); 3] {
        [(&self.before, Type::TIMESTAMPTZ), (&self.before_id, Type::UUID), (self.limit.fetched(), Type::INT8)]
    }

    /// Takes the row beyond the limit off the page, and gives the cursor of the next one if there is one.
    pub(crate) fn next_cursor(&self, exports: &mut Vec<Export>) -> Result<Option<String>, Problem> {
        self.limit.cut(exports).map(|export| Cursor::after(export).encode()).transpose()
    }

    /// The address of the page that begins after `cursor`.
    pub(crate) fn path_after(&self, cursor: &str) -> String {
        format!("/audit/exports?limit={}&cursor={}", self.limit, form::encode(cursor))
    }

    /// Whether the list is another than the first page.
    pub(crate) fn is_continued(&self) -> bool {
        self.before.is_some()
    }
}

/// Answers with the list. The page also has the form that asks for an export.
pub(crate) async fn show(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::AuditExport)?;
    let filter = Filter::read(request.query())?;
    if request.wants_page() {
        let form = ExportForm::of_last_month(app.clock().now().map_err(Problem::internal)?);
        return list_page::reply(app, &session, &scope, request, &filter, form, StatusCode::OK).await;
    }
    let (items, next_cursor) = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let rows = transaction.query(Statement::new(LIST, &filter.parameters())).await?;
            let mut items = Export::from_rows(&rows)?;
            let next_cursor = filter.next_cursor(&mut items)?;
            transaction.audit(viewed(request, items.len()));
            Ok::<_, Problem>((items, next_cursor))
        })
        .await?;
    Reply::json(StatusCode::OK, &ExportList { items, next_cursor })
}

/// That somebody has seen so many of the exports.
pub(crate) fn viewed(request: &Request, count: usize) -> Entry {
    Entry::new(request, Action::AuditLogViewed, Resource::audit_log()).with("view", "exports").with("exports", count)
}
