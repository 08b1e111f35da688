//! How rows get into the audit trail, and that nothing else happens to them (hardening D).

mod agreement;
mod append_only;
mod concurrency;
mod partitions;
mod writers;

use tokio_postgres::Client;

/// A call of app.audit_append that is in order.
const APPEND: &str =
    "select app.audit_append('EVENT_UPDATED', 'event', null, 'success', null, null, null, null, null, null)";

/// The SQLSTATE of a statement's failure.
async fn refusal(client: &Client, statement: &str) -> Option<String> {
    let error = client.batch_execute(statement).await.err()?;
    Some(error.code().unwrap_or_else(|| panic!("{error}: {statement}")).code().to_owned())
}
