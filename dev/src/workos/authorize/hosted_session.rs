//! Browsers that the hosted pages know: whoever signed in there is not asked again until a session that came from it
//! ends. Off until [`crate::workos::Control::remember_browsers`].

use axum::http::{HeaderMap, header::COOKIE};

use super::request::AuthorizeRequest;
use crate::workos::{environment::Environment, identifier::new_secret, records::HostedSession};

const NAME: &str = "workos-hosted-session";
const ATTRIBUTES: &str = "Path=/user_management; HttpOnly; SameSite=Lax";

/// The hosted session that a browser carries and its person, if that answers the request without a question.
pub(super) fn find(
    environment: &Environment,
    request: &AuthorizeRequest,
    headers: &HeaderMap,
) -> Option<(String, String)> {
    if !environment.remembers_browsers.is_on() || request.insists_on_login || request.expects_sign_up {
        return None;
    }
    let token = carried(headers)?;
    environment.read(|records| {
        let user = &records.user(&records.hosted_sessions.get(token)?.user_id)?.object;
        let is_hinted = request.login_hint.as_deref().is_none_or(|email| user.has_email(email));
        let is_member = |id: &String| records.active_membership(&user.id, id).is_some();
        let fits = is_hinted && request.organization_id.as_ref().is_none_or(is_member);
        fits.then(|| (token.to_owned(), user.id.clone()))
    })
}

/// Begins a hosted session, where they are on.
pub(super) fn begin(environment: &Environment, user_id: &str) -> Option<String> {
    if !environment.remembers_browsers.is_on() {
        return None;
    }
    let token = new_secret();
    let session = HostedSession { user_id: user_id.to_owned() };
    environment.write(|records| records.hosted_sessions.insert(token.clone(), session));
    Some(token)
}

/// The cookie of a hosted session.
pub(super) fn cookie(token: &str) -> String {
    format!("{NAME}={token}; {ATTRIBUTES}")
}

/// The cookie that takes a hosted session's away.
pub(in crate::workos) fn removal() -> String {
    format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")
}

fn carried(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, token)| (name == NAME).then_some(token))
}
