//! Rows that retention has dropped. Nothing is asked about them until one is not there that should be.

use eleva::database::{Error, ExportSession, Statement, Transaction};
use evidence::dropped::Dropped;
use tokio_postgres::types::Type;

use crate::{export::Export, failure::Unfinished};

/// What a chain says of rows that were dropped.
const DROPPED: &str = "
    select l.seq, l.metadata::text
      from audit_logs l
     where l.org_id = $1
       and l.action = 'AUDIT_RETENTION_APPLIED'
       and l.actor_type = 'operator'
       and l.metadata is not null";

/// Reads it, in the order of the places.
pub(crate) async fn read(session: &mut ExportSession<'_>, export: &Export) -> Result<Vec<Dropped>, Unfinished> {
    let parameters = [(&export.org_id as _, Type::UUID)];
    let rows = session
        .organization(export.org_id, async |transaction: &mut Transaction<'_>| {
            transaction.query(Statement::new(DROPPED, &parameters)).await
        })
        .await?;
    let mut dropped = Vec::new();
    for row in &rows {
        let (seq, metadata) = (row.try_get(0).map_err(Error::from)?, row.try_get(1).map_err(Error::from)?);
        dropped.extend(Dropped::read(seq, metadata));
    }
    dropped.sort_unstable_by_key(|dropped| dropped.first_seq);
    Ok(dropped)
}
