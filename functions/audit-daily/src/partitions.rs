//! The partitions of the quarters to come.

use eleva::database::{Error, ExportScope, Statement, Transaction};

/// Making a partition locks the trail: it waits no longer than this behind whoever reads, and neither does whoever
/// comes to write behind it.
const LOCK_TIMEOUT: &str = "select set_config('lock_timeout', '5s', true)";

const ENSURE: &str = "select app.ensure_audit_partitions()";

/// Makes those of the next five quarters that are missing. Called every day, so that it may fail for a year.
pub(crate) async fn ensure(scope: &ExportScope<'_>) -> Result<(), Error> {
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            transaction.query(Statement::new(LOCK_TIMEOUT, &[])).await?;
            transaction.query(Statement::new(ENSURE, &[])).await?;
            Ok(())
        })
        .await
}
