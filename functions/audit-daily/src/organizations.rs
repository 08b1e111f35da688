//! The organizations that have something to count.

use eleva::database::{Error, ExportScope, Statement};
use tokio_postgres::types::Type;
use uuid::Uuid;

/// Those whose trail has grown since their days were last counted: the newest day's figures are written each time.
///
/// A row may be older than its commit, and refusals without a row follow theirs within a minute; two minutes cover both
/// (a scope's transaction takes no longer).
const AFTER: &str = "
    select h.org_id
      from audit_heads h
      left join lateral (
             select s.updated_at
               from audit_stats s
              where s.org_id = h.org_id
              order by s.date desc
              limit 1
           ) as newest on true
     where h.org_id > $1
       and h.seq > 0
       and (newest.updated_at is null or h.created_at >= newest.updated_at - interval '2 minutes')
     order by h.org_id
     limit 200";

/// A page of them, by id, from the one after `last` on; empty at the end.
pub(crate) async fn after(scope: &ExportScope<'_>, last: Uuid) -> Result<Vec<Uuid>, Error> {
    let rows = scope.read(Statement::new(AFTER, &[(&last, Type::UUID)])).await?;
    rows.iter().map(|row| row.try_get("org_id").map_err(|_| Error::Shape("org_id uuid"))).collect()
}
