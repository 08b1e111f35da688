//! Organizations: <https://workos.com/docs/reference/organization>.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    routing::get,
};
use serde_json::{Value, json};

use super::{
    api_key::ApiKey,
    clock::rfc3339,
    directory::Organization,
    environment::{Environment, Shared},
    fields::Fields,
    identifier::new_id,
    list,
    parameters::Parameters,
    records::{Record, Records},
    refusal::Refusal,
};

/// The longest external id, in characters.
const LONGEST_EXTERNAL_ID: usize = 128;

pub(super) fn routes() -> Router<Arc<Environment>> {
    Router::new()
        .route("/organizations", get(all).post(create))
        .route("/organizations/{id}", get(one).put(update))
        .route("/organizations/external_id/{external_id}", get(by_external_id))
}

async fn all(State(environment): Shared, _: ApiKey, RawQuery(query): RawQuery) -> Result<Json<Value>, Refusal> {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let search = parameters.get("search").map(str::to_lowercase);
    let organizations = environment.read(|records| {
        let is_meant = |record: &&Record<Organization>| {
            search.as_ref().is_none_or(|search| record.object.name.to_lowercase().contains(search))
        };
        let shown = records.organizations.iter().filter(is_meant);
        shown.map(|record| (record.object.id.clone(), view(record))).collect()
    });
    list::page(organizations, &parameters).map(Json)
}

async fn one(State(environment): Shared, _: ApiKey, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let organization = environment.read(|records| records.organization(&id).map(view));
    organization.map(Json).ok_or_else(|| Refusal::not_found("Organization", &id))
}

async fn by_external_id(
    State(environment): Shared,
    _: ApiKey,
    Path(external_id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let organization = environment.read(|records| with_external_id(records, &external_id).map(view));
    organization.map(Json).ok_or_else(|| Refusal::not_found("Organization", &external_id))
}

async fn create(State(environment): Shared, _: ApiKey, fields: Fields) -> Result<(StatusCode, Json<Value>), Refusal> {
    let name = fields.required("name")?.to_owned();
    let external_id = external_id(&fields)?;
    let now = environment.now();
    environment.write(|records| {
        if external_id.as_deref().is_some_and(|id| with_external_id(records, id).is_some()) {
            return Err(external_id_already_used());
        }
        let record = Record::new(Organization { id: new_id("org"), name, external_id }, now);
        let created = view(&record);
        records.organizations.push(record);
        Ok((StatusCode::CREATED, Json(created)))
    })
}

async fn update(
    State(environment): Shared,
    _: ApiKey,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let name = match fields.has("name") {
        true => Some(fields.required("name")?.to_owned()),
        false => None,
    };
    let external_id = match fields.has("external_id") {
        true => Some(external_id(&fields)?),
        false => None,
    };
    let now = environment.now();
    environment.write(|records| {
        let taken = external_id.as_ref().and_then(Option::as_deref).and_then(|id| with_external_id(records, id));
        if taken.is_some_and(|holder| holder.object.id != id) {
            return Err(external_id_already_used());
        }
        let record = records.organizations.iter_mut().find(|record| record.object.id == id);
        let record = record.ok_or_else(|| Refusal::not_found("Organization", &id))?;
        if let Some(name) = name {
            record.object.name = name;
        }
        if let Some(external_id) = external_id {
            record.object.external_id = external_id;
        }
        record.updated_at = now;
        Ok(Json(view(record)))
    })
}

fn external_id(fields: &Fields) -> Result<Option<String>, Refusal> {
    match fields.text("external_id") {
        Some(id) if id.is_empty() || id.chars().count() > LONGEST_EXTERNAL_ID => {
            Err(Refusal::invalid_parameters(&[("external_id", "must have 1 to 128 characters")]))
        }
        id => Ok(id.map(str::to_owned)),
    }
}

fn external_id_already_used() -> Refusal {
    let message = "The external_id provided has already been assigned to another organization.";
    Refusal::plain(StatusCode::BAD_REQUEST, "external_id_already_used", message)
}

fn with_external_id<'a>(records: &'a Records, external_id: &str) -> Option<&'a Record<Organization>> {
    records.organizations.iter().find(|record| record.object.external_id.as_deref() == Some(external_id))
}

/// An organization as WorkOS writes it.
fn view(record: &Record<Organization>) -> Value {
    let organization = &record.object;
    json!({
        "object": "organization",
        "id": organization.id,
        "name": organization.name,
        "domains": [],
        "metadata": {},
        "external_id": organization.external_id,
        "allow_profiles_outside_organization": false,
        "created_at": rfc3339(record.created_at),
        "updated_at": rfc3339(record.updated_at),
    })
}
