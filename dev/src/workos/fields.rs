//! The fields of a request's body: a JSON object, or a form.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use serde_json::{Map, Value};

use super::{parameters::Parameters, refusal::Refusal};

/// Fields by their name. An empty body has none.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body by its `Content-Type`; one that names none is JSON.
    pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if content_type.starts_with("application/x-www-form-urlencoded") {
            let parameters = Parameters::parse(body);
            return Ok(Self(parameters.iter().map(|(name, value)| (name.to_owned(), value.into())).collect()));
        }
        match body {
            [] => Ok(Self::default()),
            body => serde_json::from_slice(body).map(Self).map_err(|_| {
                Refusal::plain(StatusCode::BAD_REQUEST, "invalid_request", "The body is not a JSON object.")
            }),
        }
    }

    /// A field's text; none when it is absent, null, or something else than text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A field's text, which must be there and not empty.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Refusal::invalid_parameters(&[(name, "must be a string that is not empty")]))
    }

    /// Whether the field is there at all, null included.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, state).await.map_err(|_| {
            Refusal::plain(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "The body cannot be read.")
        })?;
        Self::parse(&headers, &body)
    }
}
