//! Organization memberships: <https://workos.com/docs/reference/authkit/organization-membership>.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    routing::{get, put},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    api_key::ApiKey,
    clock::rfc3339,
    directory::{Membership, MembershipStatus},
    environment::{Environment, Shared},
    fields::Fields,
    identifier::new_id,
    list,
    parameters::Parameters,
    records::{Record, Records},
    refusal::Refusal,
    role, user,
};

pub(super) fn routes() -> Router<Arc<Environment>> {
    Router::new()
        .route("/user_management/organization_memberships", get(all).post(create))
        .route("/user_management/organization_memberships/{id}", get(one).put(update).delete(remove))
        .route("/user_management/organization_memberships/{id}/deactivate", put(deactivate))
        .route("/user_management/organization_memberships/{id}/reactivate", put(reactivate))
}

async fn all(State(environment): Shared, _: ApiKey, RawQuery(query): RawQuery) -> Result<Json<Value>, Refusal> {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let (user_id, organization_id) = (parameters.get("user_id"), parameters.get("organization_id"));
    if user_id.is_none() && organization_id.is_none() {
        let message = "Either user_id or organization_id must be given.";
        return Err(Refusal::plain(StatusCode::BAD_REQUEST, "missing_user_id_or_organization_id", message));
    }
    let statuses = statuses(&parameters)?;
    let memberships = environment.read(|records| {
        let is_meant = |record: &&Record<Membership>| {
            user_id.is_none_or(|id| record.object.user_id == id)
                && organization_id.is_none_or(|id| record.object.organization_id == id)
                && statuses.contains(&record.object.status)
        };
        let shown = records.memberships.iter().filter(is_meant);
        shown.map(|record| (record.object.id.clone(), view(record, records))).collect()
    });
    list::page(memberships, &parameters).map(Json)
}

/// The statuses asked for; by default only memberships that are in force.
fn statuses(parameters: &Parameters) -> Result<Vec<MembershipStatus>, Refusal> {
    match parameters.list("statuses").as_slice() {
        [] => Ok(vec![MembershipStatus::Active]),
        names => names.iter().map(|name| status(name)).collect(),
    }
}

fn status(name: &str) -> Result<MembershipStatus, Refusal> {
    match name {
        "active" => Ok(MembershipStatus::Active),
        "inactive" => Ok(MembershipStatus::Inactive),
        "pending" => Ok(MembershipStatus::Pending),
        _ => Err(Refusal::invalid_parameters(&[("statuses", "must be active, inactive or pending")])),
    }
}

async fn one(State(environment): Shared, _: ApiKey, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    environment.read(|records| {
        let record = records.memberships.iter().find(|record| record.object.id == id);
        record.map(|record| Json(view(record, records))).ok_or_else(|| unknown(&id))
    })
}

/// Makes a member. A suspended membership comes back into force with the role given.
async fn create(State(environment): Shared, _: ApiKey, fields: Fields) -> Result<(StatusCode, Json<Value>), Refusal> {
    let user_id = fields.required("user_id")?;
    let organization_id = fields.required("organization_id")?;
    let role = role_slug(&fields)?.unwrap_or_else(|| role::DEFAULT.to_owned());
    let now = environment.now();
    environment.write(|records| {
        records.user(user_id).ok_or_else(|| Refusal::not_found("User", user_id))?;
        records.organization(organization_id).ok_or_else(|| Refusal::not_found("Organization", organization_id))?;
        let existing = records.membership(user_id, organization_id).map(|record| record.object.clone());
        let id = match existing {
            None => {
                let (user_id, organization_id) = (user_id.to_owned(), organization_id.to_owned());
                let (id, status) = (new_id("om"), MembershipStatus::Active);
                let membership = Membership { id: id.clone(), user_id, organization_id, role, status };
                records.memberships.push(Record::new(membership, now));
                id
            }
            Some(existing) => match existing.status {
                MembershipStatus::Inactive => {
                    change(records, &existing.id, now, |membership| {
                        membership.status = MembershipStatus::Active;
                        membership.role = role;
                    })?;
                    existing.id
                }
                MembershipStatus::Pending => return Err(cannot_reactivate_pending()),
                MembershipStatus::Active => return Err(already_exists()),
            },
        };
        Ok((StatusCode::CREATED, Json(shown(records, &id)?)))
    })
}

async fn update(
    State(environment): Shared,
    _: ApiKey,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let role = role_slug(&fields)?;
    let now = environment.now();
    environment.write(|records| {
        change(records, &id, now, |membership| membership.role = role.unwrap_or_else(|| membership.role.clone()))?;
        shown(records, &id).map(Json)
    })
}

async fn remove(State(environment): Shared, _: ApiKey, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    environment.write(|records| {
        let position = records.memberships.iter().position(|record| record.object.id == id);
        let removed = records.memberships.remove(position.ok_or_else(|| unknown(&id))?).object;
        end_sessions_in(records, &removed);
        Ok(StatusCode::OK)
    })
}

async fn deactivate(State(environment): Shared, _: ApiKey, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let now = environment.now();
    environment.write(|records| {
        if find(records, &id)?.status == MembershipStatus::Pending {
            let message = "A pending organization membership cannot be deactivated. \
                           This membership should be deleted instead.";
            let code = "cannot_deactivate_pending_organization_membership";
            return Err(Refusal::plain(StatusCode::BAD_REQUEST, code, message));
        }
        set_status(records, &id, MembershipStatus::Inactive, now)?;
        shown(records, &id).map(Json)
    })
}

async fn reactivate(State(environment): Shared, _: ApiKey, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let now = environment.now();
    environment.write(|records| {
        if find(records, &id)?.status == MembershipStatus::Pending {
            return Err(cannot_reactivate_pending());
        }
        set_status(records, &id, MembershipStatus::Active, now)?;
        shown(records, &id).map(Json)
    })
}

/// Gives a membership a status, unless it has it already. A person whose membership is no longer in force loses the
/// sessions in that organization.
pub(super) fn set_status(
    records: &mut Records,
    id: &str,
    status: MembershipStatus,
    now: Timestamp,
) -> Result<(), Refusal> {
    let membership = find(records, id)?.clone();
    if membership.status == status {
        return Ok(());
    }
    change(records, id, now, |membership| membership.status = status)?;
    if status != MembershipStatus::Active {
        end_sessions_in(records, &membership);
    }
    Ok(())
}

fn end_sessions_in(records: &mut Records, membership: &Membership) {
    records.end_sessions(|session| {
        session.user_id == membership.user_id
            && session.organization_id.as_deref() == Some(membership.organization_id.as_str())
    });
}

fn change(
    records: &mut Records,
    id: &str,
    now: Timestamp,
    change: impl FnOnce(&mut Membership),
) -> Result<(), Refusal> {
    let record = records.memberships.iter_mut().find(|record| record.object.id == id).ok_or_else(|| unknown(id))?;
    change(&mut record.object);
    record.updated_at = now;
    Ok(())
}

fn find<'a>(records: &'a Records, id: &str) -> Result<&'a Membership, Refusal> {
    let record = records.memberships.iter().find(|record| record.object.id == id);
    record.map(|record| &record.object).ok_or_else(|| unknown(id))
}

fn shown(records: &Records, id: &str) -> Result<Value, Refusal> {
    let record = records.memberships.iter().find(|record| record.object.id == id);
    record.map(|record| view(record, records)).ok_or_else(|| unknown(id))
}

/// The role asked for, which must exist. Several at once are a setting of the environment that is off here.
fn role_slug(fields: &Fields) -> Result<Option<String>, Refusal> {
    if fields.has("role_slugs") {
        let message = "Multiple roles are not enabled for this environment.";
        return Err(Refusal::plain(StatusCode::UNPROCESSABLE_ENTITY, "multiple_roles_not_enabled", message));
    }
    match fields.text("role_slug") {
        Some(slug) if role::permissions(slug).is_none() => {
            let message = format!("Role '{slug}' is not a valid role.");
            Err(Refusal::plain(StatusCode::UNPROCESSABLE_ENTITY, "invalid_role", &message))
        }
        slug => Ok(slug.map(str::to_owned)),
    }
}

fn unknown(id: &str) -> Refusal {
    Refusal::not_found("Organization membership", id)
}

fn already_exists() -> Refusal {
    let message = "The user is already a member of the organization.";
    Refusal::plain(StatusCode::CONFLICT, "organization_membership_already_exists", message)
}

fn cannot_reactivate_pending() -> Refusal {
    let message = "A pending organization membership cannot be reactivated. \
                   The user needs to accept the invitation instead.";
    Refusal::plain(StatusCode::BAD_REQUEST, "cannot_reactivate_pending_organization_membership", message)
}

/// A membership as WorkOS writes it.
fn view(record: &Record<Membership>, records: &Records) -> Value {
    let membership = &record.object;
    let organization = records.organization(&membership.organization_id);
    json!({
        "object": "organization_membership",
        "id": membership.id,
        "user_id": membership.user_id,
        "organization_id": membership.organization_id,
        "organization_name": organization.map(|record| &record.object.name),
        "status": membership.status,
        "directory_managed": false,
        "custom_attributes": {},
        "role": { "slug": membership.role },
        "user": records.user(&membership.user_id).map(|record| user::view(record, records)),
        "created_at": rfc3339(record.created_at),
        "updated_at": rfc3339(record.updated_at),
    })
}
