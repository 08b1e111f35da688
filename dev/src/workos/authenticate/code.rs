//! Grant `authorization_code`: a code and the verifier of its challenge (RFC 7636).

use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{invalid_organization_id, reply, required};
use crate::workos::{
    authorize,
    environment::Environment,
    fields::Fields,
    identifier::new_secret,
    records::{Choice, Code, PendingAuthentication, Records},
    refusal::Refusal,
    user,
};

/// Exchanges a code, which is spent by that; a wrong verifier does not spend it.
pub(super) fn exchange(environment: &Environment, fields: &Fields) -> Result<Value, Refusal> {
    let presented = required(fields, "code")?;
    let code_verifier = required(fields, "code_verifier")?;
    let now = environment.now();
    environment.write(|records| {
        records.forget_expired(now);
        let code = records.codes.get(presented).ok_or_else(|| {
            Refusal::oauth("invalid_grant", &format!("The code '{presented}' has expired or is invalid."))
        })?;
        if URL_SAFE_NO_PAD.encode(Sha256::digest(code_verifier)) != code.code_challenge {
            return Err(Refusal::oauth("invalid_grant", "The code verifier does not match the code challenge."));
        }
        let code = code.clone();
        records.codes.remove(presented);
        match &code.choice {
            Choice::None => reply::begin(environment, records, &code.user_id, None, code.hosted_session, now),
            Choice::Organization(id) if records.active_membership(&code.user_id, id).is_none() => {
                Err(invalid_organization_id())
            }
            Choice::Organization(id) => {
                reply::begin(environment, records, &code.user_id, Some(id), code.hosted_session, now)
            }
            Choice::Open => Err(ask(records, code, now)),
        }
    })
}

/// Leaves the choice to the application:
/// <https://workos.com/docs/reference/authkit/authentication-errors/organization-selection-error>.
fn ask(records: &mut Records, code: Code, now: jiff::Timestamp) -> Refusal {
    let token = new_secret();
    let organizations: Vec<Value> = records
        .active_memberships(&code.user_id)
        .filter_map(|membership| records.organization(&membership.organization_id))
        .map(|record| json!({ "id": record.object.id, "name": record.object.name }))
        .collect();
    let user = records.user(&code.user_id).map(|record| user::view(record, records));
    let expires_at = now + authorize::CODE_LIFETIME;
    let pending = PendingAuthentication { user_id: code.user_id, hosted_session: code.hosted_session, expires_at };
    records.pending_authentications.insert(token.clone(), pending);
    let message = "The user must choose an organization to finish their authentication.";
    Refusal::plain(StatusCode::FORBIDDEN, "organization_selection_required", message)
        .with("pending_authentication_token", token.into())
        .with("organizations", organizations.into())
        .with("user", user.into())
}
