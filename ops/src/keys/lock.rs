//! The lock around a rotation.

use std::time::{Duration, Instant};

use tokio::time::sleep;
use tokio_postgres::Client;

use super::KeysError;

/// The key of the advisory lock: "keys" in ASCII. It is the session's, and ends with it: that of a run that was killed
/// as soon as the server notices.
const KEY: i64 = 0x6b_65_79_73;

const INTERVAL: Duration = Duration::from_millis(200);

/// Takes the lock, waiting `patience` at most.
pub(super) async fn acquire(client: &Client, patience: Duration) -> Result<(), KeysError> {
    let started = Instant::now();
    while !client.query_one("select pg_try_advisory_lock($1)", &[&KEY]).await?.try_get::<_, bool>(0)? {
        if started.elapsed() >= patience {
            return Err(KeysError::Locked(patience.as_secs()));
        }
        sleep(INTERVAL).await;
    }
    Ok(())
}
