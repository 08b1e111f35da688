//! The audit trail: administrators read it, nobody who logs in writes it.

use crate::database::matrix::{
    rule::{ADMINISTRATORS, Rule},
    table::{Access, Insert, NOTHING, Rows, Select, Table, Update},
};

pub(super) static TABLES: [Table; 5] = [
    Table {
        name: "audit_logs",
        rows: Rows::Organizations,
        key: "org_id = '{org}'",
        key_column: "org_id",
        fixture: Some(
            "(org_id, seq, created_at, id, actor_type, action, resource_type, outcome, salt, prev_hash, hash)
             values ('{org}', 1, now(), gen_random_uuid(), 'system', 'ORGANIZATION_CREATED', 'organization', 'success',
                     decode(repeat('00', 16), 'hex'), sha256(''), sha256('1'))",
        ),
        moves: &[],
        authenticated: Access { select: Some(Select { columns: "*", rule: Rule::Roles(ADMINISTRATORS) }), ..NOTHING },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: Access { select: Some(Select { columns: "*", rule: Rule::Exported }), ..NOTHING },
        definer: Access {
            select: Some(Select { columns: "org_id created_at", rule: Rule::Everybody }),
            insert: Some(Insert {
                columns: "*",
                row: "(org_id, seq, created_at, id, actor_type, action, resource_type, outcome, salt, prev_hash, hash)
                      values ('{org}', 2, now(), gen_random_uuid(), 'system', 'ORGANIZATION_CREATED', 'organization',
                              'success', decode(repeat('00', 16), 'hex'), sha256('1'), sha256('2'))",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
    },
    Table {
        name: "audit_heads",
        rows: Rows::Organizations,
        key: "org_id = '{org}'",
        key_column: "org_id",
        fixture: Some("(org_id, seq, hash, created_at) values ('{org}', 1, sha256('1'), now())"),
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: Access { select: Some(Select { columns: "*", rule: Rule::Everybody }), ..NOTHING },
        definer: Access {
            select: Some(Select { columns: "*", rule: Rule::Everybody }),
            insert: Some(Insert {
                columns: "*",
                row: "(org_id, seq, hash, created_at) values ('{org}', 1, sha256('1'), now())",
                rule: Rule::Everybody,
                never: None,
            }),
            update: Some(Update { columns: "seq hash created_at", set: "seq = 2", rule: Rule::Everybody, never: None }),
            ..NOTHING
        },
    },
    Table {
        name: "audit_log_exports",
        rows: Rows::Memberships,
        key: "org_id = '{org}' and workos_user_id = '{user}'",
        key_column: "org_id",
        fixture: Some(
            "(org_id, workos_user_id, start_date, end_date, export_format, reason)
             values ('{org}', '{user}', '2026-01-01', '2026-02-01', 'csv', 'A request')",
        ),
        moves: &[],
        authenticated: Access {
            select: Some(Select { columns: "*", rule: Rule::Roles(ADMINISTRATORS) }),
            insert: Some(Insert {
                columns: "org_id workos_user_id start_date end_date actions resource_types export_format reason",
                row: "(org_id, workos_user_id, start_date, end_date, export_format, reason)
                      values ('{org}', '{user}', '2026-01-01', '2026-02-01', 'jsonl', 'A request')",
                rule: Rule::OwnAs(ADMINISTRATORS),
                never: Some(
                    "(org_id, workos_user_id, trigger, start_date, end_date, export_format, reason)
                     values ('{org}', '{user}', 'scheduled', '2026-01-01', '2026-02-01', 'jsonl', 'A request')",
                ),
            }),
            ..NOTHING
        },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: Access {
            select: Some(Select { columns: "*", rule: Rule::Everybody }),
            insert: Some(Insert {
                columns: "org_id trigger start_date end_date export_format",
                row: "(org_id, trigger, start_date, end_date, export_format)
                      values ('{org}', 'scheduled', '2026-01-01', '2026-02-01', 'jsonl')",
                rule: Rule::Everybody,
                never: Some(
                    "(org_id, workos_user_id, start_date, end_date, export_format, reason)
                     values ('{org}', '{user}', '2026-01-01', '2026-02-01', 'jsonl', 'A request')",
                ),
            }),
            update: Some(Update {
                columns: "status error_code record_count file_size object_key sha256 manifest_key first_seq last_seq \
                          head_hash expires_at next_seq attempt started_at finished_at left_out_count left_out_key \
                          left_out_size left_out_sha256 head_seq resume lease next_attempt_at",
                set: "status = 'running'",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
        definer: NOTHING,
    },
    Table {
        name: "audit_stats",
        rows: Rows::Organizations,
        key: "org_id = '{org}'",
        key_column: "org_id",
        fixture: Some("(org_id, date) values ('{org}', '2026-01-01')"),
        moves: &[],
        authenticated: Access { select: Some(Select { columns: "*", rule: Rule::Roles(ADMINISTRATORS) }), ..NOTHING },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: Access {
            select: Some(Select { columns: "*", rule: Rule::Everybody }),
            insert: Some(Insert {
                columns: "org_id date medical_record_access appointment_events payment_events security_events \
                          after_hours_access mass_exports suspicious_activity",
                row: "(org_id, date) values ('{org}', '2026-01-02')",
                rule: Rule::Everybody,
                never: None,
            }),
            update: Some(Update {
                columns: "medical_record_access appointment_events payment_events security_events \
                          after_hours_access mass_exports suspicious_activity",
                set: "mass_exports = 1",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
        definer: NOTHING,
    },
    Table {
        name: "audit_refusals",
        rows: Rows::Memberships,
        key: "org_id = '{org}' and workos_user_id = '{user}'",
        key_column: "org_id",
        fixture: Some("(org_id, workos_user_id, route, minute) values ('{org}', '{user}', 'GET /', '2026-01-01')"),
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: Access {
            select: Some(Select { columns: "*", rule: Rule::Everybody }),
            insert: Some(Insert {
                columns: "org_id workos_user_id route minute",
                row: "(org_id, workos_user_id, route, minute) values ('{org}', '{user}', 'GET /', '2026-01-02')",
                rule: Rule::Everybody,
                never: None,
            }),
            update: Some(Update { columns: "refusals", set: "refusals = 2", rule: Rule::Everybody, never: None }),
            ..NOTHING
        },
    },
];
