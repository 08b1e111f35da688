//! Dropping, in one transaction.

use std::time::Duration;

use tokio_postgres::{Client, Error, Transaction};

use super::{
    held, locks,
    partitions::Old,
    runs::{self, Run},
};
use crate::audit::AuditError;

const DELETE_REFUSALS: &str = "
    delete from audit_refusals r
     where r.minute < $1
       and not exists (select from legal_holds h where h.org_id = r.org_id)";

/// Drops what is old, and gives the rows that went. Whatever fails, everything stays as it was. `patience`: how long to try for the locks.
pub(super) async fn drop(client: &mut Client, old: &Old, patience: Duration) -> Result<Vec<Run>, AuditError> {
    let failed = AuditError::Drop;
    let mut transaction = client.transaction().await.map_err(failed)?;
    transaction.batch_execute(held::LOCK).await.map_err(failed)?;
    transaction.execute(DELETE_REFUSALS, &[&old.cutoff]).await.map_err(failed)?;
    let mut gone = Vec::new();
    if let Some(end) = old.end() {
        let partitions = old.names();
        // Nobody imports into them while their rows are looked at, which may take a while. Nobody else is kept waiting.
        let hold = format!("lock table {partitions} in share row exclusive mode");
        transaction.batch_execute(&hold).await.map_err(failed)?;
        if held::oldest_row(&transaction).await.map_err(failed)?.is_some_and(|oldest| oldest < end) {
            return Err(AuditError::Held);
        }
        gone = runs::read(&transaction, end).await.map_err(failed)?;
        locks::take(&mut transaction, &partitions, patience).await?;
        drop_partitions(&transaction, &partitions, &gone).await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)?;
    Ok(gone)
}

/// Dropped while they are attached: detaching one first makes its foreign key one of its own, and dropping that locks
/// `organizations`, which every request reads.
async fn drop_partitions(transaction: &Transaction<'_>, partitions: &str, gone: &[Run]) -> Result<(), Error> {
    runs::record(transaction, gone).await?;
    transaction.batch_execute(&format!("drop table {partitions}")).await
}
