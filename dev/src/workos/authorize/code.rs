//! From a known person to a code.

use axum::{
    http::{StatusCode, header::SET_COOKIE},
    response::{AppendHeaders, IntoResponse, Response},
};

use super::{
    CODE_LIFETIME, hosted_session,
    page::OrganizationPage,
    request::{AuthorizeError, AuthorizeRequest},
};
use crate::workos::{
    environment::Environment,
    identifier::new_secret,
    records::{Choice, Code, PendingAuthentication, Records},
};

/// Finds the organization of the sign-in, or asks for it.
pub(super) fn go_on(
    environment: &Environment,
    request: &AuthorizeRequest,
    user_id: &str,
    hosted_session: Option<String>,
) -> Response {
    let choice = environment.read(|records| choose(environment, records, request, user_id));
    match choice {
        Next::Choice(choice) => issue(environment, request, user_id, choice, hosted_session),
        Next::Denied => {
            let description = "The user is not an active member of the organization.";
            request.with_error(&AuthorizeError { error: "access_denied", description })
        }
        Next::Ask => ask(environment, request, user_id, hosted_session),
    }
}

enum Next {
    Choice(Choice),
    Denied,
    Ask,
}

fn choose(environment: &Environment, records: &Records, request: &AuthorizeRequest, user_id: &str) -> Next {
    if let Some(id) = &request.organization_id {
        return match records.active_membership(user_id, id) {
            Some(_) => Next::Choice(Choice::Organization(id.clone())),
            None => Next::Denied,
        };
    }
    let mut memberships = records.active_memberships(user_id);
    match (memberships.next(), memberships.next()) {
        (None, _) => Next::Choice(Choice::None),
        (Some(only), None) => Next::Choice(Choice::Organization(only.organization_id.clone())),
        (Some(_), Some(_)) if environment.application_selects_organization.is_on() => Next::Choice(Choice::Open),
        (Some(_), Some(_)) => Next::Ask,
    }
}

fn ask(
    environment: &Environment,
    request: &AuthorizeRequest,
    user_id: &str,
    hosted_session: Option<String>,
) -> Response {
    let now = environment.now();
    let token = new_secret();
    environment.write(|records| {
        records.forget_expired(now);
        let pending =
            PendingAuthentication { user_id: user_id.to_owned(), hosted_session, expires_at: now + CODE_LIFETIME };
        records.pending_authentications.insert(token.clone(), pending);
        match records.user(user_id) {
            Some(user) => OrganizationPage::new(request, &token, &user.object, records).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

/// Sends the browser back with a code. Where browsers are remembered, this one is from now on.
pub(super) fn issue(
    environment: &Environment,
    request: &AuthorizeRequest,
    user_id: &str,
    choice: Choice,
    hosted_session: Option<String>,
) -> Response {
    let now = environment.now();
    let code = new_secret();
    let hosted_session = hosted_session.or_else(|| hosted_session::begin(environment, user_id));
    environment.write(|records| {
        records.forget_expired(now);
        let code_challenge = request.code_challenge.clone();
        let (user_id, hosted_session) = (user_id.to_owned(), hosted_session.clone());
        let expires_at = now + CODE_LIFETIME;
        records.codes.insert(code.clone(), Code { user_id, choice, code_challenge, hosted_session, expires_at });
    });
    let cookie = hosted_session.map(|token| (SET_COOKIE, hosted_session::cookie(&token)));
    (AppendHeaders(cookie), request.with_code(&code)).into_response()
}
