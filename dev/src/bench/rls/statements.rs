//! What is measured: the statements of the function `events`, and a count.

use jiff::Timestamp;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::{answer::Answer, asker::Asker, side::Side};

/// How many events an organization has.
pub(super) const EVENTS_OF_A_CLINIC: u32 = 100;
/// How many the large one has.
pub(super) const EVENTS_OF_THE_LARGE_CLINIC: u32 = 10_000;

/// A page and the one row that says whether there is another.
const FETCHED: i64 = 51;

/// How many times the owner's statement one through row-level security may take.
const READS: f64 = 1.3;
const WRITES: f64 = 1.6;

/// One statement. In `sql`, `{tenant}` is the condition on the organization, `{org_id}` and `{user_id}` are who asks.
/// Parameters are numbered from the third; the first two are always organization and user.
pub(super) struct Statement {
    pub(super) title: &'static str,
    sql: &'static str,
    parameters: Parameters,
    /// What comes back.
    pub(super) answer: Answer,
    /// The goal for the ratio.
    pub(super) goal: f64,
}

/// A parameter and its type.
type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

enum Parameters {
    None,
    /// Everything, from the first page on.
    List,
    /// An event.
    Id,
    /// A new event.
    New,
    /// An event with a new name.
    Changed,
}

const NO_BOOLEAN: Option<bool> = None;
const NO_TEXT: Option<&str> = None;
const NO_NUMBER: Option<i32> = None;
const NO_MOMENT: Option<Timestamp> = None;
const NO_ID: Option<Uuid> = None;

macro_rules! columns {
    () => {
        r#"id, org_id, workos_user_id, name, slug, description, duration_in_minutes, price, currency, is_active,
           "order", created_at, updated_at"#
    };
}

const LIST: &str = concat!(
    "select ",
    columns!(),
    r#"
    from events
    where {tenant}
      and ($3::boolean is null or is_active = $3)
      and ($4::text is null or workos_user_id = $4)
      and ($5::text is null or (workos_user_id, "order", created_at, id) > ($5, $6, $7, $8))
    order by workos_user_id, "order", created_at, id
    limit $9"#
);

const COUNT: &str = "select count(*) from events where {tenant}";

const ONE: &str = concat!("select ", columns!(), " from events where {tenant} and id = $3");

const INSERT: &str = concat!(
    r#"
    insert into events
        (org_id, workos_user_id, name, slug, description, duration_in_minutes, price, currency, is_active, "order")
    select {org_id}, {user_id}, $3, $4, $5, $6, $7, $8, $9, coalesce(max(own."order") + 1, 0)
    from events own
    where {tenant}
      and own.workos_user_id = {user_id}
    returning "#,
    columns!()
);

const UPDATE: &str = concat!(
    "
    update events
    set name = coalesce($4, name),
        slug = coalesce($5, slug),
        description = case when $6 then $7 else description end,
        duration_in_minutes = coalesce($8, duration_in_minutes),
        price = coalesce($9, price),
        currency = coalesce($10, currency),
        is_active = coalesce($11, is_active)
    where {tenant}
      and id = $3
    returning ",
    columns!()
);

/// In an organization of the ordinary size.
pub(super) const OF_A_CLINIC: [Statement; 5] = [
    Statement {
        title: "list 50",
        sql: LIST,
        parameters: Parameters::List,
        answer: Answer::Rows(FETCHED as usize),
        goal: READS,
    },
    Statement {
        title: "count",
        sql: COUNT,
        parameters: Parameters::None,
        answer: Answer::Count(EVENTS_OF_A_CLINIC),
        goal: READS,
    },
    Statement { title: "one by id", sql: ONE, parameters: Parameters::Id, answer: Answer::Rows(1), goal: READS },
    Statement { title: "insert", sql: INSERT, parameters: Parameters::New, answer: Answer::Rows(1), goal: WRITES },
    Statement {
        title: "update by id",
        sql: UPDATE,
        parameters: Parameters::Changed,
        answer: Answer::Rows(1),
        goal: WRITES,
    },
];

/// In the large one.
pub(super) const OF_THE_LARGE_CLINIC: [Statement; 2] = [
    Statement {
        title: "list 50",
        sql: LIST,
        parameters: Parameters::List,
        answer: Answer::Rows(FETCHED as usize),
        goal: READS,
    },
    Statement {
        title: "count",
        sql: COUNT,
        parameters: Parameters::None,
        answer: Answer::Count(EVENTS_OF_THE_LARGE_CLINIC),
        goal: READS,
    },
];

impl Statement {
    /// The statement as a side sends it.
    pub(super) fn sql(&self, side: Side) -> String {
        let (tenant, org_id, user_id) = match side {
            Side::Owner => ("org_id = $1", "$1", "$2"),
            Side::Functions => ("true", "(select app.org_id())", "(select app.user_id())"),
            Side::Repeated => ("org_id = (select app.org_id())", "(select app.org_id())", "(select app.user_id())"),
        };
        self.sql.replace("{tenant}", tenant).replace("{org_id}", org_id).replace("{user_id}", user_id)
    }

    /// Its parameters. All sides send all of them, so that what travels is the same.
    pub(super) fn parameters<'a>(&self, asker: &'a Asker, side: Side) -> Vec<Parameter<'a>> {
        let Asker { org_id, user_id, events, slugs, .. } = asker;
        let (event, slug) = (&events[side as usize], &slugs[side as usize]);
        let mut parameters: Vec<Parameter<'a>> = vec![(org_id, Type::UUID), (user_id, Type::TEXT)];
        match self.parameters {
            Parameters::None => {}
            Parameters::List => parameters.extend::<[Parameter<'a>; 7]>([
                (&NO_BOOLEAN, Type::BOOL),
                (&NO_TEXT, Type::TEXT),
                (&NO_TEXT, Type::TEXT),
                (&NO_NUMBER, Type::INT4),
                (&NO_MOMENT, Type::TIMESTAMPTZ),
                (&NO_ID, Type::UUID),
                (&FETCHED, Type::INT8),
            ]),
            Parameters::Id => parameters.push((event, Type::UUID)),
            Parameters::New => parameters.extend::<[Parameter<'a>; 7]>([
                (&"Consultation", Type::TEXT),
                (slug, Type::TEXT),
                (&"Anamnesis and a plan.", Type::TEXT),
                (&50, Type::INT4),
                (&6000, Type::INT4),
                (&"eur", Type::TEXT),
                (&true, Type::BOOL),
            ]),
            Parameters::Changed => parameters.extend::<[Parameter<'a>; 9]>([
                (event, Type::UUID),
                (&"Another name", Type::TEXT),
                (&NO_TEXT, Type::TEXT),
                (&false, Type::BOOL),
                (&NO_TEXT, Type::TEXT),
                (&NO_NUMBER, Type::INT4),
                (&7000, Type::INT4),
                (&NO_TEXT, Type::TEXT),
                (&NO_BOOLEAN, Type::BOOL),
            ]),
        }
        parameters
    }
}
