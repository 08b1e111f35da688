//! The lock around a migration.

use std::time::{Duration, Instant};

use tokio::time::sleep;
use tokio_postgres::Client;

use super::MigrateError;

/// The key of the advisory lock: "eleva" in ASCII. It belongs to one database and one session; the session's end
/// releases it, however that comes about.
const KEY: i64 = 0x65_6c_65_76_61;

/// How often to look whether the other migration is done.
const INTERVAL: Duration = Duration::from_millis(200);

/// Takes the lock, waiting `patience` at most.
pub(super) async fn acquire(client: &Client, patience: Duration) -> Result<(), MigrateError> {
    let started = Instant::now();
    let mut told = false;
    loop {
        let row = client
            .query_one("select pg_try_advisory_lock($1)", &[&KEY])
            .await
            .map_err(|source| MigrateError::Statement { doing: "cannot take the migration lock", source })?;
        if row.get(0) {
            return Ok(());
        }
        if started.elapsed() >= patience {
            return Err(MigrateError::Locked(patience.as_secs()));
        }
        if !told {
            println!("another migration of this database is running, waiting up to {} s", patience.as_secs());
            told = true;
        }
        sleep(INTERVAL).await;
    }
}
