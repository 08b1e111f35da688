//! Claims that `app.begin` takes, as the functions send them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::failure::Failure;

/// Longer than any run.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The claims of a person in an organization (by their ids at WorkOS) as text, and their mac under the first key of
/// `BEGIN_KEYS`.
pub(super) fn sign(user_id: &str, workos_org_id: &str, begin_keys: &str) -> Result<(String, Vec<u8>), Failure> {
    let exp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + LIFETIME;
    let claims =
        json!({"sub": user_id, "sid": "session_01BENCH", "org_id": workos_org_id, "exp": exp.as_secs()}).to_string();
    let first = begin_keys.split(',').next().and_then(|key| key.split_once(':'));
    let key = first.and_then(|(_, key)| STANDARD.decode(key).ok());
    let mac = key.and_then(|key| Hmac::<Sha256>::new_from_slice(&key).ok());
    let mut mac = mac.ok_or_else(|| Failure::Unmet("BEGIN_KEYS is no key ring".to_owned()))?;
    mac.update(claims.as_bytes());
    Ok((claims, mac.finalize().into_bytes().to_vec()))
}
