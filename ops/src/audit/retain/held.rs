//! What a legal hold keeps: rows of its organization, and with them the partitions that they lie in.

use jiff::Timestamp;
use tokio_postgres::{Error, GenericClient};

const OLDEST_ROW: &str = "
    select min(l.created_at)
      from audit_logs l
      join legal_holds h on h.org_id = l.org_id";

/// The time of the oldest row of an organization that is under a legal hold.
pub(super) async fn oldest_row(client: &impl GenericClient) -> Result<Option<Timestamp>, Error> {
    client.query_one(OLDEST_ROW, &[]).await?.try_get(0)
}

/// Has nobody place a hold until the transaction ends.
pub(super) const LOCK: &str = "lock table legal_holds in share mode";
