//! `GET /audit/exports/{id}`: one export, and how far it is. Looking is recorded in the transaction that reads.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Statement, Transaction},
    http::{Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::{
    export::{Export, export_columns},
    show_page,
};

/// The export, if it is one of the organization's.
pub(crate) const ONE: &str = concat!(
    "select ",
    export_columns!(),
    "
    from audit_log_exports
    where id = $1"
);

/// Answers with the export.
pub(crate) async fn show(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::AuditExport)?;
    if request.wants_page() {
        return show_page::reply(app, &session, &scope, request, id).await;
    }
    let export = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let row = transaction.query_optional(Statement::new(ONE, &[(&id, Type::UUID)])).await?;
            let export = Export::from_row(&row.ok_or_else(|| Problem::not_visible(id))?)?;
            transaction.audit(viewed(request, id));
            Ok::<_, Problem>(export)
        })
        .await?;
    Reply::json(StatusCode::OK, &export)
}

/// That somebody has seen this export.
pub(crate) fn viewed(request: &Request, id: Uuid) -> Entry {
    Entry::new(request, Action::AuditLogViewed, Resource::audit_export(id)).with("view", "exports")
}
