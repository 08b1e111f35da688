//! Error answers, in WorkOS's two envelopes.
//!
//! OAuth's `{error, error_description}` where RFC 6749 speaks, WorkOS's own `{code, message}` everywhere else. Which one
//! an error comes in is part of the protocol, and clients must read both.

use axum::{
    Json,
    http::{StatusCode, header::WWW_AUTHENTICATE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// An answer that is not a success.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    /// A 400 in OAuth's envelope (RFC 6749, section 5.2).
    pub(super) fn oauth(error: &str, description: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, body: json!({ "error": error, "error_description": description }) }
    }

    /// WorkOS's envelope.
    pub(super) fn plain(status: StatusCode, code: &str, message: &str) -> Self {
        Self { status, body: json!({ "code": code, "message": message }) }
    }

    /// WorkOS's envelope with more fields.
    pub(super) fn with(mut self, field: &str, value: Value) -> Self {
        self.body[field] = value;
        self
    }

    /// 404 for an object that does not exist. `kind`: as people call it, such as `Organization`.
    pub(super) fn not_found(kind: &str, id: &str) -> Self {
        let message = format!("{kind} not found: '{id}'.");
        Self::plain(StatusCode::NOT_FOUND, "entity_not_found", &message).with("entity_id", id.into())
    }

    /// 422 for parameters that do not pass. `errors`: field and what is wrong with it.
    pub(super) fn invalid_parameters(errors: &[(&str, &str)]) -> Self {
        let errors: Vec<Value> =
            errors.iter().map(|(field, message)| json!({ "field": field, "code": message })).collect();
        Self::plain(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request_parameters", "Validation failed.")
            .with("errors", errors.into())
    }

    /// 401 for a missing or wrong API key.
    pub(super) fn unauthorized() -> Self {
        Self { status: StatusCode::UNAUTHORIZED, body: json!({ "message": "Unauthorized" }) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, axum::http::HeaderValue::from_static("Bearer"));
        }
        response
    }
}
