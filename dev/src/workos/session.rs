//! The end of sessions: sign-out in the browser, and revocation by the application.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::{StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    api_key::ApiKey,
    authorize::{hosted_session, redirect},
    environment::{Environment, Shared},
    fields::Fields,
    parameters::Parameters,
    refusal::Refusal,
};

pub(super) fn routes() -> Router<Arc<Environment>> {
    Router::new()
        .route("/user_management/sessions/logout", get(logout))
        .route("/user_management/sessions/revoke", post(revoke))
}

/// Ends a session and sends the browser back: <https://workos.com/docs/reference/authkit/logout>. Who asks is not
/// asked; the session's id is what one must know.
async fn logout(State(environment): Shared, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let session_id = parameters
        .get("session_id")
        .ok_or_else(|| Refusal::invalid_parameters(&[("session_id", "must be a string that is not empty")]))?;
    environment.write(|records| records.end_sessions(|session| session.id == session_id));
    let registered = |url: &&str| environment.sign_out_redirect_uris.iter().any(|known| known == url);
    let default = environment.sign_out_redirect_uris.first().map(String::as_str);
    let response = match parameters.get("return_to").filter(registered).or(default) {
        Some(location) => redirect(StatusCode::FOUND, location),
        None => "You are signed out.".into_response(),
    };
    Ok(([(SET_COOKIE, hosted_session::removal())], response).into_response())
}

/// Ends a session: <https://workos.com/docs/reference/authkit/session/revoke>.
async fn revoke(State(environment): Shared, _: ApiKey, fields: Fields) -> Result<Json<Value>, Refusal> {
    let session_id = fields.required("session_id")?;
    let known = environment.write(|records| {
        records.end_sessions(|session| session.id == session_id);
        records.session(session_id).is_some()
    });
    match known {
        true => Ok(Json(json!({}))),
        false => {
            let message = format!("Session not found: '{session_id}'.");
            Err(Refusal::plain(StatusCode::BAD_REQUEST, "entity_not_found", &message))
        }
    }
}
