//! The person's next meetings: as the expert in the current organization, as the guest in any.

use eleva::database::{Error, Statement};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

/// What is ahead or under way: no meeting takes longer than twelve hours. Scheduled is what is none of the rest: the index
/// that keeps meetings from overlapping has only what is, and would be read as a whole.
const NEXT: &str = "
    with own as (
        (
            select m.id, 'expert' as side, m.guest_name, m.start_time, m.end_time, m.meeting_url
            from meetings m
            where m.org_id = (select app.org_id())
              and m.workos_user_id = (select app.user_id())
              and m.guest_workos_user_id is distinct from (select app.user_id())
              and m.status not in ('completed', 'cancelled', 'no_show')
              and m.start_time > $1::timestamptz - interval '12 hours'
              and m.end_time > $1
            order by m.start_time, m.id
            limit 5
        )
        union all
        (
            select m.id, 'guest' as side, m.guest_name, m.start_time, m.end_time, m.meeting_url
            from meetings m
            where m.guest_workos_user_id = (select app.user_id())
              and m.status not in ('completed', 'cancelled', 'no_show')
              and m.start_time > $1::timestamptz - interval '12 hours'
              and m.end_time > $1
            order by m.start_time, m.id
            limit 5
        )
    )
    select own.id, own.side, own.guest_name, own.start_time, own.end_time, own.meeting_url,
           to_char(own.start_time at time zone o.timezone, 'Dy FMDD Mon YYYY, HH24:MI') as start,
           to_char(own.end_time at time zone o.timezone, 'HH24:MI') as end
    from own
    join organizations o on o.id = (select app.org_id())
    order by own.start_time, own.id
    limit 5";

/// One of them.
#[derive(Debug, Serialize)]
pub(crate) struct NextMeeting {
    id: Uuid,
    /// `expert` or `guest`.
    #[serde(rename = "as")]
    side: String,
    pub(crate) guest_name: String,
    pub(crate) start_time: Timestamp,
    end_time: Timestamp,
    pub(crate) meeting_url: Option<String>,
    /// Day and beginning on the organization's clocks.
    #[serde(skip)]
    pub(crate) start: String,
    /// The end on these clocks.
    #[serde(skip)]
    pub(crate) end: String,
}

/// The statement, which goes with those that say who is asking; its parameter is the time.
pub(crate) fn statement<'a>(parameters: &'a [(&'a (dyn ToSql + Sync), Type); 1]) -> Statement<'a> {
    Statement::new(NEXT, parameters)
}

impl NextMeeting {
    /// Reads the answer to [`statement`].
    pub(crate) fn from_rows(rows: &[Row]) -> Result<Vec<Self>, Error> {
        rows.iter().map(|row| Self::from_row(row).map_err(Error::from)).collect()
    }

    fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            side: row.try_get("side")?,
            guest_name: row.try_get("guest_name")?,
            start_time: row.try_get("start_time")?,
            end_time: row.try_get("end_time")?,
            meeting_url: row.try_get("meeting_url")?,
            start: row.try_get("start")?,
            end: row.try_get("end")?,
        })
    }

    /// Where the meeting is found, relative to the origin.
    pub(crate) fn path(&self) -> String {
        format!("/meetings/{}", self.id)
    }

    /// Whether the person is the guest.
    pub(crate) fn is_guest(&self) -> bool {
        self.side == "guest"
    }
}
