//! Which meetings a list shows, and which page of them.

use eleva::http::{FieldError, Limit, Problem, Query, form, instant};
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::{cursor::Cursor, meeting::Meeting, status::Status};

/// What the page calls past.
const PAST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Whose meetings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Side {
    /// The organization's.
    #[default]
    Organization,
    /// Those of the organization in which the caller is the expert.
    Expert,
    /// Those in which the caller is the guest, in whatever organization.
    Guest,
}

impl Side {
    fn parse(name: &str) -> Option<Self> {
        [Self::Expert, Self::Guest].into_iter().find(|side| side.as_str() == name)
    }

    /// The value of the parameter `as`; none for the organization's.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "",
            Self::Expert => "expert",
            Self::Guest => "guest",
        }
    }
}

/// What the query of `GET /meetings` asks for.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// From this moment on.
    pub(crate) from: Option<Timestamp>,
    /// Up to this moment, which is not included.
    pub(crate) to: Option<Timestamp>,
    pub(crate) status: Option<Status>,
    pub(crate) side: Side,
    limit: Limit,
    /// The status as a parameter.
    status_name: Option<&'static str>,
    /// The cursor, part by part; both or none.
    after_start: Option<Timestamp>,
    after_id: Option<Uuid>,
    /// Whether only those in which the caller is the expert.
    is_own: bool,
    /// Only what is not over at this moment.
    ahead_of: Option<Timestamp>,
}

impl Filter {
    /// Reads a query. Errors: `malformed` for what cannot be read, `invalid` for what is not there to be chosen.
    pub(crate) fn read(query: &Query) -> Result<Self, Problem> {
        let unknown = |name: &'static str, message| Problem::invalid(vec![FieldError::new(name, message)]);
        let limit = Limit::read(query)?;
        let (from, to) = (query.moment("from")?, query.moment("to")?);
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            return Err(unknown("from", "Give a time before the end of the range."));
        }
        let status = query.optional("status")?.map(|name| {
            Status::parse(name).ok_or_else(|| unknown("status", "Give scheduled, completed, cancelled or no_show."))
        });
        let side =
            query.optional("as")?.map(|name| Side::parse(name).ok_or_else(|| unknown("as", "Give expert or guest.")));
        let after = query.optional("cursor")?.map(Cursor::decode).transpose()?;
        Ok(Self { from, to, limit, ..Self::default() }
            .of(side.transpose()?.unwrap_or_default())
            .with_status(status.transpose()?)
            .after(after))
    }

    /// What a page shows when nothing is chosen: what is ahead or under way, on its next pages, too.
    pub(crate) fn for_page(self, now: Timestamp) -> Self {
        let is_chosen =
            self.from.is_some() || self.to.is_some() || self.status.is_some() || self.side != Side::default();
        Self { ahead_of: (!is_chosen).then_some(now), ..self }
    }

    /// Whether only what is ahead or under way is shown, because nothing was chosen.
    pub(crate) fn is_upcoming(&self) -> bool {
        self.ahead_of.is_some()
    }

    /// The address of the list of what began within the last 30 days.
    pub(crate) fn path_of_past(now: Timestamp) -> String {
        let from = now.checked_sub(PAST).unwrap_or(Timestamp::MIN);
        format!("/meetings?from={}&to={}", form::encode(&from.to_string()), form::encode(&now.to_string()))
    }

    fn of(self, side: Side) -> Self {
        Self { side, is_own: side == Side::Expert, ..self }
    }

    fn with_status(self, status: Option<Status>) -> Self {
        Self { status, status_name: status.map(Status::as_str), ..self }
    }

    fn after(self, after: Option<Cursor>) -> Self {
        let (after_start, after_id) = (after.map(|cursor| cursor.start_time), after.map(|cursor| cursor.id));
        Self { after_start, after_id, ..self }
    }

    /// The parameters of the statements that list.
    pub(crate) fn parameters(&self) -> [(&(dyn ToSql + Sync), Type); 8] {
        [
            (&self.from, Type::TIMESTAMPTZ),
            (&self.to, Type::TIMESTAMPTZ),
            (&self.status_name, Type::TEXT),
            (&self.after_start, Type::TIMESTAMPTZ),
            (&self.after_id, Type::UUID),
            (self.limit.fetched(), Type::INT8),
            (&self.ahead_of, Type::TIMESTAMPTZ),
            (&self.is_own, Type::BOOL),
        ]
    }

    /// Takes the row beyond the limit off the page, and gives the cursor of the next one if there is one.
    pub(crate) fn next_cursor<T>(
        &self,
        items: &mut Vec<T>,
        meeting: impl FnOnce(&T) -> &Meeting,
    ) -> Result<Option<String>, Problem> {
        self.limit.cut(items).map(|item| Cursor::after(meeting(item)).encode()).transpose()
    }

    /// The address of the page of the same list that begins after `cursor`.
    pub(crate) fn path_after(&self, cursor: &str) -> String {
        let mut path = format!("/meetings?limit={}&cursor={}", self.limit, form::encode(cursor));
        let moment = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        let side = Some(self.side.as_str().to_owned()).filter(|side| !side.is_empty());
        let status = self.status_name.map(str::to_owned);
        let parts = [("from", moment(self.from)), ("to", moment(self.to)), ("status", status), ("as", side)];
        for (name, value) in parts.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            path.push_str(&format!("&{name}={}", form::encode(&value)));
        }
        path
    }

    /// Whether this status was chosen.
    pub(crate) fn has_status(&self, status: &Status) -> bool {
        self.status == Some(*status)
    }

    /// What the field for the beginning of the range holds: what the query said.
    pub(crate) fn field_from(&self) -> String {
        self.from.map(instant::to_field).unwrap_or_default()
    }

    /// What the field for the end of the range holds.
    pub(crate) fn field_to(&self) -> String {
        self.to.map(instant::to_field).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use eleva::http::{Problem, Query, instant};
    use jiff::Timestamp;

    use super::{Filter, Side};
    use crate::status::Status;

    fn read(query: &str) -> Result<Filter, Problem> {
        Filter::read(&Query::parse(query))
    }

    fn moment(text: &str) -> Timestamp {
        instant::parse(text).expect("a moment")
    }

    #[test]
    fn a_query_narrows_the_list() {
        let filter = read("from=2026-12-01&to=2026-12-02T12:00:00Z&status=no_show&as=guest&limit=2").expect("a filter");
        assert_eq!((filter.from, filter.to), (Some(moment("2026-12-01")), Some(moment("2026-12-02T12:00"))));
        assert_eq!((filter.status, filter.side), (Some(Status::NoShow), Side::Guest));
        let path = "/meetings?limit=2&cursor=c&from=2026-12-01T00%3A00%3A00Z&to=2026-12-02T12%3A00%3A00Z\
                    &status=no_show&as=guest";
        assert_eq!(filter.path_after("c"), path);
        let empty = read("from=&to=&status=&as=&cursor=&limit=").expect("a filter");
        assert_eq!(empty.path_after("c"), "/meetings?limit=50&cursor=c");
    }

    #[test]
    fn a_page_shows_what_is_ahead_unless_something_is_chosen() {
        let now = moment("2026-11-28T14:05");
        let on_page = |query| read(query).expect("a filter").for_page(now);
        let ahead = on_page("from=&to=&status=&as=&limit=2");
        assert_eq!((ahead.ahead_of, ahead.field_from()), (Some(now), String::new()));
        let next = ahead.path_after("");
        assert!(on_page(next.split_once('?').expect("a query").1).is_upcoming(), "the next page, too: {next}");
        for query in ["from=2026-11-28", "to=2026-11-28", "status=scheduled", "as=expert", "as=guest"] {
            assert!(!on_page(query).is_upcoming(), "{query}");
        }
        assert_eq!(read("").expect("a filter").ahead_of, None, "whoever is no page gets everything");
    }

    #[test]
    fn the_fields_hold_the_times_that_were_asked_for() {
        let filter = read("from=2026-12-01T10:30:15%2B01:00&to=2026-12-02").expect("a filter");
        assert_eq!(filter.field_from(), "2026-12-01T09:30:15");
        assert_eq!(filter.field_to(), "2026-12-02T00:00:00");
        let path = Filter::path_of_past(moment("2026-11-28T14:05"));
        let past = read(path.split_once('?').expect("a query").1).expect("a filter");
        assert_eq!((past.from, past.to), (Some(moment("2026-10-29T14:05")), Some(moment("2026-11-28T14:05"))));
    }

    #[test]
    fn what_cannot_be_read_is_malformed_and_what_cannot_be_chosen_invalid() {
        for (query, code) in [
            ("limit=0", "invalid"),
            ("limit=ten", "malformed"),
            ("from=yesterday", "malformed"),
            ("to=2026-13-01", "malformed"),
            ("from=2026-12-02&to=2026-12-01", "invalid"),
            ("from=2026-12-02&to=2026-12-02", "invalid"),
            ("status=done", "invalid"),
            ("status=scheduled&status=cancelled", "malformed"),
            ("as=owner", "invalid"),
            ("cursor=x", "malformed"),
        ] {
            assert_eq!(read(query).expect_err(query).code(), code, "{query}");
        }
    }
}
