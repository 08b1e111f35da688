//! Grant `refresh_token`: <https://workos.com/docs/reference/authkit/authentication/refresh-token>.

use serde_json::Value;

use super::{invalid_organization_id, reply, required};
use crate::workos::{environment::Environment, fields::Fields, refusal::Refusal};

/// Exchanges a refresh token, which is spent by that, for tokens of the same session. With `organization_id`, the
/// session goes to that organization; without, it stays where it went last. An organization that does not take the
/// person spends nothing.
pub(super) fn exchange(environment: &Environment, fields: &Fields) -> Result<Value, Refusal> {
    let presented = required(fields, "refresh_token")?;
    let organization_id = fields.text("organization_id").filter(|id| !id.is_empty());
    let now = environment.now();
    environment.write(|records| {
        let token = records.refresh_tokens.get(presented).ok_or_else(|| invalid_grant("Invalid refresh token."))?;
        let session = records.session(&token.session_id).ok_or_else(|| invalid_grant("Invalid refresh token."))?;
        if session.ended {
            return Err(invalid_grant("Session has already ended."));
        }
        if token.exchanged {
            return Err(invalid_grant("Refresh token already exchanged."));
        }
        let mut session = session.clone();
        session.organization_id = organization_id.map(str::to_owned).or(session.organization_id);
        if let Some(id) = &session.organization_id {
            records.active_membership(&session.user_id, id).ok_or_else(invalid_organization_id)?;
        }
        let reply = reply::tokens(environment, records, &session, now)?;
        records.exchange(presented, session);
        Ok(reply)
    })
}

fn invalid_grant(description: &str) -> Refusal {
    Refusal::oauth("invalid_grant", description)
}
