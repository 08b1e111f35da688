//! The organizations, and where their chains end.

use eleva::audit::chain::{self, Hash};
use jiff::Timestamp;
use tokio_postgres::{Client, Transaction};
use uuid::Uuid;

use super::error::AuditError;

/// An organization and what `audit_heads` says of its chain.
#[derive(Clone, Debug)]
pub(super) struct Organization {
    pub(super) id: Uuid,
    /// Its id at WorkOS; the platform has none.
    pub(super) workos_org_id: Option<String>,
    pub(super) head: Head,
}

/// The end of a chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// The last row's place, 0 where nothing was ever written.
    pub(super) seq: i64,
    /// The last row's hash.
    pub(super) hash: Hash,
    /// When the last row was appended, microseconds since 1970.
    pub(super) created_at: i64,
}

impl Head {
    /// That of a chain without rows.
    pub(super) fn of_nothing(org_id: Uuid) -> Self {
        Self { seq: 0, hash: chain::genesis(org_id), created_at: 0 }
    }
}

/// In the order of their ids, which is that of the rows.
const ALL: &str = "
    select o.id, o.workos_org_id, h.seq, h.hash, h.created_at
      from organizations o
      left join audit_heads h on h.org_id = o.id
     order by o.id";

/// All organizations. An owner whom row-level security binds sees none, and finds nothing that is wrong.
pub(super) async fn read_all(transaction: &Transaction<'_>) -> Result<Vec<Organization>, AuditError> {
    let mut organizations = Vec::new();
    for row in transaction.query(ALL, &[]).await? {
        let id = row.try_get("id")?;
        let head = match row.try_get::<_, Option<i64>>("seq")? {
            None => Head::of_nothing(id),
            Some(seq) => Head {
                seq,
                // One of another length is no row's.
                hash: row.try_get::<_, &[u8]>("hash")?.try_into().unwrap_or_default(),
                created_at: row.try_get::<_, Timestamp>("created_at")?.as_microsecond(),
            },
        };
        organizations.push(Organization { id, workos_org_id: row.try_get("workos_org_id")?, head });
    }
    if organizations.is_empty() {
        return Err(AuditError::NoOrganizations);
    }
    Ok(organizations)
}

/// The organization with this id, ours or WorkOS's.
pub(super) async fn find(client: &Client, id: &str) -> Result<Uuid, AuditError> {
    let sql = "select id from organizations where id = $1 or workos_org_id = $2";
    let found = client.query_opt(sql, &[&Uuid::try_parse(id).ok(), &id]).await?;
    match found {
        Some(row) => Ok(row.try_get(0)?),
        None => Err(AuditError::UnknownOrganization(id.to_owned())),
    }
}
