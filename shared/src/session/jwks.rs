//! WorkOS's signing keys (RFC 7517), fetched and kept.
//!
//! Kept for 10 minutes. An unknown `kid` fetches anew once and then not again for 30 s, so that garbage tokens do not
//! become requests to WorkOS; a fetch that brought the key asked for starts no such pause, or a key that WorkOS takes
//! into use shortly after would count as unknown. While WorkOS cannot be reached, keys up to 24 hours old still verify.

use std::collections::HashMap;

use jsonwebtoken::{
    DecodingKey,
    jwk::{AlgorithmParameters, JwkSet},
};
use tokio::sync::Mutex;

use crate::workos::HttpClient;

/// How long keys count as fresh, in seconds.
const FRESH: i64 = 600;
/// How long to wait after a fetch that did not help, in seconds.
const COOL_DOWN: i64 = 30;
/// How long to wait after a failed fetch while there are no keys at all, in seconds: as long as the 503 says.
const COLD_PAUSE: i64 = 5;
/// How long keys may serve when fresh ones cannot be had, in seconds.
const STALE: i64 = 24 * 3_600;
/// The longest key set read, in bytes.
const LONGEST: usize = 64 * 1024;

/// Why there is no key for a `kid`.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum JwksError {
    /// WorkOS has no such key.
    #[error("no signing key has this key id")]
    UnknownKey,
    /// Whether WorkOS has such a key cannot be told.
    #[error("the signing keys cannot be fetched")]
    Unavailable,
}

/// The keys of one WorkOS client.
pub struct Jwks {
    http: HttpClient,
    url: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: HashMap<String, DecodingKey>,
    fetched_at: Option<i64>,
    attempted_at: Option<i64>,
    attempt_failed: bool,
}

impl Jwks {
    /// The keys at this address; nothing is fetched yet.
    pub fn new(http: HttpClient, url: String) -> Self {
        Self { http, url, state: Mutex::default() }
    }

    /// Fetches the keys if there are none yet.
    pub async fn warm(&self, now: i64) {
        // No key has an empty id; that it is not found is no news.
        let _ = self.key("", now).await;
    }

    /// The key with this id. `now`: seconds since the Unix epoch. Concurrent callers share one fetch.
    pub async fn key(&self, kid: &str, now: i64) -> Result<DecodingKey, JwksError> {
        let mut state = self.state.lock().await;
        let age = state.fetched_at.map_or(i64::MAX, |fetched_at| now.saturating_sub(fetched_at));
        if age < FRESH && state.keys.contains_key(kid) {
            return Ok(state.keys[kid].clone());
        }
        let pause = if state.fetched_at.is_none() { COLD_PAUSE } else { COOL_DOWN };
        let rested = state.attempted_at.is_none_or(|attempted_at| now.saturating_sub(attempted_at) >= pause);
        if rested {
            // Until an answer says otherwise: whoever waits for it may be dropped.
            (state.attempted_at, state.attempt_failed) = (Some(now), true);
            match self.fetch().await {
                Ok(keys) => {
                    state.keys = keys;
                    state.fetched_at = Some(now);
                    state.attempt_failed = false;
                    if state.keys.contains_key(kid) {
                        state.attempted_at = None;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the signing keys could not be fetched");
                }
            }
        }
        let age = state.fetched_at.map_or(i64::MAX, |fetched_at| now.saturating_sub(fetched_at));
        match state.keys.get(kid) {
            Some(key) if age < STALE => Ok(key.clone()),
            _ if state.attempt_failed || age >= STALE => Err(JwksError::Unavailable),
            _ => Err(JwksError::UnknownKey),
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, DecodingKey>, FetchError> {
        let body = self.http.get_public(&self.url, LONGEST).await.map_err(FetchError::Request)?;
        let set: JwkSet = serde_json::from_slice(&body).map_err(|_| FetchError::Content)?;
        Ok(set
            .keys
            .iter()
            .filter(|key| matches!(key.algorithm, AlgorithmParameters::RSA(_)))
            .filter_map(|key| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?)))
            .collect())
    }
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("{0}")]
    Request(crate::workos::Error),
    #[error("the answer is not a JWK set")]
    Content,
}
