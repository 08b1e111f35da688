//! `GET /sign-in`.

use eleva::{
    App, Session,
    http::{Problem, Reply, Request, form},
    return_path::ReturnPath,
    session::Flow,
    workos::{AuthorizeRequest, ScreenHint},
};
use http::Method;

use crate::{
    ask::{AskPage, EndedPage},
    failure::Failure,
};

/// Answers a request.
pub(crate) async fn handle(app: &App, request: &Request) -> Result<Reply, Problem> {
    match (request.method(), request.segments().as_slice()) {
        (&Method::GET | &Method::HEAD, ["sign-in"]) => sign_in(app, request).await,
        (_, ["sign-in"]) => Err(Problem::method_not_allowed("GET, HEAD")),
        _ => Err(Problem::not_found()),
    }
}

async fn sign_in(app: &App, request: &Request) -> Result<Reply, Problem> {
    let query = request.query();
    let return_to = query.optional("return_to")?.map(ReturnPath::sanitize).unwrap_or_default();
    if let Some(code) = query.optional("error")? {
        return Failure::from_code(code).reply(request, &return_to);
    }
    if query.optional("ended")?.is_some() && request.wants_page() {
        return EndedPage::reply(&return_to);
    }
    // Another site may send somebody here to have them sign in as somebody else (login CSRF). Who is signed in
    // already is asked first; the link on that page comes from this site.
    let from_elsewhere = request.header("sec-fetch-site") == Some("cross-site");
    if from_elsewhere && request.wants_page() && Session::is_remembered(app, request) {
        return AskPage::reply(request, &return_to);
    }
    start(app, request, &return_to)
}

/// Sets the flow's cookie and leaves for AuthKit.
fn start(app: &App, request: &Request, return_to: &ReturnPath) -> Result<Reply, Problem> {
    let query = request.query();
    let organization_id = opaque(query.optional("organization_id")?, 64);
    let authorize = AuthorizeRequest {
        screen_hint: query.optional("screen_hint")?.and_then(ScreenHint::parse),
        login_hint: printable(query.optional("login_hint")?, 320),
        organization_id,
        invitation_token: opaque(query.optional("invitation_token")?, 256),
    };
    let now = app.clock().seconds();
    let mut flow = Flow::start(app.entropy(), now, return_to).map_err(Problem::unavailable)?;
    flow.restarted = query.optional("restarted")?.is_some();
    flow.organization_id = organization_id.map(str::to_owned);
    let location = app
        .workos()
        .authorize_url(&flow, authorize)
        .ok_or_else(|| Problem::internal("this function was not given WORKOS_REDIRECT_URI"))?;
    let mut cookie = flow.seal(app.flow_sealer(), app.entropy(), now).map_err(Problem::unavailable)?;
    if cookie.bytes() > Flow::room(request.cookies()) {
        // Beside a very large session there is no room for a long path; signing in matters more than where it leads.
        flow.return_to = ReturnPath::DEFAULT.to_owned();
        cookie = flow.seal(app.flow_sealer(), app.entropy(), now).map_err(Problem::unavailable)?;
    }
    for eviction in Flow::evictions(app.flow_sealer(), request.cookies(), now, std::slice::from_ref(&cookie)) {
        request.set_cookie(eviction);
    }
    request.set_cookie(cookie);
    Ok(Reply::found(location))
}

/// The link that starts a sign-in. A link and not a form: browsers hold the redirects that follow a form to the page's
/// form-action, and AuthKit's host is not on it.
pub(crate) fn again(return_to: &ReturnPath) -> String {
    format!("/sign-in?return_to={}", form::encode(return_to.as_str()))
}

/// A value that is passed on as it came, if it is of the characters that ids and tokens are made of.
fn opaque(value: Option<&str>, longest: usize) -> Option<&str> {
    value.filter(|text| {
        text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    })
}

/// A value that is passed on as it came, if it has no control characters.
fn printable(value: Option<&str>, longest: usize) -> Option<&str> {
    value.filter(|text| text.len() <= longest && !text.chars().any(char::is_control))
}
