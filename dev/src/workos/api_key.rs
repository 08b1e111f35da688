//! The bearer key of the Management API: <https://workos.com/docs/reference/api-authentication>.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};

use super::{environment::Environment, refusal::Refusal};

/// Taken by a route, it lets only requests with the environment's API key in.
pub(super) struct ApiKey;

impl FromRequestParts<Arc<Environment>> for ApiKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, environment: &Arc<Environment>) -> Result<Self, Refusal> {
        let value = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        match value.and_then(|value| value.split_once(' ')) {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") && key.trim() == environment.api_key => {
                Ok(Self)
            }
            _ => Err(Refusal::unauthorized()),
        }
    }
}
