//! Users: <https://workos.com/docs/reference/authkit/user>.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, RawQuery, State},
    routing::get,
};
use serde_json::{Value, json};

use super::{
    api_key::ApiKey,
    clock::rfc3339,
    directory::User,
    environment::{Environment, Shared},
    list,
    parameters::Parameters,
    records::{Record, Records},
    refusal::Refusal,
};

pub(super) fn routes() -> Router<Arc<Environment>> {
    Router::new().route("/user_management/users", get(all)).route("/user_management/users/{id}", get(one))
}

async fn all(State(environment): Shared, _: ApiKey, RawQuery(query): RawQuery) -> Result<Json<Value>, Refusal> {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let email = parameters.get("email");
    let organization_id = parameters.get("organization_id").or(parameters.get("organization"));
    let users = environment.read(|records| {
        let is_meant = |record: &&Record<User>| {
            email.is_none_or(|email| record.object.has_email(email))
                && organization_id.is_none_or(|id| records.active_membership(&record.object.id, id).is_some())
        };
        let shown = records.users.iter().filter(is_meant);
        shown.map(|record| (record.object.id.clone(), view(record, records))).collect()
    });
    list::page(users, &parameters).map(Json)
}

async fn one(State(environment): Shared, _: ApiKey, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let user = environment.read(|records| records.user(&id).map(|record| view(record, records)));
    user.map(Json).ok_or_else(|| Refusal::not_found("User", &id))
}

/// A user as WorkOS writes them.
pub(super) fn view(record: &Record<User>, records: &Records) -> Value {
    let user = &record.object;
    json!({
        "object": "user",
        "id": user.id,
        "email": user.email,
        "email_verified": true,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "profile_picture_url": null,
        "last_sign_in_at": records.last_sign_in(&user.id).map(rfc3339),
        "external_id": null,
        "metadata": {},
        "locale": null,
        "created_at": rfc3339(record.created_at),
        "updated_at": rfc3339(record.updated_at),
    })
}
