//! Locking the trail, for as short as it takes to drop what is old.
//!
//! Whoever writes holds a row of `audit_heads` and then wants the trail; whoever reads the trail and then writes that
//! they did holds the trail and then wants a row of `audit_heads`. So there is no order in which both could be waited
//! for without ending up in a deadlock with one of them. Both are tried for shorter than a deadlock takes to be noticed,
//! and given back and tried again until a moment comes when nobody holds either.

use std::time::{Duration, Instant};

use tokio::time::sleep;
use tokio_postgres::{Error, Transaction, error::SqlState};

use super::super::AuditError;

/// How long a lock is waited for, and with it everybody who comes after: less than PostgreSQL's deadlock_timeout and the
/// two seconds after which a function gives up.
const WAIT: &str = "set local lock_timeout = '300ms'";

/// Between two attempts others get their turn.
const PAUSE: Duration = Duration::from_millis(200);

/// Locks the trail, its ends and partitions of it against everybody, trying for so long.
pub(super) async fn take(
    transaction: &mut Transaction<'_>,
    partitions: &str,
    patience: Duration,
) -> Result<(), AuditError> {
    let sql = format!(
        "{WAIT};
         lock table audit_heads in exclusive mode;
         lock table only audit_logs, {partitions} in access exclusive mode"
    );
    let started = Instant::now();
    loop {
        match attempt(transaction, &sql).await {
            Ok(()) => return Ok(()),
            Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {}
            Err(error) => return Err(AuditError::Drop(error)),
        }
        if started.elapsed() > patience {
            return Err(AuditError::Busy(patience.as_secs()));
        }
        sleep(PAUSE).await;
    }
}

/// Takes all or none.
async fn attempt(transaction: &mut Transaction<'_>, sql: &str) -> Result<(), Error> {
    let savepoint = transaction.transaction().await?;
    match savepoint.batch_execute(sql).await {
        Ok(()) => savepoint.commit().await,
        Err(error) => {
            savepoint.rollback().await?;
            Err(error)
        }
    }
}
