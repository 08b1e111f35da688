//! `GET /sso/jwks/{client_id}`: the public keys of access tokens (RFC 7517).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use serde_json::{Value, json};

use super::{
    environment::{Environment, Shared},
    refusal::Refusal,
    signing_key::SigningKey,
};

pub(super) fn routes() -> Router<Arc<Environment>> {
    Router::new().route("/sso/jwks/{client_id}", get(keys))
}

async fn keys(State(environment): Shared, Path(client_id): Path<String>) -> Result<Json<Value>, Refusal> {
    if client_id != environment.client_id {
        return Err(Refusal::not_found("Client", &client_id));
    }
    let keys: Vec<Value> = environment.read(|records| records.signing_keys.iter().map(SigningKey::jwk).collect());
    Ok(Json(json!({ "keys": keys })))
}
