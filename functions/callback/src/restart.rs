//! Coming back without a state: an invitation, or a sign-in that was started at WorkOS.
//!
//! Such a code could have been planted by anybody (login CSRF), so it is discarded and the flow started anew from
//! here. That happens once: the new flow says so in its seal, and a second return without a state ends on a page.

use eleva::{
    App,
    http::{Problem, Query, Reply, Request, form},
    return_path::ReturnPath,
    session::Flow,
};

use crate::failure::Failure;

/// Whether a parameter cannot be read, or is given twice: an odd link, and no reason to render a page at an address with
/// a code in it.
pub(crate) fn is_odd(query: &Query) -> bool {
    ["state", "code", "error", "organization_id", "invitation_token"].iter().any(|name| query.optional(name).is_err())
}

/// Redirects to `/sign-in`, keeping what the person came with.
pub(crate) fn restart(app: &App, request: &Request) -> Result<Reply, Problem> {
    let query = request.query();
    if query.optional("error")?.is_some() {
        return Ok(Failure::Refused(String::new()).redirect(&ReturnPath::default()));
    }
    let flows = Flow::all(app.flow_sealer(), request.cookies(), app.clock().seconds());
    if flows.iter().any(|flow| flow.restarted) {
        return Ok(Failure::State.redirect(&ReturnPath::default()));
    }
    let mut location = "/sign-in?restarted=1".to_owned();
    for name in ["organization_id", "invitation_token"] {
        if let Some(value) = query.optional(name)? {
            location.push_str(&format!("&{name}={}", form::encode(value)));
        }
    }
    Ok(Reply::found(location))
}
