//! The tables of the model.

mod audit;
mod bookings;
mod people;
mod practice;
mod records;

use super::table::{Column, Description, Form, Reference, Table};

pub(super) fn of(table: Table) -> &'static Description {
    match table {
        Table::Organizations => &people::ORGANIZATIONS,
        Table::Users => &people::USERS,
        Table::Memberships => &people::MEMBERSHIPS,
        Table::RevokedSessions => &people::REVOKED_SESSIONS,
        Table::Categories => &practice::CATEGORIES,
        Table::Events => &practice::EVENTS,
        Table::Schedules => &practice::SCHEDULES,
        Table::Availabilities => &practice::AVAILABILITIES,
        Table::Settings => &practice::SETTINGS,
        Table::BlockedDates => &practice::BLOCKED_DATES,
        Table::Reservations => &bookings::RESERVATIONS,
        Table::Meetings => &bookings::MEETINGS,
        Table::Profiles => &practice::PROFILES,
        Table::Agreements => &practice::AGREEMENTS,
        Table::Keys => &records::KEYS,
        Table::Records => &records::RECORDS,
        Table::Versions => &records::VERSIONS,
        Table::Transfers => &bookings::TRANSFERS,
        Table::AuditLogs => &audit::LOGS,
        Table::Exports => &audit::EXPORTS,
        Table::Stats => &audit::STATS,
    }
}

const BOOLEAN: Form = Form::Word(&["true", "false"]);
const COUNT: Form = Form::Numbered("", 9);
const TIME_ZONE: Form = Form::Word(&["Europe/Lisbon", "Atlantic/Azores", "UTC"]);
const DATE: Form = Form::Word(&["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]);
const GUEST_EMAIL: Form = Form::Word(&["ana@guest.example", "rui@guest.example"]);

/// Whose a row is, has a membership in its organization, in whatever status.
const MEMBER: Reference =
    Reference { table: Table::Memberships, columns: &[("org_id", "org_id"), ("workos_user_id", "workos_user_id")] };

const fn id() -> Column {
    Column::new("id", Form::Id, "ps").by_server()
}

/// An id that is a number.
const fn number() -> Column {
    Column::new("id", Form::Numbered("99999", 9), "ps").by_server()
}

/// Whose organization a row is.
const fn org(grants: &'static str) -> Column {
    Column::new("org_id", Form::Of(Table::Organizations, "id"), grants)
}

/// Whose a row is.
const fn user(grants: &'static str) -> Column {
    Column::new("workos_user_id", Form::Of(Table::Users, "workos_user_id"), grants)
}
