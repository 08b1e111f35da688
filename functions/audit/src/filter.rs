//! Which entries a list shows, and which page of them.

use eleva::{
    audit::{Action, ResourceType},
    http::{FieldError, Limit, Problem, Query, form, instant},
};
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio_postgres::types::{ToSql, Type};

use crate::{cursor::Cursor, entry::LoggedEntry, range::Range};

/// The longest WorkOS user id, in characters; `audit_logs_workos_user_id_check` says the same.
const LONGEST_USER_ID: usize = 100;
/// The longest id of a resource, in characters; `audit_logs_resource_id_check` says the same.
const LONGEST_RESOURCE_ID: usize = 255;

/// What the query of `GET /audit/logs` asks for. Every part narrows what the others leave.
#[derive(Debug)]
pub(crate) struct Filter {
    pub(crate) range: Range,
    /// Whether the query says so, for a form that says it again.
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
    /// Any of them; none stands for all.
    actions: Option<Vec<&'static str>>,
    /// Any of them; none stands for all.
    resource_types: Option<Vec<&'static str>>,
    pub(crate) resource_id: Option<String>,
    /// Whoever acted (WorkOS user id).
    pub(crate) user_id: Option<String>,
    /// Only what is older: sort key of an entry, or the end of the range.
    before: (Timestamp, i64),
    limit: Limit,
}

impl Filter {
    /// Reads a query. Errors: `malformed` for what cannot be read, `invalid` for what is not there to be chosen.
    pub(crate) fn read(query: &Query, now_seconds: i64) -> Result<Self, Problem> {
        let limit = Limit::read(query)?;
        let id = |name, longest| {
            query.parsed(name, |id| (!id.contains('\0') && id.chars().count() <= longest).then(|| id.to_owned()))
        };
        let cursor = query.optional("cursor")?.map(Cursor::decode).transpose()?;
        let range = Range::read(query, cursor.map(|cursor| cursor.range), now_seconds)?;
        // An entry's seq is 1 at least, so that whatever is at the end of the range is not before this.
        let end = (range.to, 0);
        Ok(Self {
            range,
            from: query.moment("from")?,
            to: query.moment("to")?,
            actions: chosen(query, "action", |name| Action::parse(name).map(Action::as_str))?,
            resource_types: chosen(query, "resource_type", |name| ResourceType::parse(name).map(ResourceType::as_str))?,
            resource_id: id("resource_id", LONGEST_RESOURCE_ID)?,
            user_id: id("user_id", LONGEST_USER_ID)?,
            before: cursor.map_or(end, |cursor| end.min((cursor.created_at, cursor.seq))),
            limit,
        })
    }

    /// The parameters of the statement that lists.
    pub(crate) fn parameters(&self) -> [(&(dyn ToSql + Sync), Type); 8] {
        [
            (&self.range.from, Type::TIMESTAMPTZ),
            (&self.before.0, Type::TIMESTAMPTZ),
            (&self.before.1, Type::INT8),
            (&self.actions, Type::TEXT_ARRAY),
            (&self.resource_types, Type::TEXT_ARRAY),
            (&self.resource_id, Type::TEXT),
            (&self.user_id, Type::TEXT),
            (self.limit.fetched(), Type::INT8),
        ]
    }

    /// Takes the row beyond the limit off the page, and gives the cursor of the next one if there is one.
    pub(crate) fn next_cursor(&self, entries: &mut Vec<LoggedEntry>) -> Result<Option<String>, Problem> {
        self.limit.cut(entries).map(|entry| Cursor::after(entry, self.range).encode()).transpose()
    }

    /// The address of the page of the same list that begins after `cursor`.
    pub(crate) fn path_after(&self, cursor: &str) -> String {
        let mut path = format!("/audit/logs?limit={}&cursor={}", self.limit, form::encode(cursor));
        let moments = [("from", self.from), ("to", self.to)];
        let moments = moments.into_iter().filter_map(|(name, moment)| Some((name, moment?.to_string())));
        let named = moments.chain(self.named().into_iter().map(|(name, value)| (name, value.to_owned())));
        for (name, value) in named {
            path.push_str(&format!("&{name}={}", form::encode(&value)));
        }
        path
    }

    /// Every filter but the range, by the name of its parameter.
    fn named(&self) -> Vec<(&'static str, &str)> {
        let many = [("action", &self.actions), ("resource_type", &self.resource_types)];
        let many = many.into_iter().flat_map(|(name, values)| values.iter().flatten().map(move |value| (name, *value)));
        let one = [("resource_id", &self.resource_id), ("user_id", &self.user_id)];
        many.chain(one.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))).collect()
    }

    /// What the trail keeps of the filters. An id that is none may be anything, a person's name or address too.
    pub(crate) fn recorded(&self) -> Value {
        let mut recorded = Map::new();
        for (name, value) in self.named() {
            let value = Value::from(if is_id(value) { value } else { "not an id" });
            match recorded.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(values) => values.push(value),
                other => *other = value,
            }
        }
        Value::Object(recorded)
    }

    /// Whether the list leaves anything out that is in the range.
    pub(crate) fn is_narrowed(&self) -> bool {
        !self.named().is_empty()
    }

    /// Whether the list is another than the first page.
    pub(crate) fn is_continued(&self) -> bool {
        self.before != (self.range.to, 0)
    }

    /// Whether this action was chosen.
    pub(crate) fn has_action(&self, action: &Action) -> bool {
        self.actions.as_ref().is_some_and(|actions| actions.contains(&action.as_str()))
    }

    /// Whether this type was chosen.
    pub(crate) fn has_resource_type(&self, kind: &ResourceType) -> bool {
        self.resource_types.as_ref().is_some_and(|kinds| kinds.contains(&kind.as_str()))
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

/// The names that a repeatable parameter gives, each once; none when it is absent.
fn chosen(
    query: &Query,
    parameter: &'static str,
    parse: impl Fn(&str) -> Option<&'static str>,
) -> Result<Option<Vec<&'static str>>, Problem> {
    let mut names = Vec::new();
    for text in query.all(parameter) {
        let unknown = || Problem::invalid(vec![FieldError::new(parameter, "This is none that the audit log has.")]);
        let name = parse(text).ok_or_else(unknown)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok((!names.is_empty()).then_some(names))
}

/// Whether a text has the form of an id: of ours or of WorkOS's.
fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use eleva::http::{Problem, Query, instant};
    use serde_json::json;

    use super::Filter;
    use crate::{cursor::Cursor, range::Range};

    /// 2026-11-28T13:36:53Z.
    const NOW: i64 = 1_795_873_013;

    fn read(query: &str) -> Result<Filter, Problem> {
        Filter::read(&Query::parse(query), NOW)
    }

    #[test]
    fn d4_a_query_narrows_the_list() {
        let filter = read(
            "action=EVENT_CREATED&action=EVENT_UPDATED&action=EVENT_CREATED&resource_type=event&user_id=user_1\
             &resource_id=a%20b&limit=200",
        );
        let filter = filter.expect("a filter");
        assert_eq!(filter.actions.as_deref(), Some(["EVENT_CREATED", "EVENT_UPDATED"].as_slice()));
        assert_eq!(filter.resource_types.as_deref(), Some(["event"].as_slice()));
        assert_eq!((filter.resource_id.as_deref(), filter.user_id.as_deref()), (Some("a b"), Some("user_1")));
        assert_eq!(*filter.limit.fetched(), 201);
        let path = "/audit/logs?limit=200&cursor=c&action=EVENT_CREATED&action=EVENT_UPDATED&resource_type=event\
                    &resource_id=a+b&user_id=user_1";
        assert_eq!(filter.path_after("c"), path);
        assert!(!read("action=&resource_type=&user_id=&resource_id=&cursor=").expect("a filter").is_narrowed());
    }

    #[test]
    fn d8_what_the_trail_keeps_of_a_filter_is_names_and_ids() {
        let filter = read("action=EVENT_CREATED&user_id=user_1&resource_id=somebody%40example.org").expect("a filter");
        let recorded = json!({"action": ["EVENT_CREATED"], "resource_id": ["not an id"], "user_id": ["user_1"]});
        assert_eq!(filter.recorded(), recorded);
    }

    #[test]
    fn a_page_keeps_the_range_of_the_first_one_and_a_query_narrows_it_further() {
        let moment = |text: &str| instant::parse(text).expect("a moment");
        let range = Range { from: moment("2026-11-01"), to: moment("2026-11-28") };
        let cursor = Cursor { range, created_at: moment("2026-11-20"), seq: 7 }.encode().expect("a cursor");
        let filter = read(&format!("cursor={cursor}")).expect("a filter");
        assert_eq!((filter.range, filter.before), (range, (moment("2026-11-20"), 7)));
        let filter = read(&format!("cursor={cursor}&to=2026-11-10")).expect("a filter");
        assert_eq!(filter.before, (moment("2026-11-10"), 0));
    }

    #[test]
    fn what_cannot_be_read_is_malformed_and_what_cannot_be_chosen_invalid() {
        for (query, code) in [
            ("limit=0", "invalid"),
            ("limit=201", "invalid"),
            ("limit=ten", "malformed"),
            ("action=event_created", "invalid"),
            ("action=EVENT_CREATED&action=NOTHING", "invalid"),
            ("action=%FF", "invalid"),
            ("resource_type=events", "invalid"),
            ("user_id=%00", "malformed"),
            ("user_id=a&user_id=b", "malformed"),
            ("from=x", "malformed"),
            ("from=2026-11-02&to=2026-11-01", "invalid"),
            ("cursor=x", "malformed"),
        ] {
            assert_eq!(read(query).expect_err(query).code(), code, "{query}");
        }
        assert_eq!(read(&format!("user_id={}", "é".repeat(101))).expect_err("too long").code(), "malformed");
        assert_eq!(read(&format!("resource_id={}", "x".repeat(256))).expect_err("too long").code(), "malformed");
        assert!(read(&format!("resource_id={}", "é".repeat(255))).is_ok());
    }
}
