//! Switching to another organization: the membership is checked here, the tokens come from WorkOS.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, Statement, Transaction},
    http::{FieldError, Problem, Reply, Request},
    return_path::ReturnPath,
};
use http::StatusCode;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::view::SessionView;

/// No `org_id`: no active membership.
const MEMBERSHIP: &str = "
    select exists (select from revoked_sessions r where r.sid = $3) as is_revoked,
           (
             select o.id
             from user_org_memberships m
             join organizations o on o.id = m.org_id
             join users u on u.workos_user_id = m.workos_user_id
             where m.workos_user_id = $1
               and o.workos_org_id = $2
               and m.status = 'active'
               and o.deleted_at is null
               and u.deleted_at is null
           ) as org_id";

/// Switches, and answers with the new session (JSON) or goes back to where the form stood.
pub(crate) async fn switch(app: &App, request: &Request) -> Result<Reply, Problem> {
    // Refreshing within an organization that the person may have to leave would fail; the switch brings new tokens.
    let session = Session::remembered(app, request).await?;
    session.check_form(request)?;
    let organization_id = wanted(request)?;
    let entry = enter(app, request, &session, &organization_id).await?;
    let session = match session.switch(app, request, &organization_id).await {
        Ok(session) => session,
        Err(problem) => {
            // With cookies on their way, the tokens are there and only the keys to verify them with are not.
            if !request.has_outgoing_cookies()
                && let Err(unrecorded) = record_failure(app, entry.failed().with("code", problem.code())).await
            {
                tracing::error!(request_id = request.id(), %unrecorded, "a failed switch could not be recorded");
            }
            return Err(problem);
        }
    };
    match request.form() {
        Some(form) => {
            let return_to = form.get("return_to").map(ReturnPath::sanitize).unwrap_or_default();
            Ok(Reply::see_other(app.public_url().join(return_to.as_str())))
        }
        None => Reply::json(StatusCode::OK, &SessionView::load(app, &session).await?),
    }
}

fn wanted(request: &Request) -> Result<String, Problem> {
    let organization_id = match request.form() {
        Some(form) => form.text("organization_id"),
        None => request.json_object()?.get("organization_id").and_then(|id| id.as_str()).map(str::to_owned),
    };
    organization_id.filter(|id| (1..=64).contains(&id.len()) && !id.contains('\0')).ok_or_else(|| {
        Problem::invalid(vec![FieldError::new("organization_id", "The id of an organization at WorkOS is expected.")])
    })
}

/// Requires that the person is a member there, and records that they go: before they are given a token for it, since
/// nothing can be taken back after. Gives what was recorded.
async fn enter(app: &App, request: &Request, session: &Session, organization_id: &str) -> Result<Entry, Problem> {
    let claims = session.claims();
    let parameters: &[(&(dyn ToSql + Sync), Type)] =
        &[(&claims.sub, Type::TEXT), (&organization_id, Type::TEXT), (&claims.sid, Type::TEXT)];
    app.identity()?
        .transaction(async |transaction: &mut Transaction<'_>| {
            let row = transaction.query_optional(Statement::new(MEMBERSHIP, parameters)).await?;
            let row = row.ok_or(Error::Shape("whether the person is a member"))?;
            if row.try_get("is_revoked").map_err(Error::from)? {
                return Err(Problem::unauthenticated());
            }
            let org_id: Option<Uuid> = row.try_get("org_id").map_err(Error::from)?;
            let org_id = org_id.ok_or_else(Problem::membership_inactive)?;
            let entry = Entry::new(request, Action::OrganizationSwitched, Resource::organization(org_id)).about(
                org_id,
                Some(&claims.sub),
                claims.impersonator(),
            );
            transaction.audit(entry.clone());
            Ok(entry)
        })
        .await
}

/// Records that the person did not get there after all.
async fn record_failure(app: &App, entry: Entry) -> Result<(), Problem> {
    app.identity()?
        .transaction(async |transaction: &mut Transaction<'_>| {
            transaction.audit(entry);
            Ok(())
        })
        .await
}
