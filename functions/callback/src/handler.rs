//! `GET /auth/callback` and the choice of an organization below it.
//!
//! A navigation is redirected before any page is rendered, so that no code stays in an address bar or a history.

use eleva::{
    App,
    http::{Problem, Reply, Request},
    return_path::ReturnPath,
    session::Flow,
    workos::{AuthenticateError, Authentication, Tokens, User},
};
use http::Method;

use crate::{choice, failure::Failure, provision, restart, sign_in};

/// Answers a request.
pub(crate) async fn handle(app: &App, request: &Request) -> Result<Reply, Problem> {
    match (request.method(), request.segments().as_slice()) {
        (&Method::GET | &Method::HEAD, ["auth", "callback"]) => callback(app, request).await,
        (_, ["auth", "callback"]) => Err(Problem::method_not_allowed("GET, HEAD")),
        (&Method::GET | &Method::HEAD, ["auth", "callback", "organization"]) => choice::page(app, request),
        (&Method::POST, ["auth", "callback", "organization"]) => choice::choose(app, request).await,
        (_, ["auth", "callback", "organization"]) => Err(Problem::method_not_allowed("GET, HEAD, POST")),
        _ => Err(Problem::not_found()),
    }
}

async fn callback(app: &App, request: &Request) -> Result<Reply, Problem> {
    // A preview or a prefetch must not spend the code.
    if *request.method() == Method::HEAD {
        return Ok(Reply::found("/sign-in"));
    }
    let query = request.query();
    if restart::is_odd(query) {
        return Ok(Failure::State.redirect(&ReturnPath::default()));
    }
    let Some(state) = query.optional("state")? else { return restart::restart(app, request) };
    let now = app.clock().seconds();
    let Some(flow) = Flow::find(app.flow_sealer(), request.cookies(), state, now) else {
        return Ok(Failure::State.redirect(&ReturnPath::default()));
    };
    if let Some(code) = query.optional("error")? {
        request.set_cookie(flow.removal());
        return Ok(Failure::from_authorize(code, &flow).redirect(&ReturnPath::sanitize(&flow.return_to)));
    }
    let Some(code) = query.optional("code")? else {
        return Ok(Failure::State.redirect(&ReturnPath::sanitize(&flow.return_to)));
    };
    let answer = app.workos().exchange_code(code, &flow.code_verifier, &request.into()).await;
    finish(app, request, flow, answer).await
}

/// Goes on with WorkOS's answer: to a session, to a choice, or to a page that says why not.
pub(crate) async fn finish(
    app: &App,
    request: &Request,
    flow: Flow,
    answer: Result<Authentication, AuthenticateError>,
) -> Result<Reply, Problem> {
    let return_to = ReturnPath::sanitize(&flow.return_to);
    let failure = match answer {
        Ok(authentication) => match start(app, request, authentication).await {
            Ok(()) => {
                request.set_cookie(flow.removal());
                let location = app.public_url().join(return_to.as_str());
                return Ok(match *request.method() {
                    Method::POST => Reply::see_other(location),
                    _ => Reply::found(location),
                });
            }
            Err(failure) => failure,
        },
        Err(AuthenticateError::OrganizationSelection(pending)) => return choice::offer(app, request, flow, pending),
        Err(AuthenticateError::InvalidGrant) => Failure::Code,
        Err(AuthenticateError::StepUp(_)) => Failure::StepUp,
        Err(AuthenticateError::Refused { code }) if code == "invalid_organization_id" => Failure::Organization,
        Err(AuthenticateError::Refused { code }) => Failure::Refused(code),
        Err(AuthenticateError::Unavailable(error)) => Failure::Unavailable(error.into()),
    };
    if !failure.is_passing() {
        request.set_cookie(flow.removal());
    }
    failure.report(request, &return_to)
}

/// Provisions the person and starts the session, in that order: a sign-in that cannot be finished leaves no session.
async fn start(app: &App, request: &Request, authentication: Authentication) -> Result<(), Failure> {
    let Authentication { user, tokens } = authentication;
    let claims = app.verify_token(&tokens.access_token).await?;
    if claims.sub != user.id {
        return Err(Failure::Unavailable("the token is not the signed-in person's".into()));
    }
    let personal = provision::provision(app, request, &user, claims.org_id.as_deref()).await?;
    if claims.org_id.is_some() {
        return sign_in::finish(app, request, tokens, claims).await;
    }
    match enter(app, request, &user, &tokens, &personal).await {
        // What is complete here need not be there any more. A refusal has spent nothing.
        Err(Failure::Organization) => {
            let personal = provision::renew_personal(app, request, &user).await?;
            enter(app, request, &user, &tokens, &personal).await
        }
        outcome => outcome,
    }
}

/// AuthKit knew of no organization yet. The personal one exists now; one refresh brings a token that names it.
///
/// Errors: [`Failure::Organization`] when WorkOS does not let the person in there.
async fn enter(
    app: &App,
    request: &Request,
    user: &User,
    tokens: &Tokens,
    organization_id: &str,
) -> Result<(), Failure> {
    let answer = app.workos().refresh(&tokens.refresh_token, Some(organization_id), &request.into()).await;
    let refreshed = answer.map_err(|error| match error {
        AuthenticateError::Refused { .. } => Failure::Organization,
        error => Failure::Unavailable(error.to_string().into()),
    })?;
    let claims = app.verify_token(&refreshed.tokens.access_token).await?;
    if claims.sub != user.id || claims.org_id.as_deref() != Some(organization_id) {
        return Err(Failure::Unavailable("the refreshed token is not for the personal organization".into()));
    }
    sign_in::finish(app, request, refreshed.tokens, claims).await
}
