//! Medical records: their author's, and nobody else's.

use crate::database::matrix::{
    rule::{PRACTITIONERS, Rule},
    table::{Access, Insert, Move, NOTHING, Rows, Select, Table, Update},
};

pub(super) static TABLES: [Table; 3] = [
    Table {
        name: "org_keys",
        rows: Rows::Organizations,
        key: "org_id = '{org}' and key_no = 1",
        key_column: "org_id",
        fixture: Some(
            "(org_id, key_no, wrapped_key, wrapped_by) values ('{org}', 1, sha256('a') || sha256('b'), 'k1')",
        ),
        moves: &[],
        authenticated: Access {
            select: Some(Select { columns: "*", rule: Rule::Roles(PRACTITIONERS) }),
            insert: Some(Insert {
                columns: "org_id key_no wrapped_key wrapped_by",
                row: "(org_id, key_no, wrapped_key, wrapped_by)
                      values ('{org}', 2, sha256('a') || sha256('b'), 'k1')",
                rule: Rule::Roles(PRACTITIONERS),
                never: None,
            }),
            ..NOTHING
        },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: Access {
            select: Some(Select { columns: "org_id key_no wrapped_key wrapped_by", rule: Rule::Everybody }),
            ..NOTHING
        },
    },
    Table {
        name: "records",
        rows: Rows::Memberships,
        key: "id = {id}",
        key_column: "id",
        fixture: Some(
            "(id, org_id, meeting_id, expert_id, guest_email, encrypted_content, version)
             values ({id}, '{org}', {meeting}, '{user}', 'guest@eleva.example', sha256('content'), 2)",
        ),
        moves: &[Move::Organization("org_id = '{org}'"), Move::Person("expert_id = '{user}'")],
        authenticated: Access {
            select: Some(Select { columns: "*", rule: Rule::OwnAs(PRACTITIONERS) }),
            insert: Some(Insert {
                columns: "id org_id meeting_id expert_id guest_email encrypted_content encrypted_metadata",
                row: "(org_id, meeting_id, expert_id, guest_email, encrypted_content)
                      values ('{org}', {meeting}, '{user}', 'guest@eleva.example', sha256('new'))",
                rule: Rule::OwnAs(PRACTITIONERS),
                never: None,
            }),
            update: Some(Update {
                columns: "encrypted_content encrypted_metadata version",
                set: "encrypted_content = sha256('changed'), version = 3",
                rule: Rule::OwnAs(PRACTITIONERS),
                never: None,
            }),
            ..NOTHING
        },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "record_versions",
        rows: Rows::Memberships,
        key: "record_id = {record} and version = 1",
        key_column: "record_id",
        fixture: Some(
            "(record_id, version, org_id, expert_id, encrypted_content, last_modified_at)
             values ({record}, 1, '{org}', '{user}', sha256('before'), now())",
        ),
        moves: &[],
        authenticated: Access {
            select: Some(Select { columns: "*", rule: Rule::OwnAs(PRACTITIONERS) }),
            insert: Some(Insert {
                columns: "record_id version org_id expert_id encrypted_content encrypted_metadata last_modified_at",
                row: "(record_id, version, org_id, expert_id, encrypted_content, last_modified_at)
                      values ({record}, 7, '{org}', '{user}', sha256('before'), now())",
                rule: Rule::OwnAs(PRACTITIONERS),
                never: None,
            }),
            ..NOTHING
        },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
];
