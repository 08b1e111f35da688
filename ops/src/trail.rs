//! What an operator does, in the audit trail.

use eleva::audit::{Action, ResourceType};
use serde_json::Value;
use tokio_postgres::{Error, Transaction};
use uuid::Uuid;

/// A row of the trail, about to be written.
pub(crate) struct Row<'a> {
    pub(crate) org_id: Uuid,
    pub(crate) action: Action,
    /// The type of the resource and its id.
    pub(crate) resource: (ResourceType, &'a str),
    pub(crate) is_success: bool,
    pub(crate) metadata: Value,
}

const APPEND: &str = "
    select app.audit_system($1, null, null, $2, $3, $4, $5, null, null, $6, null, null, null)";

/// Writes a row. The end of the organization's chain is locked from here on until the transaction ends: it comes last,
/// and rows of several organizations come in the order of their ids.
pub(crate) async fn append(transaction: &Transaction<'_>, row: &Row<'_>) -> Result<(), Error> {
    let (resource_type, resource_id) = row.resource;
    let outcome = if row.is_success { "success" } else { "failure" };
    transaction
        .execute(
            APPEND,
            &[&row.org_id, &row.action.as_str(), &resource_type.as_str(), &resource_id, &outcome, &row.metadata],
        )
        .await?;
    Ok(())
}
