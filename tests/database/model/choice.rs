//! What somebody says next: drawn so that most of it has a chance, and enough of it has none.

use super::{
    SESSIONS,
    asker::{Asker, Command},
    expected::Expected,
    prediction,
    random::Random,
    state::State,
    statement::{Condition, Statement, Values, Version},
    table::{Column, Form, Origin, Table},
    values::{self, Whose},
};

/// What `eleva_identity` writes, as often as it stands here.
const IDENTITYS: [Table; 19] = [
    Table::Memberships,
    Table::Memberships,
    Table::Memberships,
    Table::Memberships,
    Table::Memberships,
    Table::Memberships,
    Table::Users,
    Table::Users,
    Table::Users,
    Table::Users,
    Table::Organizations,
    Table::Organizations,
    Table::Organizations,
    Table::Organizations,
    Table::Organizations,
    Table::Meetings,
    Table::Meetings,
    Table::Meetings,
    Table::RevokedSessions,
];

/// A statement of somebody's.
pub(super) fn statement(random: &mut Random, asker: &Asker, state: &State, may_write: bool) -> Statement {
    if random.one_in(10) && !matches!(asker, Asker::Owner) {
        return if random.one_in(2) { Statement::Me } else { Statement::Members };
    }
    loop {
        let command = match random.below(20) {
            _ if !may_write => Command::Select,
            0..6 => Command::Select,
            6..12 => Command::Insert,
            12..18 => Command::Update,
            _ => Command::Delete,
        };
        let Some(table) = table(random, asker, command) else { continue };
        match command {
            Command::Insert if state.rows(table).len() >= most(table) => {}
            Command::Select => return select(random, asker, table, state),
            Command::Insert => {
                let insert = insert(random, asker, table, state);
                return if random.one_in(2) { without_answer(insert, asker, state) } else { insert };
            }
            Command::Update => {
                if let Some(update) = update(random, asker, table, state) {
                    return update;
                }
            }
            Command::Delete => {
                // A sweep of the owner's would leave nothing.
                let is_sweep = !matches!(asker, Asker::Owner) && random.one_in(2);
                let condition = match is_sweep {
                    true => Condition::All,
                    false => condition(random, asker, table, state, true),
                };
                let returning = returning(random, asker, table, &condition);
                return Statement::Delete { table, condition, returning };
            }
        }
    }
}

/// Mostly one on which they have a right to the command.
fn table(random: &mut Random, asker: &Asker, command: Command) -> Option<Table> {
    let anything = random.one_in(8);
    let tables = if matches!(asker, Asker::Identity) { &IDENTITYS[..] } else { &Table::ALL[..] };
    let tables: Vec<Table> = tables
        .iter()
        .copied()
        .filter(|table| anything || asker.has_right_to(command, *table))
        .filter(|table| is_owners(asker, command, *table))
        .collect();
    random.one_of(&tables).copied()
}

/// So many rows that a table does not grow any further.
pub(super) fn most(table: Table) -> usize {
    match table {
        Table::Organizations => 6,
        Table::Users => 13,
        Table::Memberships => 36,
        Table::RevokedSessions => SESSIONS / 3,
        Table::Categories => 4,
        _ => 40,
    }
}

/// The owner leaves alone what WorkOS states, so that there are people.
fn is_owners(asker: &Asker, command: Command, table: Table) -> bool {
    !matches!(asker, Asker::Owner) || command == Command::Select || !is_stated(table)
}

/// Whether a table holds what WorkOS states.
pub(super) fn is_stated(table: Table) -> bool {
    matches!(table, Table::Organizations | Table::Users | Table::Memberships | Table::RevokedSessions)
}

fn select(random: &mut Random, asker: &Asker, table: Table, state: &State) -> Statement {
    let mut columns = asker.readable(table);
    if columns.is_empty() || random.one_in(12) {
        columns.extend(random.one_of(table.columns()).filter(|column| column.is_seen()).map(|column| column.name));
    }
    if columns.is_empty() {
        columns.push(table.columns()[0].name);
    }
    let condition = condition(random, asker, table, state, false);
    Statement::Select { table, columns, condition }
}

pub(super) fn insert(random: &mut Random, asker: &Asker, table: Table, state: &State) -> Statement {
    let whose = Whose::draw(random, asker, table, state);
    // What the server chooses otherwise is said where anybody may say it.
    let is_sayable = |column: &Column| column.origin != Origin::Server || column.grants.contains("pi");
    let mut values = Values::new();
    for column in table.columns() {
        let is_said = match column.origin {
            Origin::Writer => true,
            Origin::Null => !random.one_in(4),
            Origin::Default(_) | Origin::Server => random.one_in(2),
        };
        let is_stray = random.one_in(100);
        if (is_said && asker.may_name(Command::Insert, column) || is_stray) && is_sayable(column) {
            values.push((column.name, values::draw(random, column, &whose, state)));
        }
    }
    if values.is_empty() {
        let sayable: Vec<&Column> = table.columns().iter().filter(|column| is_sayable(column)).collect();
        let column = random.one_of(&sayable).expect("a table has columns that the server does not choose");
        values.push((column.name, values::draw(random, column, &whose, state)));
    }
    Statement::Insert { table, values, returning: asker.readable(table) }
}

/// The same without an answer, if it is refused: one that asks for an answer is bound by the policies for reading too,
/// behind which those for writing would never be seen to fail. Of what is not refused the answer tells the new id.
fn without_answer(insert: Statement, asker: &Asker, state: &State) -> Statement {
    let Statement::Insert { table, values, .. } = &insert else { return insert };
    let silent = Statement::Insert { table: *table, values: values.clone(), returning: Vec::new() };
    match prediction::of(&silent, asker, state).expected {
        Expected::Refused(_) => silent,
        _ => insert,
    }
}

fn update(random: &mut Random, asker: &Asker, table: Table, state: &State) -> Option<Statement> {
    let whose = Whose::draw(random, asker, table, state);
    let is_owner = matches!(asker, Asker::Owner);
    let is_updatable = |column: &&Column| match is_owner {
        true => column.grants.split(' ').any(|grant| grant.ends_with('u')),
        false => asker.may_name(Command::Update, column),
    };
    let mut candidates: Vec<&Column> = table.columns().iter().filter(is_updatable).collect();
    if !is_owner && (candidates.is_empty() || random.one_in(8)) {
        candidates = random.one_of(table.columns()).filter(|column| column.is_seen()).into_iter().collect();
    }
    // A sweep: whatever rows can be reached.
    let is_sweep = random.one_in(3);
    if is_sweep {
        candidates.retain(|column| !column.is_single);
    }
    // Who is deleted under somebody's open transaction: seldom enough, were it left to chance.
    let ends = candidates.iter().copied().find(|column| matches!(column.form, Form::Moment));
    if let Some(ends) = ends.filter(|_| random.one_in(3)) {
        candidates = vec![ends];
    }
    // How that rises is said otherwise.
    candidates.retain(|column| column.name != "version");
    let mut columns: Vec<&Column> = Vec::new();
    for _ in 0..=random.below(3) {
        let column = random.one_of(&candidates)?;
        if columns.iter().all(|known| known.name != column.name) {
            columns.push(column);
        }
    }
    let values = columns.iter().map(|column| (column.name, values::draw(random, column, &whose, state))).collect();
    let is_of_person = matches!(asker, Asker::Person(_));
    let version = match table == Table::Records && is_of_person && !random.one_in(8) {
        true => Version::Raised,
        false => Version::Kept,
    };
    let is_single = columns.iter().any(|column| column.is_single);
    let condition = match asker.readable(table).is_empty() && !random.one_in(8) {
        // Who reads nothing names no row.
        true if is_single => return None,
        true => Condition::All,
        false if is_sweep => Condition::All,
        false => condition(random, asker, table, state, is_single),
    };
    let returning = returning(random, asker, table, &condition);
    Some(Statement::Update { table, values, version, condition, returning })
}

/// What a change answers with. One that names no row and answers with none is bound by no policy for reading.
fn returning(random: &mut Random, asker: &Asker, table: Table, condition: &Condition) -> Vec<&'static str> {
    match condition {
        Condition::All if !random.one_in(3) => Vec::new(),
        _ => asker.readable(table),
    }
}

/// Which rows: one, all, or those that have something in common with one. Never more than one where it has to be.
fn condition(random: &mut Random, asker: &Asker, table: Table, state: &State, is_single: bool) -> Condition {
    let rows = state.rows(table);
    let here: Vec<_> = match asker {
        Asker::Person(person) => rows.iter().filter(|row| row.is("org_id", &person.org)).collect(),
        _ => Vec::new(),
    };
    let row = match random.one_in(3) {
        false if !here.is_empty() => random.one_of(&here).copied(),
        _ => random.one_of(rows),
    };
    let Some(row) = row else { return Condition::All };
    let with = |columns: &[&'static str]| {
        Condition::With(columns.iter().map(|column| (*column, row.get(column).map(str::to_owned))).collect())
    };
    match random.below(4) {
        0 => with(table.description().key),
        _ if is_single => with(table.description().key),
        1 | 2 => Condition::All,
        _ => {
            let readable = asker.readable(table);
            match random.one_of(&readable) {
                Some(column) => with(&[column]),
                None => Condition::All,
            }
        }
    }
}
