//! The claims that `app.begin` takes, signed so that neither a stolen database password nor injected SQL can choose
//! an identity.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

use crate::{keyring::Keyring, session::Claims};

/// Claims as text and their HMAC-SHA-256 under the first key of `BEGIN_KEYS`.
pub struct SignedClaims {
    pub(super) claims: String,
    pub(super) mac: Vec<u8>,
}

#[derive(Serialize)]
struct BeginClaims<'a> {
    sub: &'a str,
    sid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<&'a str>,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Actor<'a>>,
}

#[derive(Serialize)]
struct Actor<'a> {
    sub: &'a str,
}

impl SignedClaims {
    /// Signs what a verified token says; `None` when it names no organization.
    pub fn new(claims: &Claims, keys: &Keyring) -> Option<Self> {
        claims.org_id.as_ref()?;
        Self::of_anybody(claims, keys)
    }

    /// The same for whoever has a token; `app.begin` refuses those without an organization.
    pub(crate) fn of_anybody(claims: &Claims, keys: &Keyring) -> Option<Self> {
        let begin = BeginClaims {
            sub: &claims.sub,
            sid: &claims.sid,
            org_id: claims.org_id.as_deref(),
            exp: claims.exp,
            act: claims.impersonator().map(|sub| Actor { sub }),
        };
        let claims = serde_json::to_string(&begin).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(keys.first().secret()).ok()?;
        mac.update(claims.as_bytes());
        let mac = mac.finalize().into_bytes().to_vec();
        Some(Self { claims, mac })
    }
}
