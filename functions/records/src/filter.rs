//! Which records a list shows, and which page of them.

use eleva::http::{Limit, Problem, Query, form, parse_id};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{cursor::Cursor, record::Record};

/// What the query of `GET /records` asks for.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Only those of this meeting.
    pub(crate) meeting_id: Option<Uuid>,
    pub(crate) page: Page,
}

/// A page: how many records, and after which one. The cursor part by part as a statement takes it; both or none.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) limit: Limit,
    pub(crate) after_time: Option<Timestamp>,
    pub(crate) after_id: Option<Uuid>,
}

impl Filter {
    /// Reads a query. Errors: `malformed` for what cannot be read, `invalid` for a limit out of its range.
    pub(crate) fn read(query: &Query) -> Result<Self, Problem> {
        Ok(Self { meeting_id: query.parsed("meeting_id", parse_id)?, page: Page::read(query)? })
    }

    /// Takes the row beyond the limit off the page, and gives the cursor of the next one if there is one.
    pub(crate) fn next_cursor(&self, records: &mut Vec<Record>) -> Result<Option<String>, Problem> {
        let last = self.page.limit.cut(records);
        last.map(|record| Cursor { created_at: record.created_at, id: record.id }.encode()).transpose()
    }

    /// The address of the page of the same list that begins after `cursor`.
    pub(crate) fn path_after(&self, cursor: &str) -> String {
        let path = self.page.path_after("/records", cursor);
        match self.meeting_id {
            Some(meeting_id) => format!("{path}&meeting_id={meeting_id}"),
            None => path,
        }
    }

    /// Whether the list leaves anything out, as far as its page goes.
    pub(crate) fn is_narrowed(&self) -> bool {
        self.meeting_id.is_some() || self.page.is_continued()
    }
}

impl Page {
    /// Reads a query. Errors: those of [`Filter::read`].
    pub(crate) fn read(query: &Query) -> Result<Self, Problem> {
        let cursor = query.optional("cursor")?.map(Cursor::decode).transpose()?;
        Ok(Self {
            limit: Limit::read(query)?,
            after_time: cursor.map(|cursor| cursor.created_at),
            after_id: cursor.map(|cursor| cursor.id),
        })
    }

    /// The address of the page of the list at `path` that begins after `cursor`.
    pub(crate) fn path_after(&self, path: &str, cursor: &str) -> String {
        format!("{path}?limit={}&cursor={}", self.limit, form::encode(cursor))
    }

    /// Whether it is not the first one.
    pub(crate) fn is_continued(&self) -> bool {
        self.after_id.is_some()
    }
}

#[cfg(test)]
mod tests {
    use eleva::http::{Problem, Query};

    use super::Filter;

    fn read(query: &str) -> Result<Filter, Problem> {
        Filter::read(&Query::parse(query))
    }

    #[test]
    fn a_query_narrows_the_list() {
        let filter = read("meeting_id=0b7a1f0c-6f0e-4d5c-9a57-3c1f6f1f7a01&limit=7").expect("a filter");
        assert!(filter.is_narrowed() && !filter.page.is_continued());
        let next = "/records?limit=7&cursor=a+b&meeting_id=0b7a1f0c-6f0e-4d5c-9a57-3c1f6f1f7a01";
        assert_eq!(filter.path_after("a b"), next);
        assert!(!read("meeting_id=&cursor=&limit=").expect("a filter").is_narrowed());
    }

    #[test]
    fn what_cannot_be_read_is_malformed_and_what_is_out_of_range_invalid() {
        for (query, code) in [
            ("limit=0", "invalid"),
            ("limit=201", "invalid"),
            ("limit=ten", "malformed"),
            ("meeting_id=1", "malformed"),
            ("meeting_id=%00", "malformed"),
            ("cursor=x", "malformed"),
        ] {
            assert_eq!(read(query).expect_err(query).code(), code, "{query}");
        }
    }
}
