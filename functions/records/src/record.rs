//! A record without what it says: what lists show of it, and what whoever wrote it gets back.

use eleva::{database::Error, http::Problem};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

/// One record of the caller's. Nothing of it needs to be in the audit trail.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    pub(crate) meeting_id: Uuid,
    /// Whom the meeting was with.
    pub(crate) guest_name: String,
    /// From 1; each change makes the next.
    pub(crate) version: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) last_modified_at: Timestamp,
    /// `created_at` on the organization's clocks, for people.
    #[serde(skip)]
    pub(crate) created_on: String,
    /// `last_modified_at` on the organization's clocks, for people.
    #[serde(skip)]
    pub(crate) modified_on: String,
}

/// What a statement selects that answers records `r` with their meetings `m`; [`Record::from_row`] reads it. The time
/// zone's rules are the database's.
macro_rules! record_columns {
    () => {
        "r.id, r.meeting_id, m.guest_name, r.version, r.created_at, r.last_modified_at,
           to_char(
             r.created_at at time zone (select timezone from organizations where id = (select app.org_id())),
             'FMDD Mon YYYY, HH24:MI'
           ) as created_on,
           to_char(
             r.last_modified_at at time zone (select timezone from organizations where id = (select app.org_id())),
             'FMDD Mon YYYY, HH24:MI'
           ) as modified_on"
    };
}
pub(crate) use record_columns;

impl Record {
    /// Reads one row of [`record_columns`].
    pub(crate) fn from_row(row: &Row) -> Result<Self, Problem> {
        Self::try_from_row(row).map_err(|error| Problem::internal(Error::from(error)))
    }

    /// Reads rows of [`record_columns`].
    pub(crate) fn from_rows(rows: &[Row]) -> Result<Vec<Self>, Problem> {
        rows.iter().map(Self::from_row).collect()
    }

    /// The same, with the driver's own error.
    pub(crate) fn try_from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            meeting_id: row.try_get("meeting_id")?,
            // Meetings are joined loosely, so that a record without a visible one fails here instead of going missing.
            guest_name: row.try_get("guest_name")?,
            version: row.try_get("version")?,
            created_at: row.try_get("created_at")?,
            last_modified_at: row.try_get("last_modified_at")?,
            created_on: row.try_get("created_on")?,
            modified_on: row.try_get("modified_on")?,
        })
    }

    /// Where the record is found, relative to the origin.
    pub(crate) fn path(&self) -> String {
        format!("/records/{}", self.id)
    }
}
