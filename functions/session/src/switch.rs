//! Switching to another organization: the membership is checked here, the tokens come from WorkOS.

use eleva::{
    App, Session,
    database::Statement,
    http::{FieldError, Problem, Reply, Request},
    return_path::ReturnPath,
};
use http::StatusCode;
use tokio_postgres::types::Type;

use crate::view::SessionView;

/// No row: no active membership. Whether the session was revoked is answered apart.
const MEMBERSHIP: &str = "
    select
    from user_org_memberships m
    join organizations o on o.id = m.org_id
    join users u on u.workos_user_id = m.workos_user_id
    where m.workos_user_id = $1
      and o.workos_org_id = $2
      and m.status = 'active'
      and o.deleted_at is null
      and u.deleted_at is null";

const REVOKED: &str = "
    select
    from revoked_sessions
    where sid = $1";

/// Switches, and answers with the new session (JSON) or goes back to where the form stood.
pub(crate) async fn switch(app: &App, request: &Request) -> Result<Reply, Problem> {
    // Refreshing within an organization that the person may have to leave would fail; the switch brings new tokens.
    let session = Session::remembered(app, request).await?;
    session.check_form(request)?;
    let organization_id = wanted(request)?;
    require_membership(app, &session, &organization_id).await?;
    let session = session.switch(app, request, &organization_id).await?;
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

async fn require_membership(app: &App, session: &Session, organization_id: &str) -> Result<(), Problem> {
    let (user_id, session_id) = (session.user_id(), session.claims().sid.as_str());
    let [memberships, revocations] = app
        .identity()?
        .read_all([
            Statement::new(MEMBERSHIP, &[(&user_id, Type::TEXT), (&organization_id, Type::TEXT)]),
            Statement::new(REVOKED, &[(&session_id, Type::TEXT)]),
        ])
        .await?;
    match (revocations.is_empty(), memberships.is_empty()) {
        (false, _) => Err(Problem::unauthenticated()),
        (true, true) => Err(Problem::membership_inactive()),
        (true, false) => Ok(()),
    }
}
