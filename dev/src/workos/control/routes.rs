//! The control API over HTTP, for programs on this machine: `/_control/…`, bodies in JSON.
//!
//! A body of another type is refused, so that no page in a browser can reach it with a plain form.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{ConnectInfo, Path, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Control, OldKeys, Unknown, handle::ActiveSession};
use crate::workos::{
    connection::Peer,
    directory::{Directory, MembershipStatus},
    environment::{Environment, Shared},
    fault::Fault,
    journal,
};

const PREFIX: &str = "/_control";

/// Whether a path is the control API's: neither the journal nor the faults concern it.
pub(in crate::workos) fn is_control(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(in crate::workos) fn routes() -> Router<Arc<Environment>> {
    let control = Router::new()
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/requests", get(requests).delete(clear_requests))
        .route("/clock", put(set_clock))
        .route("/tokens", put(set_tokens))
        .route("/signing-keys", post(rotate_signing_key))
        .route("/sign", post(sign))
        .route("/directory", get(directory))
        .route("/memberships", put(set_membership_status))
        .route("/sessions", get(sessions))
        .route("/sessions/{id}", delete(end_session))
        .route("/hosted-pages", put(set_hosted_pages))
        .layer(middleware::from_fn(from_this_machine));
    Router::new().nest(PREFIX, control)
}

async fn from_this_machine(ConnectInfo(peer): ConnectInfo<Peer>, request: Request, next: Next) -> Response {
    match peer.address.ip().to_canonical().is_loopback() {
        true => next.run(request).await,
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn faults(State(environment): Shared) -> Json<Vec<Fault>> {
    Json(Control::new(environment).faults())
}

async fn add_fault(State(environment): Shared, Json(fault): Json<Fault>) -> StatusCode {
    Control::new(environment).add_fault(fault);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(environment): Shared) -> StatusCode {
    Control::new(environment).clear_faults();
    StatusCode::NO_CONTENT
}

async fn requests(State(environment): Shared) -> Json<Vec<journal::Request>> {
    Json(Control::new(environment).requests())
}

async fn clear_requests(State(environment): Shared) -> StatusCode {
    Control::new(environment).clear_requests();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    offset_seconds: i64,
}

async fn set_clock(State(environment): Shared, Json(clock): Json<Clock>) -> StatusCode {
    Control::new(environment).set_clock_offset(clock.offset_seconds);
    StatusCode::NO_CONTENT
}

/// What is absent stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tokens {
    lifetime_seconds: Option<u64>,
    issuer: Option<String>,
    extra_claims: Option<Map<String, Value>>,
    omitted_claims: Option<Vec<String>>,
}

async fn set_tokens(State(environment): Shared, Json(tokens): Json<Tokens>) -> StatusCode {
    let control = Control::new(environment);
    if let Some(seconds) = tokens.lifetime_seconds {
        control.set_token_lifetime(Duration::from_secs(seconds));
    }
    if let Some(issuer) = tokens.issuer {
        control.set_issuer(&issuer);
    }
    if let Some(claims) = tokens.extra_claims {
        control.set_extra_claims(claims);
    }
    if let Some(names) = tokens.omitted_claims {
        control.omit_claims(&names.iter().map(String::as_str).collect::<Vec<_>>());
    }
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    old_keys: OldKeys,
}

async fn rotate_signing_key(State(environment): Shared, Json(rotation): Json<Rotation>) -> Response {
    match Control::new(environment).rotate_signing_key(rotation.old_keys).await {
        Ok(kid) => Json(json!({ "kid": kid })).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn sign(State(environment): Shared, Json(claims): Json<Map<String, Value>>) -> Response {
    match Control::new(environment).sign(&claims.into()) {
        Ok(token) => Json(json!({ "token": token })).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

async fn directory(State(environment): Shared) -> Json<Directory> {
    Json(Control::new(environment).directory())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusChange {
    user_id: String,
    organization_id: String,
    status: MembershipStatus,
}

async fn set_membership_status(State(environment): Shared, Json(change): Json<StatusChange>) -> Response {
    let control = Control::new(environment);
    done(control.set_membership_status(&change.user_id, &change.organization_id, change.status))
}

async fn sessions(State(environment): Shared) -> Json<Vec<ActiveSession>> {
    Json(Control::new(environment).sessions())
}

async fn end_session(State(environment): Shared, Path(id): Path<String>) -> Response {
    done(Control::new(environment).end_session(&id))
}

/// What is absent stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostedPages {
    application_selects_organization: Option<bool>,
    remember_browsers: Option<bool>,
}

async fn set_hosted_pages(State(environment): Shared, Json(pages): Json<HostedPages>) -> StatusCode {
    let control = Control::new(environment);
    if let Some(on) = pages.application_selects_organization {
        control.let_application_select_organization(on);
    }
    if let Some(on) = pages.remember_browsers {
        control.remember_browsers(on);
    }
    StatusCode::NO_CONTENT
}

fn done(outcome: Result<(), Unknown>) -> Response {
    match outcome {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::NOT_FOUND, error.to_string()).into_response(),
    }
}
