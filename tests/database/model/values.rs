//! Values of columns, drawn at random.

use std::sync::Arc;

use super::{
    asker::{Asker, Person},
    random::Random,
    state::{Row, State},
    table::{Column, Form, Table},
};

/// Whose a row is to be, and what it hangs under.
pub(super) struct Whose {
    org: String,
    user: String,
    parent: Option<Arc<Row>>,
}

impl Whose {
    /// Mostly what the asker may say, in their organization and of themselves; mostly of those who are members there.
    pub(super) fn draw(random: &mut Random, asker: &Asker, table: Table, state: &State) -> Self {
        let membership = random.one_of(state.rows(Table::Memberships)).expect("somebody is a member").clone();
        let of_membership = |column| membership.get(column).unwrap_or_default().to_owned();
        let (mut org, mut user) = (of_membership("org_id"), of_membership("workos_user_id"));
        if let Asker::Person(person) = asker {
            if !random.one_in(5) {
                org = person.org.clone();
                let is_own = !random.one_in(if person.is_administrator() { 2 } else { 8 });
                user = if is_own { person.user.clone() } else { colleague(random, &org, state).unwrap_or(user) };
            } else if !random.one_in(3) {
                // Elsewhere, where only the boundary between organizations stands in the way.
                org = elsewhere(random, person, table, state).unwrap_or(org);
                user = person.user.clone();
            }
        }
        if random.one_in(30) {
            user = random
                .one_of(state.rows(Table::Users))
                .and_then(|row| row.get("workos_user_id"))
                .map_or(user, str::to_owned);
        }
        let parent = parent(random, table, &org, &user, state);
        // The child of somebody's row is theirs.
        if let Some((parent, owner)) = parent.as_ref().zip(parent_of(table).and_then(Table::owner))
            && !random.one_in(10)
        {
            user = parent.get(owner).unwrap_or_default().to_owned();
        }
        Self { org, user, parent }
    }
}

fn colleague(random: &mut Random, org: &str, state: &State) -> Option<String> {
    let rows = state.rows(Table::Memberships).iter();
    let colleagues: Vec<_> = rows.filter(|row| row.is("org_id", org)).collect();
    random.one_of(&colleagues).and_then(|row| row.get("workos_user_id")).map(str::to_owned)
}

/// Another organization in which somebody has what a row of theirs hangs under.
fn elsewhere(random: &mut Random, person: &Person, table: Table, state: &State) -> Option<String> {
    let parent = parent_of(table).unwrap_or(Table::Memberships);
    let owner = parent.owner()?;
    let rows = state.rows(parent).iter();
    let others: Vec<_> = rows.filter(|row| row.is(owner, &person.user) && !row.is("org_id", &person.org)).collect();
    random.one_of(&others).and_then(|row| row.get("org_id")).map(str::to_owned)
}

/// The table whose row a row hangs under, beside its organization and user.
fn parent_of(table: Table) -> Option<Table> {
    match table {
        Table::Availabilities => Some(Table::Schedules),
        Table::Reservations | Table::Meetings | Table::Transfers => Some(Table::Events),
        Table::Records => Some(Table::Meetings),
        Table::Versions => Some(Table::Records),
        _ => None,
    }
}

/// Mostly one's own, else one of the organization, else any.
fn parent(random: &mut Random, table: Table, org: &str, user: &str, state: &State) -> Option<Arc<Row>> {
    let parents = state.rows(parent_of(table)?);
    let owner = parent_of(table)?.owner()?;
    let here: Vec<_> = parents.iter().filter(|row| row.is("org_id", org)).cloned().collect();
    let own: Vec<_> = here.iter().filter(|row| row.is(owner, user)).cloned().collect();
    let candidates = match (random.one_in(10), own.is_empty(), here.is_empty()) {
        (false, false, _) => &own,
        (false, true, false) => &here,
        _ => parents,
    };
    random.one_of(candidates).cloned()
}

/// A value of a column.
pub(super) fn draw(random: &mut Random, column: &Column, whose: &Whose, state: &State) -> Option<String> {
    let may_be_null = column.origin == super::table::Origin::Null;
    if may_be_null && !matches!(column.form, Form::Moment) && random.one_in(4) {
        return None;
    }
    match column.form {
        Form::Word(words) => random.one_of(words).map(|word| (*word).to_owned()),
        Form::Numbered(letters, limit) => Some(format!("{letters}{}", random.below(limit))),
        Form::Hour(from, to) => Some((EPOCH + 3_600 * (from + random.below(to - from))).to_string()),
        Form::Bytes(length) => Some(random.bytes(length)),
        // What is deleted comes back the next time.
        Form::Moment => random.one_in(4).then(|| "set".to_owned()),
        Form::Id => Some(random.id()),
        Form::Of(Table::Organizations, _) if column.name == "org_id" => Some(whose.org.clone()),
        Form::Of(Table::Users, _) if column.name != "guest_workos_user_id" => Some(whose.user.clone()),
        Form::Of(table, name) => {
            let is_parent = matches!(column.name, "event_id" | "schedule_id" | "meeting_id" | "record_id");
            let row = if is_parent { whose.parent.as_ref() } else { random.one_of(state.rows(table)) };
            Some(row.and_then(|row| row.get(name)).map_or_else(|| random.id(), str::to_owned))
        }
        Form::Fixed(sql) => Some(sql.to_owned()),
    }
}

/// 2027-01-01 00:00 UTC: of as many digits as every other second of that decade.
const EPOCH: usize = 1_798_761_600;
