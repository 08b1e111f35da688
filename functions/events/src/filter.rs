//! Which events a list shows, and which page of them.

use eleva::http::{Limit, Problem, Query, form};
use jiff::Timestamp;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::{cursor::Cursor, event::Event};

/// The longest WorkOS user id, in characters; `users_workos_user_id_check` says the same.
const LONGEST_USER_ID: usize = 100;

/// What the query of `GET /events` asks for.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Only events that can be booked, or only those that cannot.
    pub(crate) active: Option<bool>,
    /// Only this expert's (WorkOS user id).
    pub(crate) expert: Option<String>,
    after: After,
    limit: Limit,
}

/// The cursor, part by part as the statement takes it; all of them or none.
#[derive(Debug, Default)]
struct After {
    workos_user_id: Option<String>,
    order: Option<i32>,
    created_at: Option<Timestamp>,
    id: Option<Uuid>,
}

impl Filter {
    /// Reads a query. Errors: `malformed` for what cannot be read, `invalid` for a limit out of its range.
    pub(crate) fn read(query: &Query) -> Result<Self, Problem> {
        let is_user_id = |id: &str| !id.contains('\0') && id.chars().count() <= LONGEST_USER_ID;
        Ok(Self {
            limit: Limit::read(query)?,
            active: query.parsed("active", |text| text.parse().ok())?,
            expert: query.parsed("expert", |id| is_user_id(id).then(|| id.to_owned()))?,
            after: query.optional("cursor")?.map(Cursor::decode).transpose()?.map(After::from).unwrap_or_default(),
        })
    }

    /// The parameters of the statement that lists.
    pub(crate) fn parameters(&self) -> [(&(dyn ToSql + Sync), Type); 7] {
        let After { workos_user_id, order, created_at, id } = &self.after;
        [
            (&self.active, Type::BOOL),
            (&self.expert, Type::TEXT),
            (workos_user_id, Type::TEXT),
            (order, Type::INT4),
            (created_at, Type::TIMESTAMPTZ),
            (id, Type::UUID),
            (self.limit.fetched(), Type::INT8),
        ]
    }

    /// Takes the row beyond the limit off the page, and gives the cursor of the next one if there is one.
    pub(crate) fn next_cursor(&self, events: &mut Vec<Event>) -> Result<Option<String>, Problem> {
        self.limit.cut(events).map(|event| Cursor::after(event).encode()).transpose()
    }

    /// The address of the page of the same list that begins after `cursor`.
    pub(crate) fn path_after(&self, cursor: &str) -> String {
        let mut path = format!("/events?limit={}&cursor={}", self.limit, form::encode(cursor));
        if let Some(active) = self.active {
            path.push_str(&format!("&active={active}"));
        }
        if let Some(expert) = &self.expert {
            path.push_str(&format!("&expert={}", form::encode(expert)));
        }
        path
    }

    /// Whether the list leaves anything out, as far as its page goes.
    pub(crate) fn is_narrowed(&self) -> bool {
        self.active.is_some() || self.expert.is_some() || self.after.id.is_some()
    }
}

impl From<Cursor> for After {
    fn from(cursor: Cursor) -> Self {
        let Cursor { workos_user_id, order, created_at, id } = cursor;
        Self { workos_user_id: Some(workos_user_id), order: Some(order), created_at: Some(created_at), id: Some(id) }
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
        let filter = read("active=false&expert=user_1&limit=200").expect("a filter");
        assert_eq!((filter.active, filter.expert.as_deref()), (Some(false), Some("user_1")));
        assert_eq!(*filter.limit.fetched(), 201);
        let empty = read("active=&expert=&cursor=").expect("a filter");
        assert!(!empty.is_narrowed());
        assert_eq!(filter.path_after("a b"), "/events?limit=200&cursor=a+b&active=false&expert=user_1");
    }

    #[test]
    fn what_cannot_be_read_is_malformed_and_what_is_out_of_range_invalid() {
        for (query, code) in [
            ("limit=0", "invalid"),
            ("limit=201", "invalid"),
            ("limit=ten", "malformed"),
            ("limit=-1", "malformed"),
            ("limit=1&limit=2", "malformed"),
            ("active=yes", "malformed"),
            ("expert=%00", "malformed"),
            ("cursor=x", "malformed"),
        ] {
            assert_eq!(read(query).expect_err(query).code(), code, "{query}");
        }
    }
}
