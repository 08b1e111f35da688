//! Access tokens: <https://workos.com/docs/reference/authkit/session-tokens/access-token>.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    directory::Membership,
    identifier::new_ulid,
    records::{Records, Session},
    role,
    signing_key::SigningKey,
};

/// What the dashboard and the tests say about access tokens.
#[derive(Clone, Debug)]
pub(super) struct TokenSettings {
    pub(super) issuer: String,
    /// `exp` less `iat`, in seconds.
    pub(super) lifetime_seconds: i64,
    /// Claims of a JWT template; they win over WorkOS's own.
    pub(super) extra_claims: Map<String, Value>,
    /// Claims that are left out.
    pub(super) omitted_claims: Vec<String>,
}

/// The lifetime that WorkOS starts an environment with.
pub(super) const DEFAULT_LIFETIME_SECONDS: i64 = 300;

impl TokenSettings {
    pub(super) fn new(issuer: String) -> Self {
        Self {
            issuer,
            lifetime_seconds: DEFAULT_LIFETIME_SECONDS,
            extra_claims: Map::new(),
            omitted_claims: Vec::new(),
        }
    }

    /// The claims of a session's next access token.
    pub(super) fn claims(&self, client_id: &str, session: &Session, records: &Records, now: Timestamp) -> Value {
        let issued_at = now.as_second();
        let mut claims = Map::new();
        let mut claim = |name: &str, value: Value| {
            claims.insert(name.to_owned(), value);
        };
        claim("iss", json!(self.issuer));
        claim("sub", json!(session.user_id));
        claim("sid", json!(session.id));
        claim("jti", json!(new_ulid()));
        claim("iat", json!(issued_at));
        claim("exp", json!(issued_at + self.lifetime_seconds));
        claim("auth_time", json!(session.created_at.as_second()));
        claim("client_id", json!(client_id));
        let organization_id = session.organization_id.as_deref();
        if let Some(membership) = organization_id.and_then(|id| records.active_membership(&session.user_id, id)) {
            for (name, value) in organization_claims(membership) {
                claim(name, value);
            }
        }
        claims.extend(self.extra_claims.clone());
        claims.retain(|name, _| !self.omitted_claims.contains(name));
        claims.into()
    }
}

fn organization_claims(membership: &Membership) -> [(&'static str, Value); 6] {
    [
        ("org_id", json!(membership.organization_id)),
        ("role", json!(membership.role)),
        ("roles", json!([membership.role])),
        ("permissions", json!(role::permissions(&membership.role).unwrap_or_default())),
        ("entitlements", json!([])),
        ("feature_flags", json!([])),
    ]
}

/// Why a token cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Rotation and start see to it that there always is one.
    #[error("there is no signing key")]
    NoKey,
    /// Claims must be an object.
    #[error("the claims cannot be signed: {0}")]
    Claims(#[from] jsonwebtoken::errors::Error),
}

/// Signs with the key that signs now, the last one.
pub(super) fn sign(keys: &[SigningKey], claims: &Value) -> Result<String, SignError> {
    Ok(keys.last().ok_or(SignError::NoKey)?.sign(claims)?)
}
