//! Rows out of the database, one after the other: COPY in its binary form sends them without asking in between, and
//! sends on when the one before was taken, so that memory does not grow with the trail.

use std::pin::pin;

use futures_util::StreamExt as _;
use tokio_postgres::Transaction;
use uuid::Uuid;

use super::row::{COLUMNS, Malformed, Row};
use crate::audit::error::AuditError;

/// What a stream begins with: a signature, flags, and how long the further header is, which there is none of.
const BEGINNING: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What it ends with instead of a row.
const END: &[u8] = &(-1_i16).to_be_bytes();

/// In which order rows come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    /// By organization and time, as the primary key has them.
    Time,
    /// By place in the chain, and by time where two have the same.
    Seq,
}

/// Shows each row of one organization or of all to `visit`, with the message that it came in.
pub(super) async fn rows(
    transaction: &Transaction<'_>,
    organization: Option<Uuid>,
    order: Order,
    mut visit: impl FnMut(&[u8], &Row<'_>),
) -> Result<(), AuditError> {
    let condition = organization.map(|id| format!("where org_id = '{id}'")).unwrap_or_default();
    let order = match order {
        Order::Time => "org_id, created_at, seq",
        Order::Seq => "seq, created_at, id",
    };
    let sql = format!("copy (select {COLUMNS} from audit_logs {condition} order by {order}) to stdout (format binary)");
    let mut messages = pin!(transaction.copy_out(&sql).await?);
    let mut is_first = true;
    while let Some(message) = messages.next().await {
        let message = message?;
        let message = match is_first {
            true => message.strip_prefix(BEGINNING).ok_or(Malformed)?,
            false => &message,
        };
        is_first = false;
        if message != END {
            visit(message, &Row::parse(message)?);
        }
    }
    Ok(())
}
