//! What the public sees, and what experts agreed to.

use crate::database::matrix::{
    rule::Rule,
    table::{Access, Insert, Move, NOTHING, Rows, Select, Table, Update},
};

const EVERYTHING: Access = Access { select: Some(Select { columns: "*", rule: Rule::Everybody }), ..NOTHING };

pub(super) static TABLES: [Table; 3] = [
    Table {
        name: "categories",
        rows: Rows::One,
        key: "name = 'Cardiologia'",
        key_column: "name",
        fixture: Some("(name) values ('Cardiologia')"),
        moves: &[],
        authenticated: EVERYTHING,
        anonymous: EVERYTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "profiles",
        rows: Rows::Users,
        key: "workos_user_id = '{user}'",
        key_column: "workos_user_id",
        fixture: Some(
            "(org_id, workos_user_id, first_name, last_name, published)
             values ('{org}', '{user}', 'Ana', 'Reis', '{published}')",
        ),
        moves: &[Move::Organization("org_id = '{org}'"), Move::Person("workos_user_id = '{user}'")],
        authenticated: Access {
            select: Some(Select { columns: "*", rule: Rule::Members }),
            insert: Some(Insert {
                columns: "org_id workos_user_id profile_picture first_name last_name headline short_bio long_bio \
                          primary_category_id secondary_category_id social_links published order",
                row: "(org_id, workos_user_id, first_name, last_name) values ('{org}', '{user}', 'Ana', 'Reis')",
                rule: Rule::Own,
                never: None,
            }),
            update: Some(Update {
                columns: "profile_picture first_name last_name headline short_bio long_bio primary_category_id \
                          secondary_category_id social_links published order",
                set: "headline = 'Changed'",
                rule: Rule::Own,
                never: None,
            }),
            ..NOTHING
        },
        anonymous: Access { select: Some(Select { columns: "*", rule: Rule::Published }), ..NOTHING },
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "practitioner_agreements",
        rows: Rows::Memberships,
        key: "org_id = '{org}' and workos_user_id = '{user}'",
        key_column: "org_id",
        fixture: Some("(org_id, workos_user_id, version) values ('{org}', '{user}', '2026-01')"),
        moves: &[],
        authenticated: Access {
            select: Some(Select { columns: "*", rule: Rule::Own }),
            insert: Some(Insert {
                columns: "org_id workos_user_id version ip_address metadata",
                row: "(org_id, workos_user_id, version) values ('{org}', '{user}', '2026-02')",
                rule: Rule::Own,
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
