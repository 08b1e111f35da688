//! `POST /user_management/authenticate`: <https://workos.com/docs/reference/authkit/authentication>.
//!
//! One file per grant that the product uses; every other grant is `unsupported_grant_type`. A grant ends in a session,
//! for which `reply` mints the tokens.

mod code;
mod organization_selection;
mod refresh;
mod reply;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::{Method, request::Parts},
    routing::post,
};
use serde_json::Value;

use super::{
    environment::{Environment, Shared},
    fields::Fields,
    refusal::Refusal,
};

const PATH: &str = "/user_management/authenticate";

pub(super) fn routes() -> Router<Arc<Environment>> {
    Router::new().route(PATH, post(authenticate))
}

/// The `grant_type` of a request, if it is one for tokens.
pub(super) fn grant_type(parts: &Parts, body: &[u8]) -> Option<String> {
    let is_meant = parts.method == Method::POST && parts.uri.path() == PATH;
    let fields = Fields::parse(&parts.headers, body).ok().filter(|_| is_meant)?;
    fields.text("grant_type").map(str::to_owned)
}

async fn authenticate(State(environment): Shared, fields: Fields) -> Result<Json<Value>, Refusal> {
    let grant_type = required(&fields, "grant_type")?;
    if fields.text("client_id") != Some(&environment.client_id) {
        return Err(Refusal::oauth("invalid_client", "Invalid client ID."));
    }
    if fields.text("client_secret") != Some(&environment.api_key) {
        return Err(Refusal::oauth("invalid_client", "Invalid client secret."));
    }
    match grant_type {
        "authorization_code" => code::exchange(&environment, &fields),
        "refresh_token" => refresh::exchange(&environment, &fields),
        "urn:workos:oauth:grant-type:organization-selection" => organization_selection::exchange(&environment, &fields),
        _ => Err(Refusal::oauth("unsupported_grant_type", "The grant type is not supported.")),
    }
    .map(Json)
}

/// A field that a grant cannot do without.
fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Refusal> {
    let missing = || Refusal::oauth("invalid_request", &format!("Missing required parameter: {name}."));
    fields.text(name).filter(|text| !text.is_empty()).ok_or_else(missing)
}

/// The person may not sign in to the organization, or it does not exist.
fn invalid_organization_id() -> Refusal {
    let message = "The user is not an active member of the organization.";
    Refusal::plain(axum::http::StatusCode::BAD_REQUEST, "invalid_organization_id", message)
}
