//! Grant `urn:workos:oauth:grant-type:organization-selection`: what `organization_selection_required` asked for.

use axum::http::StatusCode;
use serde_json::Value;

use super::{invalid_organization_id, reply, required};
use crate::workos::{environment::Environment, fields::Fields, refusal::Refusal};

/// Exchanges a pending authentication and an organization. An organization that cannot be chosen spends nothing.
pub(super) fn exchange(environment: &Environment, fields: &Fields) -> Result<Value, Refusal> {
    let token = required(fields, "pending_authentication_token")?;
    let organization_id = required(fields, "organization_id")?;
    let now = environment.now();
    environment.write(|records| {
        records.forget_expired(now);
        let pending = records.pending_authentications.get(token).cloned().ok_or_else(|| {
            let message = "The pending authentication token is invalid or has expired.";
            Refusal::plain(StatusCode::BAD_REQUEST, "invalid_pending_authentication_token", message)
        })?;
        records.active_membership(&pending.user_id, organization_id).ok_or_else(invalid_organization_id)?;
        records.pending_authentications.remove(token);
        reply::begin(environment, records, &pending.user_id, Some(organization_id), pending.hosted_session, now)
    })
}
