//! What an expert offers and when: members read, each writes their own, owners and administrators everybody's.

use crate::database::matrix::{
    rule::Rule,
    table::{Access, Insert, Move, NOTHING, Rows, Select, Table, Update},
};

const READ: Option<Select> = Some(Select { columns: "*", rule: Rule::Members });

pub(super) static TABLES: [Table; 5] = [
    Table {
        name: "events",
        rows: Rows::Memberships,
        key: "id = {id}",
        key_column: "id",
        fixture: Some(
            "(id, org_id, workos_user_id, name, slug, duration_in_minutes, price, is_active)
             values ({id}, '{org}', '{user}', 'Consulta', 'consulta-{n}', 50, 6000, '{active}')",
        ),
        moves: &[Move::Organization("org_id = '{org}'"), Move::Person("workos_user_id = '{user}'")],
        authenticated: Access {
            select: READ,
            insert: Some(Insert {
                columns: "org_id workos_user_id name slug description duration_in_minutes is_active order price \
                          currency",
                row: "(org_id, workos_user_id, name, slug, duration_in_minutes)
                      values ('{org}', '{user}', 'New', 'new', 30)",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            update: Some(Update {
                columns: "name slug description duration_in_minutes is_active order price currency",
                set: "name = 'Changed'",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            delete: Some(Rule::OwnOrAdministrators),
        },
        anonymous: Access {
            select: Some(Select {
                columns: "id org_id workos_user_id name slug description duration_in_minutes is_active order price \
                          currency",
                rule: Rule::Published,
            }),
            ..NOTHING
        },
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "schedules",
        rows: Rows::Memberships,
        key: "id = {id}",
        key_column: "id",
        fixture: Some("(id, org_id, workos_user_id, timezone) values ({id}, '{org}', '{user}', 'Europe/Lisbon')"),
        moves: &[Move::Organization("org_id = '{org}'"), Move::Person("workos_user_id = '{user}'")],
        authenticated: Access {
            select: READ,
            insert: Some(Insert {
                columns: "org_id workos_user_id timezone",
                row: "(org_id, workos_user_id, timezone) values ('{org}', '{user}', 'Europe/Madrid')",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            update: Some(Update {
                columns: "timezone",
                set: "timezone = 'Europe/Madrid'",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            delete: Some(Rule::OwnOrAdministrators),
        },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "schedule_availabilities",
        rows: Rows::Memberships,
        key: "id = {id}",
        key_column: "id",
        fixture: Some(
            "(id, org_id, schedule_id, day_of_week, start_time, end_time)
             values ({id}, '{org}', {schedule}, 'monday', '09:00', '12:30')",
        ),
        moves: &[Move::Organization("org_id = '{org}'"), Move::Person("schedule_id = {schedule}")],
        authenticated: Access {
            select: READ,
            insert: Some(Insert {
                columns: "org_id schedule_id day_of_week start_time end_time",
                row: "(org_id, schedule_id, day_of_week, start_time, end_time)
                      values ('{org}', {schedule}, 'tuesday', '14:00', '24:00')",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            update: Some(Update {
                columns: "day_of_week start_time end_time",
                set: "day_of_week = 'friday'",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            delete: Some(Rule::OwnOrAdministrators),
        },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "scheduling_settings",
        rows: Rows::Memberships,
        key: "org_id = '{org}' and workos_user_id = '{user}'",
        key_column: "org_id",
        fixture: Some("(org_id, workos_user_id) values ('{org}', '{user}')"),
        moves: &[Move::Organization("org_id = '{org}'"), Move::Person("workos_user_id = '{user}'")],
        authenticated: Access {
            select: READ,
            insert: Some(Insert {
                columns: "org_id workos_user_id before_event_buffer after_event_buffer minimum_notice \
                          time_slot_interval booking_window_days",
                row: "(org_id, workos_user_id) values ('{org}', '{user}')",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            update: Some(Update {
                columns: "before_event_buffer after_event_buffer minimum_notice time_slot_interval \
                          booking_window_days",
                set: "minimum_notice = 60",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            delete: Some(Rule::OwnOrAdministrators),
        },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "blocked_dates",
        rows: Rows::Memberships,
        key: "org_id = '{org}' and workos_user_id = '{user}'",
        key_column: "org_id",
        fixture: Some(
            "(org_id, workos_user_id, date, timezone) values ('{org}', '{user}', '2027-01-01', 'Europe/Lisbon')",
        ),
        moves: &[Move::Organization("org_id = '{org}'"), Move::Person("workos_user_id = '{user}'")],
        authenticated: Access {
            select: READ,
            insert: Some(Insert {
                columns: "org_id workos_user_id date timezone reason",
                row: "(org_id, workos_user_id, date, timezone, reason)
                      values ('{org}', '{user}', '2027-01-02', 'UTC', 'Away')",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            update: Some(Update {
                columns: "date timezone reason",
                set: "reason = 'Away'",
                rule: Rule::OwnOrAdministrators,
                never: None,
            }),
            delete: Some(Rule::OwnOrAdministrators),
        },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
];
