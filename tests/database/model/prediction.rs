//! What comes of a statement, as far as the model knows: the answer, and the rows as they are then.

use std::sync::Arc;

use super::{
    asker::{Asker, Command},
    constraints,
    expected::{Expected, Line, Refusal},
    rules::{changes, makes, sees},
    state::{Row, State},
    statement::{Condition, ME, MEMBER, Statement, Values, Version},
    table::{Origin, Table},
};

/// What is to be answered, and the rows after that, where they are others than before.
pub(super) struct Prediction {
    pub(super) expected: Expected,
    pub(super) state: Option<State>,
}

impl Prediction {
    fn refused(refusal: Refusal) -> Self {
        Self { expected: Expected::Refused(refusal), state: None }
    }

    fn sqlstate(sqlstate: &str) -> Self {
        Self::refused(Refusal::Other(sqlstate.to_owned()))
    }

    fn read(lines: Vec<Line>) -> Self {
        Self { expected: Expected::Lines(lines), state: None }
    }

    fn changed(state: State, rows: &[&Row], returning: &[&'static str]) -> Self {
        let expected = match returning {
            [] => Expected::Count(rows.len()),
            returning => Expected::Lines(rows.iter().map(|row| row.values(returning)).collect()),
        };
        Self { expected, state: Some(state) }
    }
}

/// What comes of a statement.
pub(super) fn of(statement: &Statement, asker: &Asker, state: &State) -> Prediction {
    if statement.is_denied_to(asker) {
        return Prediction::refused(Refusal::Denied);
    }
    match statement {
        Statement::Select { table, columns, condition } => {
            let rows = state.rows(*table).iter();
            let seen = rows.filter(|row| condition.holds(row) && sees(asker, *table, row, state));
            Prediction::read(seen.map(|row| row.values(columns)).collect())
        }
        Statement::Insert { table, values, returning } => insert(*table, values, returning, asker, state),
        Statement::Update { table, values, version, condition, returning } => {
            update(*table, values, *version, condition, returning, asker, state)
        }
        Statement::Delete { table, condition, returning } => delete(*table, condition, returning, asker, state),
        Statement::Me => Prediction::read(me(asker, state)),
        Statement::Members => Prediction::read(members(asker, state)),
    }
}

fn insert(table: Table, values: &Values, returning: &[&'static str], asker: &Asker, state: &State) -> Prediction {
    let mut row = Row::default();
    for column in table.columns().iter().filter(|column| column.is_seen()) {
        match (values.iter().find(|(name, _)| *name == column.name), column.origin) {
            (Some((_, value)), _) => row.set(column.name, value.clone()),
            (None, Origin::Default(value)) => row.set(column.name, Some(value.to_owned())),
            (None, Origin::Null | Origin::Writer) => row.set(column.name, None),
            (None, Origin::Server) => {}
        }
    }
    if table == Table::Meetings {
        book(&mut row, state);
    }
    // What is answered with has to be seen.
    let is_answered = returning.is_empty() || sees(asker, table, &row, state);
    if !makes(asker, Command::Insert, table, &row, state) || !is_answered {
        return Prediction::refused(Refusal::Violates);
    }
    let others: Vec<&Arc<Row>> = state.rows(table).iter().collect();
    let rows = [row];
    // Versions come from updates. What is drawn here is never what a record holds, and authors invent none.
    let is_invented = table == Table::Versions && matches!(asker, Asker::Person(_));
    let refusal = constraints::against(table, &rows, &others)
        .or_else(|| constraints::orphans(table, &rows, state))
        .or(is_invented.then_some(constraints::CHECK));
    match (refusal, rows) {
        (Some(sqlstate), _) => Prediction::sqlstate(sqlstate),
        (None, [row]) => Prediction { expected: Expected::New(row), state: Some(state.clone()) },
    }
}

/// What a booking takes from its event.
fn book(row: &mut Row, state: &State) {
    let mut events = state.rows(Table::Events).iter();
    let event = events.find(|event| event.get("id") == row.get("event_id") && event.get("org_id") == row.get("org_id"));
    let minutes = event.and_then(|event| event.get("duration_in_minutes")?.parse::<u64>().ok());
    let start = row.get("start_time").and_then(|start| start.parse::<u64>().ok());
    row.set("end_time", start.zip(minutes).map(|(start, minutes)| (start + minutes * 60).to_string()));
    for column in ["price", "currency"] {
        row.set(column, event.and_then(|event| event.get(column)).map(str::to_owned));
    }
}

fn update(
    table: Table,
    values: &Values,
    version: Version,
    condition: &Condition,
    returning: &[&'static str],
    asker: &Asker,
    state: &State,
) -> Prediction {
    let is_looked_at = is_looked_at(condition, returning) || version == Version::Raised;
    let is_seen = |row: &Row, state: &State| !is_looked_at || sees(asker, table, row, state);
    let (places, others): (Vec<usize>, Vec<usize>) = (0..state.rows(table).len()).partition(|place| {
        let row = &state.rows(table)[*place];
        condition.holds(row) && is_seen(row, state) && changes(asker, Command::Update, table, row, state)
    });
    let before = |places: &[usize]| places.iter().map(|place| &state.rows(table)[*place]).collect::<Vec<_>>();
    let (old, others) = (before(&places), before(&others));
    let new: Vec<Row> = old.iter().map(|row| updated(table, row, values, version)).collect();
    let mut after = state.clone();
    if let Some(refusal) = triggered(table, asker, version, &old, &new, &mut after) {
        return Prediction::sqlstate(refusal);
    }
    if new.iter().any(|row| !makes(asker, Command::Update, table, row, state) || !is_seen(row, state)) {
        return Prediction::refused(Refusal::Violates);
    }
    let refusal = constraints::against(table, &new, &others).or_else(|| constraints::orphans(table, &new, state));
    if let Some(sqlstate) = refusal {
        return Prediction::sqlstate(sqlstate);
    }
    after.replace(table, places.into_iter().zip(new.iter().cloned()).collect());
    Prediction::changed(after, &new.iter().collect::<Vec<_>>(), returning)
}

/// Whether a change reads what it changes. Policies for reading bind only what is read.
fn is_looked_at(condition: &Condition, returning: &[&'static str]) -> bool {
    !returning.is_empty() || matches!(condition, Condition::With(_))
}

fn updated(table: Table, old: &Row, values: &Values, version: Version) -> Row {
    let mut new = old.clone();
    values.iter().for_each(|(column, value)| new.set(column, value.clone()));
    let number = |row: &Row, column: &str| row.get(column).and_then(|value| value.parse::<u64>().ok());
    if version == Version::Raised {
        new.set("version", number(old, "version").map(|version| (version + 1).to_string()));
    }
    if table == Table::Meetings
        && let (Some(from), Some(to), Some(end)) =
            (number(old, "start_time"), number(&new, "start_time"), number(old, "end_time"))
    {
        // A meeting that is moved keeps its length.
        new.set("end_time", Some((to + end - from).to_string()));
    }
    new
}

/// What triggers do before an update: refuse it by an SQLSTATE, or keep a record's earlier version.
fn triggered(
    table: Table,
    asker: &Asker,
    version: Version,
    old: &[&Arc<Row>],
    new: &[Row],
    after: &mut State,
) -> Option<&'static str> {
    match table {
        Table::Organizations => {
            let is_reserved = |(old, new): (&&Arc<Row>, &Row)| {
                old.get("slug") != new.get("slug") && new.get("slug").is_some_and(|slug| slug.starts_with("user-"))
            };
            old.iter().zip(new).any(is_reserved).then_some(constraints::CHECK)
        }
        Table::Records if matches!(asker, Asker::Person(_)) => {
            if version == Version::Kept {
                return (!old.is_empty()).then_some(constraints::CHECK);
            }
            for record in old {
                let mut kept = Row::default();
                for column in ["version", "org_id", "expert_id", "encrypted_content", "encrypted_metadata"] {
                    kept.set(column, record.get(column).map(str::to_owned));
                }
                kept.set("record_id", record.get("id").map(str::to_owned));
                let kept = [kept];
                let versions: Vec<&Arc<Row>> = after.rows(Table::Versions).iter().collect();
                // One that is kept already is left as it is.
                if constraints::against(Table::Versions, &kept, &versions).is_none() {
                    let [kept] = kept;
                    after.insert(Table::Versions, kept);
                }
            }
            None
        }
        _ => None,
    }
}

fn delete(table: Table, condition: &Condition, returning: &[&'static str], asker: &Asker, state: &State) -> Prediction {
    let rows = state.rows(table);
    let is_reached = |row: &Row| {
        condition.holds(row) && sees(asker, table, row, state) && changes(asker, Command::Delete, table, row, state)
    };
    let places: Vec<usize> = (0..rows.len()).filter(|place| is_reached(&rows[*place])).collect();
    let deleted: Vec<&Row> = places.iter().map(|place| rows[*place].as_ref()).collect();
    let mut after = state.clone();
    after.remove(table, &places);
    match constraints::left_behind(table, &after) {
        Some(sqlstate) => Prediction::sqlstate(sqlstate),
        None => Prediction::changed(after, &deleted, returning),
    }
}

fn me(asker: &Asker, state: &State) -> Vec<Line> {
    let Asker::Person(person) = asker else { return Vec::new() };
    let row = state.living(Table::Users, "workos_user_id", &person.user);
    row.map(|row| row.values(&ME)).into_iter().collect()
}

fn members(asker: &Asker, state: &State) -> Vec<Line> {
    let Asker::Person(person) = asker else { return Vec::new() };
    let users = state.rows(Table::Users).iter().filter(|user| user.get("deleted_at").is_none());
    let member = |user: &Arc<Row>| {
        let role = state.role(user.get("workos_user_id")?, &person.org)?;
        let mut line = user.values(&MEMBER);
        line.push(Some(role.to_owned()));
        Some(line)
    };
    users.filter_map(member).collect()
}
