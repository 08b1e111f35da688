//! An entry of the audit trail, as it is stored and as clients see it.

use eleva::database::Error;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

/// One entry. What only proves it stays inside, but for the hash.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LoggedEntry {
    pub(crate) id: Uuid,
    /// The place in the organization's chain.
    pub(crate) seq: i64,
    pub(crate) created_at: Timestamp,
    /// Who did it (WorkOS user id); none where nobody did.
    pub(crate) workos_user_id: Option<String>,
    /// user, system or operator.
    pub(crate) actor_type: String,
    /// The WorkOS administrator who acted in the user's name.
    pub(crate) impersonator: Option<String>,
    pub(crate) action: String,
    pub(crate) resource_type: String,
    pub(crate) resource_id: Option<String>,
    /// success or failure.
    pub(crate) outcome: String,
    pub(crate) old_values: Option<Value>,
    pub(crate) new_values: Option<Value>,
    pub(crate) ip_address: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) metadata: Option<Value>,
    /// The hash of the entry in the chain, in hexadecimal digits.
    pub(crate) hash: String,
    /// `created_at` on the organization's clocks, for people.
    #[serde(skip)]
    pub(crate) local_time: String,
}

/// What a statement that answers entries selects; [`LoggedEntry::from_rows`] reads it. The time zone's rules are the
/// database's: a function carries none.
macro_rules! entry_columns {
    () => {
        "id, seq, created_at, workos_user_id, actor_type, impersonator, action, resource_type, resource_id, outcome,
           old_values, new_values, host(ip_address) as ip_address, user_agent, request_id, metadata,
           encode(hash, 'hex') as hash,
           to_char(
             created_at at time zone (select timezone from organizations where id = (select app.org_id())),
             'FMDD Mon YYYY, HH24:MI:SS'
           ) as local_time"
    };
}
pub(crate) use entry_columns;

impl LoggedEntry {
    /// Reads rows of [`entry_columns`].
    pub(crate) fn from_rows(rows: &[Row]) -> Result<Vec<Self>, Error> {
        rows.iter().map(|row| Self::from_row(row).map_err(Error::from)).collect()
    }

    fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            seq: row.try_get("seq")?,
            created_at: row.try_get("created_at")?,
            workos_user_id: row.try_get("workos_user_id")?,
            actor_type: row.try_get("actor_type")?,
            impersonator: row.try_get("impersonator")?,
            action: row.try_get("action")?,
            resource_type: row.try_get("resource_type")?,
            resource_id: row.try_get("resource_id")?,
            outcome: row.try_get("outcome")?,
            old_values: row.try_get("old_values")?,
            new_values: row.try_get("new_values")?,
            ip_address: row.try_get("ip_address")?,
            user_agent: row.try_get("user_agent")?,
            request_id: row.try_get("request_id")?,
            metadata: row.try_get("metadata")?,
            hash: row.try_get("hash")?,
            local_time: row.try_get("local_time")?,
        })
    }

    /// The page of what was acted on, where there is one.
    pub(crate) fn resource_path(&self) -> Option<String> {
        match (self.resource_type.as_str(), &self.resource_id) {
            ("event", Some(id)) if Uuid::try_parse(id).is_ok() => Some(format!("/events/{id}")),
            ("appointment", Some(id)) if Uuid::try_parse(id).is_ok() => Some(format!("/meetings/{id}")),
            _ => None,
        }
    }
}
