//! Queueing a month: one export for each organization whose trail has rows of it, however often this is done.

use eleva::database::{Error, ExportScope, Statement, Transaction};
use tokio_postgres::types::Type;

use crate::event::Month;

/// One that failed is tried again; one that is there otherwise stays as it is.
const QUEUE: &str = "
    insert into audit_log_exports as e (org_id, trigger, start_date, end_date, export_format)
    select o.org_id, 'scheduled', $1, $2, 'jsonl'
      from app.audit_organizations_with_rows($1, $2) as o (org_id)
     order by o.org_id
    on conflict (org_id, start_date, end_date, export_format) where trigger = 'scheduled' do update
       set status = 'queued', attempt = 0, error_code = null, finished_at = null, next_attempt_at = now()
     where e.status = 'failed'
    returning e.id";

/// Queues a month; answers how many exports that made.
pub(crate) async fn queue(scope: &ExportScope<'_>, month: Month) -> Result<usize, Error> {
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let parameters = [(&month.from as _, Type::TIMESTAMPTZ), (&month.to as _, Type::TIMESTAMPTZ)];
            Ok(transaction.query(Statement::new(QUEUE, &parameters)).await?.len())
        })
        .await
}
