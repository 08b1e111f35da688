//! Organizations, users and memberships: WorkOS states them through the identity login.

use crate::database::matrix::{
    rule::{ADMINISTRATORS, Rule},
    table::{Access, Insert, Move, NOTHING, Rows, Select, Table, Update},
};

pub(super) static TABLES: [Table; 3] = [
    Table {
        name: "organizations",
        rows: Rows::Organizations,
        key: "id = '{org}'",
        key_column: "id",
        fixture: None,
        moves: &[Move::Organization("id = '{org}'")],
        authenticated: Access {
            select: Some(Select { columns: "*", rule: Rule::OwnOrganizations }),
            update: Some(Update {
                columns: "slug name",
                set: "name = 'Changed'",
                rule: Rule::Roles(ADMINISTRATORS),
                never: None,
            }),
            ..NOTHING
        },
        anonymous: NOTHING,
        identity: Access {
            select: Some(Select { columns: "*", rule: Rule::Everybody }),
            insert: Some(Insert {
                columns: "workos_org_id slug name type",
                row: "(workos_org_id, slug, name, type)
                      values (nullif('{org_type}', 'platform'), 'new', 'New', '{org_type}')",
                rule: Rule::Customers,
                never: None,
            }),
            update: Some(Update {
                columns: "name deleted_at",
                set: "name = 'Changed'",
                rule: Rule::Customers,
                never: Some("type = 'platform', workos_org_id = null"),
            }),
            ..NOTHING
        },
        exporter: Access {
            select: Some(Select { columns: "id workos_org_id name timezone", rule: Rule::Everybody }),
            ..NOTHING
        },
        definer: Access { select: Some(Select { columns: "*", rule: Rule::Everybody }), ..NOTHING },
    },
    Table {
        name: "users",
        rows: Rows::Users,
        key: "workos_user_id = '{user}'",
        key_column: "workos_user_id",
        fixture: None,
        moves: &[Move::Person("workos_user_id = '{user}'")],
        authenticated: Access {
            update: Some(Update {
                columns: "first_name last_name image_url country",
                set: "first_name = 'Changed'",
                rule: Rule::OwnEverywhere,
                never: None,
            }),
            ..NOTHING
        },
        anonymous: NOTHING,
        identity: Access {
            select: Some(Select {
                columns: "id workos_user_id email email_verified first_name last_name image_url country \
                          welcome_email_sent_at onboarding_completed_at created_at updated_at deleted_at",
                rule: Rule::Everybody,
            }),
            insert: Some(Insert {
                columns: "workos_user_id email email_verified first_name last_name image_url",
                row: "(workos_user_id, email) values ('user_01NEW{n}', 'new@eleva.example')",
                rule: Rule::Everybody,
                never: None,
            }),
            update: Some(Update {
                columns: "email email_verified first_name last_name image_url deleted_at",
                set: "first_name = 'Changed'",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
        exporter: NOTHING,
        definer: Access { select: Some(Select { columns: "*", rule: Rule::Everybody }), ..NOTHING },
    },
    Table {
        name: "user_org_memberships",
        rows: Rows::Memberships,
        key: "org_id = '{org}' and workos_user_id = '{user}'",
        key_column: "org_id",
        fixture: None,
        moves: &[],
        authenticated: Access { select: Some(Select { columns: "*", rule: Rule::OwnEverywhere }), ..NOTHING },
        anonymous: NOTHING,
        identity: Access {
            select: Some(Select { columns: "*", rule: Rule::Everybody }),
            insert: Some(Insert {
                columns: "workos_user_id org_id workos_membership_id role status joined_at workos_updated_at",
                row: "(workos_user_id, org_id, role, status) values ('{user}', '{org}', 'member', 'active')",
                rule: Rule::Everybody,
                never: None,
            }),
            update: Some(Update {
                columns: "workos_membership_id role status joined_at workos_updated_at",
                set: "role = 'member'",
                rule: Rule::Everybody,
                never: None,
            }),
            ..NOTHING
        },
        exporter: NOTHING,
        definer: Access { select: Some(Select { columns: "*", rule: Rule::Everybody }), ..NOTHING },
    },
];
