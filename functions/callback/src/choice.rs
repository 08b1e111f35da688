//! The choice among several organizations, when AuthKit left it to us (`organization_selection_required`).
//!
//! The pending token waits sealed in the flow's cookie, at most as long as the flow lives.

use askama::Template;
use eleva::{
    App,
    http::{FieldError, Problem, Reply, Request},
    page::Layout,
    return_path::ReturnPath,
    session::{Flow, OfferedOrganization, Pending},
};
use http::StatusCode;
use serde::Serialize;

use crate::{failure::Failure, handler};

/// What is wrong with a choice that is none.
const CHOOSE: &str = "Choose one of the organizations.";

#[derive(Template)]
#[template(path = "choice.html")]
struct ChoicePage<'a> {
    layout: Layout<'a>,
    flow: &'a str,
    organizations: &'a [OfferedOrganization],
}

#[derive(Serialize)]
struct ChoiceDocument<'a> {
    organizations: &'a [OfferedOrganization],
}

/// Keeps the pending token in the flow and sends the browser to the page.
pub(crate) fn offer(app: &App, request: &Request, mut flow: Flow, pending: Pending) -> Result<Reply, Problem> {
    flow.pending = Some(pending);
    let now = app.clock().seconds();
    let cookie = flow.seal(app.flow_sealer(), app.entropy(), now).map_err(Problem::unavailable)?;
    for eviction in Flow::evictions(app.flow_sealer(), request.cookies(), now, std::slice::from_ref(&cookie)) {
        request.set_cookie(eviction);
    }
    request.set_cookie(cookie);
    Ok(Reply::found(format!("/auth/callback/organization?flow={}", &flow.state[..8])))
}

/// The page with one button per organization.
pub(crate) fn page(app: &App, request: &Request) -> Result<Reply, Problem> {
    let Some((flow, pending)) = waiting(app, request, request.query().optional("flow")?) else {
        return Ok(Failure::State.redirect(&ReturnPath::default()));
    };
    let organizations = pending.organizations.as_slice();
    match request.wants_page() {
        true => {
            let layout = Layout::public("Choose an organization");
            Reply::page(StatusCode::OK, &ChoicePage { layout, flow: &flow.state[..8], organizations })
        }
        false => Reply::json(StatusCode::OK, &ChoiceDocument { organizations }),
    }
}

/// Takes the choice and goes on with the sign-in.
pub(crate) async fn choose(app: &App, request: &Request) -> Result<Reply, Problem> {
    let (organization_id, name) = match request.form() {
        Some(form) => (form.text("organization_id"), form.text("flow")),
        None => {
            let object = request.json_object()?;
            let text = |field: &'static str, rule: &'static str| match object.get(field).map(|value| value.as_str()) {
                None => Ok(None),
                Some(Some(text)) => Ok(Some(text.to_owned())),
                Some(None) => Err(Problem::invalid(vec![FieldError::new(field, rule)])),
            };
            (text("organization_id", CHOOSE)?, text("flow", "Give the flow as a text, or leave it out.")?)
        }
    };
    let organization_id = organization_id
        .filter(|id| !id.is_empty())
        .ok_or_else(|| Problem::invalid(vec![FieldError::new("organization_id", CHOOSE)]))?;
    let Some((flow, pending)) = waiting(app, request, name.as_deref()) else {
        return match request.wants_page() {
            true => Ok(Failure::State.redirect(&ReturnPath::default())),
            false => Err(Problem::unauthenticated()),
        };
    };
    let answer = app.workos().select_organization(&pending.token, &organization_id, &request.into()).await;
    handler::finish(app, request, flow, answer).await
}

/// The flow that waits for a choice: the one of that name, or the newest.
fn waiting(app: &App, request: &Request, name: Option<&str>) -> Option<(Flow, Pending)> {
    Flow::all(app.flow_sealer(), request.cookies(), app.clock().seconds())
        .into_iter()
        .filter(|flow| name.is_none_or(|name| flow.state.starts_with(name)))
        .find_map(|flow| {
            let pending = flow.pending.clone()?;
            Some((flow, pending))
        })
}
