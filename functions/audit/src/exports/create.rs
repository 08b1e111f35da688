//! `POST /audit/exports`: asks for an export. The worker takes it from the table.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{OrganizationScope, Statement, Transaction},
    http::{Input, Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::types::Type;

use super::{
    export::{Export, export_columns},
    form::{ExportForm, is_correctable},
    list::Filter,
    list_page,
    new_export::NewExport,
};

/// The most exports of an organization that somebody asked for and that are not finished.
const MOST_UNFINISHED: i64 = 20;

/// One request of an organization after the other, up to the end of its transaction: what the next statement counts,
/// nobody adds to meanwhile.
const ONE_AFTER_ANOTHER: &str = "
    select pg_advisory_xact_lock(hashtextextended('audit_log_exports ' || (select app.org_id())::text, 0))";

/// Makes the export unless there are as many as there may be. Those of the organization are counted, by its own index;
/// `status in ('queued', 'running')` would be what the queue's index has, of all organizations.
const INSERT: &str = concat!(
    "
    insert into audit_log_exports
        (org_id, workos_user_id, start_date, end_date, actions, resource_types, export_format, reason)
    select (select app.org_id()), (select app.user_id()), $1, $2, $3, $4, $5, $6
    where (
        select count(*)
        from audit_log_exports
        where org_id = (select app.org_id())
          and trigger = 'requested'
          and status not in ('done', 'failed')
    ) < $7
    returning ",
    export_columns!()
);

/// Asks for an export. A form that needs correcting comes back with what was typed.
pub(crate) async fn create(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    session.check_form(request)?;
    let scope = app.organization(&session, Permission::AuditExport)?;
    match (create_in(&scope, request).await, request.form()) {
        (Ok(export), Some(_)) => Ok(Reply::see_other(app.public_url().join(&export.path()))),
        (Ok(export), None) => {
            let location = app.public_url().join(&export.path());
            Ok(Reply::json(StatusCode::ACCEPTED, &export)?.with_header("location", location))
        }
        (Err(problem), Some(sent)) if request.wants_page() && is_correctable(&problem) => {
            let (status, form) = (problem.status(), ExportForm::refused(sent, problem));
            list_page::reply(app, &session, &scope, request, &Filter::default(), form, status).await
        }
        (Err(problem), _) => Err(problem),
    }
}

async fn create_in(scope: &OrganizationScope<'_>, request: &Request) -> Result<Export, Problem> {
    let export = NewExport::read(&Input::of(request)?)?;
    let mut parameters = export.parameters().to_vec();
    parameters.push((&MOST_UNFINISHED, Type::INT8));
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let statements = [Statement::new(ONE_AFTER_ANOTHER, &[]), Statement::new(INSERT, &parameters)];
            let [_, made] = transaction.query_all(statements).await?;
            let Some(made) = made.first() else { return Err(Problem::too_many_exports(MOST_UNFINISHED)) };
            let made = Export::from_row(made)?;
            transaction.audit(asked_for(request, &made));
            Ok(made)
        })
        .await
}

/// That somebody asked for this export. The reason stays in the table: it is free text, and nobody could take it out of
/// the trail again.
fn asked_for(request: &Request, export: &Export) -> Entry {
    Entry::new(request, Action::AuditLogExported, Resource::audit_export(export.id))
        .with("from", export.from.to_string())
        .with("to", export.to.to_string())
        .with("actions", export.actions.clone())
        .with("resource_types", export.resource_types.clone())
        .with("format", export.format.as_str())
}
