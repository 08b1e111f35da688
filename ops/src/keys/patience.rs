//! Trying again what others are in the way of: rows, and the ends of chains, are waited for shorter than some transactions
//! take.

use std::time::Duration;

use tokio::time::sleep;

use super::KeysError;
use crate::database::is_in_the_way;

/// How often something is tried.
const ATTEMPTS: u32 = 10;

const PAUSE: Duration = Duration::from_millis(200);

/// Tries a transaction until nobody is in its way, some times at most.
pub(super) async fn patiently<T>(mut attempt: impl AsyncFnMut() -> Result<T, KeysError>) -> Result<T, KeysError> {
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(KeysError::Statement(error)) if is_in_the_way(&error) => sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
    attempt().await
}
