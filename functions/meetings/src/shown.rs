//! A meeting as pages show it: with the event's name, and times as clocks show them.

use eleva::{database::Error, page::Viewer};
use tokio_postgres::Row;

use crate::meeting::Meeting;

/// A meeting for people. Whoever is a guest elsewhere does not see that organization's events.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) meeting: Meeting,
    /// The event's name.
    pub(crate) event: Option<String>,
    /// Day and beginning on the clocks of the organization that looks.
    pub(crate) start: String,
    /// The end on these clocks.
    pub(crate) end: String,
    /// Day and beginning on the guest's clocks.
    pub(crate) guest_start: String,
    /// The end on the guest's clocks.
    pub(crate) guest_end: String,
    /// The beginning on the guest's clocks, as `<input type="datetime-local">` takes it.
    pub(crate) field_start: String,
}

/// What a statement that answers meetings for pages selects besides [`crate::meeting::meeting_columns`], and from where;
/// [`Shown::from_row`] reads it.
macro_rules! shown_meetings {
    () => {
        ",
           e.name as event,
           to_char(m.start_time at time zone o.timezone, 'Dy FMDD Mon YYYY, HH24:MI') as start,
           to_char(m.end_time at time zone o.timezone, 'HH24:MI') as end,
           to_char(m.start_time at time zone m.timezone, 'Dy FMDD Mon YYYY, HH24:MI') as guest_start,
           to_char(m.end_time at time zone m.timezone, 'HH24:MI') as guest_end,
           to_char(m.start_time at time zone m.timezone, 'YYYY-MM-DD\"T\"HH24:MI') as field_start
    from meetings m
    join organizations o on o.id = (select app.org_id())
    left join events e on e.org_id = m.org_id and e.id = m.event_id"
    };
}
pub(crate) use shown_meetings;

impl Shown {
    /// Reads one row of a statement with [`shown_meetings`].
    pub(crate) fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            meeting: Meeting::from_row(row)?,
            event: row.try_get("event")?,
            start: row.try_get("start")?,
            end: row.try_get("end")?,
            guest_start: row.try_get("guest_start")?,
            guest_end: row.try_get("guest_end")?,
            field_start: row.try_get("field_start")?,
        })
    }

    /// Reads rows of one.
    pub(crate) fn from_rows(rows: &[Row]) -> Result<Vec<Self>, Error> {
        rows.iter().map(Self::from_row).collect()
    }

    /// Whether the guest's clocks show another time than the organization's.
    pub(crate) fn is_elsewhere(&self) -> bool {
        (&self.start, &self.end) != (&self.guest_start, &self.guest_end)
    }

    /// Whether whoever looks is the guest.
    pub(crate) fn is_guest(&self, viewer: &Viewer) -> bool {
        self.meeting.guest_workos_user_id.as_ref() == Some(&viewer.user_id)
    }
}
