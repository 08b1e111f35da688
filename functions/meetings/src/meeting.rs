//! A meeting as it is stored and as clients see it.

use eleva::database::Error;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::status::Status;

/// One booking. What is paid and where the guest is a member stay inside: no client needs them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Meeting {
    pub(crate) id: Uuid,
    pub(crate) org_id: Uuid,
    pub(crate) event_id: Uuid,
    /// The expert.
    pub(crate) workos_user_id: String,
    /// The guest, once they have shown that the address is theirs.
    pub(crate) guest_workos_user_id: Option<String>,
    pub(crate) guest_email: String,
    pub(crate) guest_name: String,
    pub(crate) start_time: Timestamp,
    pub(crate) end_time: Timestamp,
    /// The guest's (IANA).
    pub(crate) timezone: String,
    /// Where they meet, if it is online.
    pub(crate) meeting_url: Option<String>,
    pub(crate) status: Status,
    /// In minor units of `currency`.
    pub(crate) price: i32,
    /// ISO 4217, in lower case.
    pub(crate) currency: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What every statement that answers meetings selects or returns of `meetings m`; [`Meeting::from_row`] reads it. Guest
/// notes are in no SELECT grant.
macro_rules! meeting_columns {
    () => {
        "m.id, m.org_id, m.event_id, m.workos_user_id, m.guest_workos_user_id, m.guest_email, m.guest_name,
         m.start_time, m.end_time, m.timezone, m.meeting_url, m.status, m.price, m.currency, m.created_at, m.updated_at"
    };
}
pub(crate) use meeting_columns;

impl Meeting {
    /// Reads one row of [`meeting_columns`].
    pub(crate) fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            org_id: row.try_get("org_id")?,
            event_id: row.try_get("event_id")?,
            workos_user_id: row.try_get("workos_user_id")?,
            guest_workos_user_id: row.try_get("guest_workos_user_id")?,
            guest_email: row.try_get("guest_email")?,
            guest_name: row.try_get("guest_name")?,
            start_time: row.try_get("start_time")?,
            end_time: row.try_get("end_time")?,
            timezone: row.try_get("timezone")?,
            meeting_url: row.try_get("meeting_url")?,
            status: Status::parse(row.try_get("status")?).ok_or(Error::Shape("a meeting's status"))?,
            price: row.try_get("price")?,
            currency: row.try_get("currency")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        })
    }

    /// Where the meeting is found, relative to the origin.
    pub(crate) fn path(&self) -> String {
        format!("/meetings/{}", self.id)
    }
}
