//! Sessions, keys, legal holds, and what goes between WorkOS and us: no person reaches any of it.

use crate::database::matrix::{
    rule::Rule,
    table::{Access, Insert, NOTHING, Rows, Select, Table, Update},
};

const READ: Option<Select> = Some(Select { columns: "*", rule: Rule::Everybody });

pub(super) static TABLES: [Table; 8] = [
    Table {
        name: "revoked_sessions",
        rows: Rows::One,
        key: "sid = 'session_revoked'",
        key_column: "sid",
        fixture: Some("(sid, workos_user_id) values ('session_revoked', 'user_01SEEDAURORAOWNER')"),
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: Access {
            select: READ,
            insert: Some(Insert {
                columns: "sid workos_user_id",
                row: "(sid, workos_user_id) values ('session_new', 'user_01SEEDAURORAOWNER')",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
        exporter: NOTHING,
        definer: Access { select: READ, ..NOTHING },
    },
    Table {
        name: "session_refreshes",
        rows: Rows::One,
        key: "token_hash = sha256('token')",
        key_column: "token_hash",
        fixture: Some(
            "(token_hash, lease_id, leased_until, expires_at)
             values (sha256('token'), gen_random_uuid(), now(), now())",
        ),
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: Access {
            select: READ,
            insert: Some(Insert {
                columns: "*",
                row: "(token_hash, lease_id, leased_until, expires_at)
                      values (sha256('another'), gen_random_uuid(), now(), now())",
                rule: Rule::Everybody,
                never: None,
            }),
            update: Some(Update { columns: "*", set: "leased_until = now()", rule: Rule::Everybody, never: None }),
            delete: Some(Rule::Everybody),
        },
    },
    Table {
        name: "workos_events",
        rows: Rows::One,
        key: "id = 'event_1'",
        key_column: "id",
        fixture: Some("(id, type) values ('event_1', 'user.created')"),
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: Access {
            select: READ,
            insert: Some(Insert {
                columns: "id type",
                row: "(id, type) values ('event_2', 'user.created')",
                rule: Rule::Everybody,
                never: None,
            }),
            update: Some(Update {
                columns: "applied_at",
                set: "applied_at = now()",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "workos_cursor",
        rows: Rows::One,
        key: "singleton",
        key_column: "singleton",
        fixture: Some("(after_event_id) values ('event_1')"),
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: Access {
            select: READ,
            insert: Some(Insert {
                columns: "after_event_id",
                row: "(after_event_id) values ('event_2')",
                rule: Rule::Everybody,
                never: None,
            }),
            update: Some(Update {
                columns: "after_event_id",
                set: "after_event_id = 'event_2'",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "workos_audit_outbox",
        rows: Rows::Organizations,
        key: "org_id = '{org}'",
        key_column: "org_id",
        fixture: Some("(org_id, event) values ('{org}', '{}')"),
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: Access {
            select: READ,
            update: Some(Update {
                columns: "attempts next_attempt_at sent_at error_code",
                set: "sent_at = now()",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
        exporter: NOTHING,
        definer: Access {
            insert: Some(Insert {
                columns: "id org_id event",
                row: "(id, org_id, event) values (gen_random_uuid(), '{org}', '{}')",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
    },
    Table {
        name: "begin_keys",
        rows: Rows::One,
        key: "kid is not null",
        key_column: "kid",
        fixture: None,
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: Access { select: READ, ..NOTHING },
    },
    Table {
        name: "context_key",
        rows: Rows::One,
        key: "singleton",
        key_column: "singleton",
        fixture: None,
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: Access { select: READ, ..NOTHING },
    },
    Table {
        name: "legal_holds",
        rows: Rows::Organizations,
        key: "org_id = '{org}'",
        key_column: "org_id",
        fixture: Some("(org_id, reason) values ('{org}', 'Case 1')"),
        moves: &[],
        authenticated: NOTHING,
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: Access { select: Some(Select { columns: "org_id", rule: Rule::Everybody }), ..NOTHING },
    },
];
