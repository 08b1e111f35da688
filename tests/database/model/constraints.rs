//! What the tables refuse whoever writes, by the SQLSTATE that says so.

use std::sync::Arc;

use super::{
    state::{Row, State},
    table::Table,
};

const NOT_NULL: &str = "23502";
const FOREIGN_KEY: &str = "23503";
const UNIQUE: &str = "23505";
const EXCLUSION: &str = "23P01";
pub(super) const CHECK: &str = "23514";

/// What stands against new rows of a table among others.
pub(super) fn against(table: Table, rows: &[Row], others: &[&Arc<Row>]) -> Option<&'static str> {
    // Each row is checked by itself before an index sees it.
    if rows.iter().any(|row| table == Table::Meetings && row.get("end_time").is_none()) {
        return Some(NOT_NULL);
    }
    if rows.iter().any(|row| !is_sound(table, row)) {
        return Some(CHECK);
    }
    for (number, row) in rows.iter().enumerate() {
        for other in others.iter().map(|other| other.as_ref()).chain(&rows[..number]) {
            if identities(table, row).iter().any(|own| identities(table, other).contains(own)) {
                return Some(UNIQUE);
            }
            if overlap(table, row, other) {
                return Some(EXCLUSION);
            }
        }
    }
    None
}

/// Whether a row points at a row that is not there.
pub(super) fn is_orphan(table: Table, row: &Row, state: &State) -> bool {
    table.description().references.iter().any(|reference| {
        let values: Option<Vec<(&str, &str)>> =
            reference.columns.iter().map(|(own, theirs)| Some((*theirs, row.get(own)?))).collect();
        // A reference of which a part is null is none.
        values.is_some_and(|values| !state.has(reference.table, &values))
    })
}

/// What stands against rows that point at nothing.
pub(super) fn orphans(table: Table, rows: &[Row], state: &State) -> Option<&'static str> {
    rows.iter().any(|row| is_orphan(table, row, state)).then_some(FOREIGN_KEY)
}

/// What stands against rows of a table having gone from a state: children that are left behind.
pub(super) fn left_behind(table: Table, state: &State) -> Option<&'static str> {
    let mut children = Table::ALL
        .into_iter()
        .filter(|child| child.description().references.iter().any(|reference| reference.table == table));
    let is_left = children.any(|child| state.rows(child).iter().any(|row| is_orphan(child, row, state)));
    is_left.then_some(FOREIGN_KEY)
}

fn is_sound(table: Table, row: &Row) -> bool {
    match table {
        Table::Availabilities => row.get("end_time") > row.get("start_time"),
        Table::Exports => {
            let has_asker = row.get("workos_user_id").is_some();
            match row.get("trigger") {
                Some("requested") => has_asker && row.get("reason").is_some(),
                _ => !has_asker,
            }
        }
        _ => true,
    }
}

/// What no two rows of a table have in common.
fn identities(table: Table, row: &Row) -> Vec<(&'static str, Vec<String>)> {
    let mut identities = Vec::new();
    let mut add = |columns: &[&'static str]| {
        let values: Option<Vec<String>> = columns.iter().map(|column| row.get(column).map(str::to_owned)).collect();
        // Nulls are different from each other.
        identities.extend(values.map(|values| (columns[0], values)));
    };
    match table {
        Table::Organizations => {
            add(&["workos_org_id"]);
            add(&["slug"]);
        }
        Table::Users => {
            add(&["workos_user_id"]);
            add(&["stripe_customer_id"]);
            if row.get("deleted_at").is_none() {
                identities.push(("email", vec![row.get("email").unwrap_or_default().to_lowercase()]));
            }
        }
        Table::Memberships | Table::Schedules | Table::Settings => add(&["org_id", "workos_user_id"]),
        Table::RevokedSessions => add(&["sid"]),
        Table::Categories => add(&["name"]),
        Table::Events => add(&["org_id", "slug"]),
        Table::BlockedDates => add(&["org_id", "workos_user_id", "date"]),
        Table::Reservations => {
            add(&["event_id", "start_time"]);
            add(&["stripe_session_id"]);
        }
        Table::Profiles => add(&["workos_user_id"]),
        Table::Keys => add(&["org_id", "key_no"]),
        Table::Versions => add(&["record_id", "version"]),
        Table::Transfers => add(&["payment_intent_id"]),
        Table::Exports if row.is("trigger", "scheduled") => {
            add(&["org_id", "start_date", "end_date", "export_format"]);
        }
        Table::Stats => add(&["org_id", "date"]),
        Table::Availabilities
        | Table::Meetings
        | Table::Agreements
        | Table::Records
        | Table::AuditLogs
        | Table::Exports => {}
    }
    identities
}

/// Whether two rows stand at the same time where only one can.
fn overlap(table: Table, one: &Row, other: &Row) -> bool {
    let same = |column: &str| one.get(column) == other.get(column);
    let meet = one.get("start_time") < other.get("end_time") && other.get("start_time") < one.get("end_time");
    match table {
        Table::Availabilities => same("schedule_id") && same("day_of_week") && meet,
        // Times are seconds of as many digits, so that their order is that of the texts.
        Table::Meetings => same("workos_user_id") && one.is("status", "scheduled") && same("status") && meet,
        _ => false,
    }
}
