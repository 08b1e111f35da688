//! Who reaches which rows: the rules in words of this field, each asked of one row.
//!
//! They say again what the matrix declares and the policies say, in a third form, so that an error in one of the three
//! is found by another.

use super::{
    asker::{Asker, Command, Person},
    state::{Row, State},
    table::Table,
};

/// Whether somebody sees a row.
pub(super) fn sees(asker: &Asker, table: Table, row: &Row, state: &State) -> bool {
    match asker {
        Asker::Owner => true,
        Asker::Person(person) => person_sees(person, table, row, state),
        Asker::Anonymous => match table {
            Table::Categories => true,
            Table::Profiles => row.is("published", "true"),
            Table::Events => row.is("is_active", "true") && is_of_published_expert(row, state),
            _ => false,
        },
        Asker::Identity => matches!(
            table,
            Table::Organizations | Table::Users | Table::Memberships | Table::RevokedSessions | Table::Meetings
        ),
        Asker::Exporter(org) => match table {
            Table::Organizations | Table::Exports | Table::Stats => true,
            Table::AuditLogs => row.is("org_id", org),
            _ => false,
        },
    }
}

fn person_sees(person: &Person, table: Table, row: &Row, state: &State) -> bool {
    let is_here = row.is("org_id", &person.org);
    match table {
        // Wherever one is a member now, however one came in.
        Table::Organizations => {
            row.get("deleted_at").is_none() && row.get("id").is_some_and(|org| state.role(&person.user, org).is_some())
        }
        Table::Users | Table::RevokedSessions => false,
        Table::Memberships => row.is("workos_user_id", &person.user),
        Table::Categories => true,
        Table::Events
        | Table::Schedules
        | Table::Availabilities
        | Table::Settings
        | Table::BlockedDates
        | Table::Profiles => is_here,
        Table::Meetings => is_here && person.is_practitioner() || row.is("guest_workos_user_id", &person.user),
        Table::Reservations | Table::Agreements => is_here && row.is("workos_user_id", &person.user),
        Table::Keys => is_here && person.is_practitioner(),
        Table::Records | Table::Versions => is_here && person.is_practitioner() && row.is("expert_id", &person.user),
        Table::Transfers => is_here && person.role != "member",
        Table::AuditLogs | Table::Exports | Table::Stats => is_here && person.is_administrator(),
    }
}

/// Whether somebody may change a row as it is, or delete it.
pub(super) fn changes(asker: &Asker, command: Command, table: Table, row: &Row, state: &State) -> bool {
    match asker {
        // A guest is found once.
        Asker::Identity if table == Table::Meetings => row.get("guest_workos_user_id").is_none(),
        _ => makes(asker, command, table, row, state),
    }
}

/// Whether somebody may make a row such as this one, from nothing or from another.
pub(super) fn makes(asker: &Asker, command: Command, table: Table, row: &Row, state: &State) -> bool {
    match asker {
        Asker::Owner => true,
        Asker::Person(person) => person_makes(person, command, table, row, state),
        Asker::Anonymous => false,
        Asker::Identity => match table {
            Table::Organizations => !row.is("type", "platform"),
            Table::Users | Table::Memberships => command != Command::Delete,
            Table::RevokedSessions => command == Command::Insert,
            Table::Meetings => command == Command::Update,
            _ => false,
        },
        Asker::Exporter(_) => match (table, command) {
            (Table::Exports, Command::Insert) => row.is("trigger", "scheduled"),
            (Table::Exports, Command::Update) | (Table::Stats, Command::Insert | Command::Update) => true,
            _ => false,
        },
    }
}

fn person_makes(person: &Person, command: Command, table: Table, row: &Row, state: &State) -> bool {
    let is_here = row.is("org_id", &person.org);
    let is_own = row.is("workos_user_id", &person.user);
    match table {
        Table::Organizations => row.is("id", &person.org) && person.is_administrator(),
        Table::Users => is_own,
        Table::Events | Table::Schedules | Table::Settings | Table::BlockedDates => {
            is_here && (is_own || person.is_administrator())
        }
        Table::Availabilities => {
            let schedule = row.get("schedule_id").unwrap_or_default();
            let own = [("id", schedule), ("org_id", &person.org), ("workos_user_id", &person.user)];
            is_here && (person.is_administrator() || state.has(Table::Schedules, &own))
        }
        Table::Reservations => is_here && is_own,
        Table::Meetings => {
            command != Command::Delete && is_here && person.is_practitioner() && (is_own || person.is_administrator())
        }
        Table::Profiles => command != Command::Delete && is_here && is_own,
        Table::Agreements => command == Command::Insert && is_here && is_own,
        Table::Keys => command == Command::Insert && is_here && person.is_practitioner(),
        Table::Records => is_here && person.is_practitioner() && row.is("expert_id", &person.user),
        Table::Versions => is_here && person.is_practitioner() && row.is("expert_id", &person.user),
        Table::Exports => is_here && person.is_administrator() && is_own && row.is("trigger", "requested"),
        Table::Memberships
        | Table::RevokedSessions
        | Table::Categories
        | Table::Transfers
        | Table::AuditLogs
        | Table::Stats => false,
    }
}

fn is_of_published_expert(event: &Row, state: &State) -> bool {
    let (Some(org), Some(user)) = (event.get("org_id"), event.get("workos_user_id")) else { return false };
    state.has(Table::Profiles, &[("org_id", org), ("workos_user_id", user), ("published", "true")])
}
