//! WorkOS access tokens: RS256 JSON Web Tokens (RFC 7519), verified before anything in them is believed.

use std::time::Duration;

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

use super::jwks::{Jwks, JwksError};
use crate::{permission::Grants, settings::WorkosSettings};

/// How far a token's `iat` and `nbf` may lie ahead of our clock: WorkOS's is sometimes ahead (workos-python #468).
const ISSUED_LEEWAY: Duration = Duration::from_secs(60);
/// How long after `exp` a token is still taken.
pub(super) const EXPIRY_LEEWAY: Duration = Duration::from_secs(5);

/// What a verified token says.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// The user (WorkOS id).
    pub sub: String,
    /// The WorkOS session.
    pub sid: String,
    /// When the token ends, seconds since the Unix epoch.
    pub exp: i64,
    iss: String,
    #[serde(default)]
    iat: Option<i64>,
    #[serde(default)]
    nbf: Option<i64>,
    /// The current organization (WorkOS id), if one is chosen.
    #[serde(default)]
    pub org_id: Option<String>,
    #[serde(default)]
    permissions: Option<Vec<String>>,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    act: Option<Actor>,
}

#[derive(Clone, Debug, Deserialize)]
struct Actor {
    sub: String,
}

impl Claims {
    /// The e-mail address of the WorkOS administrator who impersonates the user.
    pub fn impersonator(&self) -> Option<&str> {
        self.act.as_ref().map(|actor| actor.sub.as_str())
    }

    /// What the token grants, before the ceiling of the membership's role.
    pub fn grants(&self) -> Grants {
        Grants::new(self.permissions.clone(), self.act.is_some())
    }

    /// The claims of a token that came out of our own seal, for the one case in which its signature cannot be checked
    /// again: ending its session.
    pub(super) fn of_sealed_token(token: &str) -> Option<Self> {
        jsonwebtoken::dangerous::insecure_decode::<Self>(token).ok().map(|token| token.claims)
    }

    /// Whether the token is past its end, leeway included.
    pub fn is_expired(&self, now: i64) -> bool {
        now >= self.exp.saturating_add(EXPIRY_LEEWAY.as_secs() as i64)
    }
}

/// Why a token was not believed.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// It is not a token of ours; the reason is for the log.
    #[error("the access token is not valid: {0}")]
    Invalid(&'static str),
    /// The keys to check it with cannot be had.
    #[error("the access token cannot be checked")]
    CannotTell,
}

/// What a token must say to be one of ours.
pub struct TokenRules {
    issuers: Vec<String>,
    client_id: String,
    validation: Validation,
}

impl TokenRules {
    /// The rules of one WorkOS client.
    pub fn new(workos: &WorkosSettings) -> Self {
        // The library checks the signature under the one algorithm; times and names are checked below, against our
        // clock and with two different leeways.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Self { issuers: workos.issuers.clone(), client_id: workos.client_id.clone(), validation }
    }

    /// Verifies everything but `exp`: an expired token is still somebody's, and may be refreshed.
    pub async fn verify(&self, token: &str, jwks: &Jwks, now: i64) -> Result<Claims, TokenError> {
        let header = decode_header(token).map_err(|_| TokenError::Invalid("not a JSON Web Token"))?;
        if header.alg != Algorithm::RS256 {
            return Err(TokenError::Invalid("the algorithm is not RS256"));
        }
        let kid = header.kid.ok_or(TokenError::Invalid("no key id"))?;
        let key = jwks.key(&kid, now).await.map_err(|error| match error {
            JwksError::UnknownKey => TokenError::Invalid("an unknown key id"),
            JwksError::Unavailable => TokenError::CannotTell,
        })?;
        let claims = decode::<Claims>(token, &key, &self.validation)
            .map_err(|_| TokenError::Invalid("the signature or a required claim is wrong"))?
            .claims;
        self.check(claims, now)
    }

    fn check(&self, claims: Claims, now: i64) -> Result<Claims, TokenError> {
        let ahead = now + ISSUED_LEEWAY.as_secs() as i64;
        if claims.sub.is_empty() || claims.sid.is_empty() {
            return Err(TokenError::Invalid("no subject or no session"));
        }
        if !self.issuers.contains(&claims.iss) {
            return Err(TokenError::Invalid("an issuer that is not on the list"));
        }
        if claims.client_id.as_ref().is_some_and(|client_id| *client_id != self.client_id) {
            return Err(TokenError::Invalid("made for another client"));
        }
        if claims.nbf.is_some_and(|nbf| nbf > ahead) || claims.iat.is_some_and(|iat| iat > ahead) {
            return Err(TokenError::Invalid("not valid yet"));
        }
        Ok(claims)
    }
}
