//! Organizations, users, memberships and sessions: what WorkOS states.

use super::{Column, Description, Form, Table, org, user};
use crate::database::model::table::Reference;

pub(super) static ORGANIZATIONS: Description = Description {
    name: "organizations",
    key: &["id"],
    columns: &[
        Column::new("id", Form::Id, "ps is xs").by_server(),
        Column::new("workos_org_id", Form::Numbered("org_model", 9), "ps is ii xs").single(),
        Column::new("slug", Form::Word(SLUGS), "ps pu is ii").single(),
        Column::new("name", Form::Word(&["Aurora", "Norte", "Sul"]), "ps pu is ii iu xs"),
        Column::new("type", Form::Word(&["patient_personal", "expert_individual", "clinic", "platform"]), "ps is ii"),
        Column::new("deleted_at", Form::Moment, "ps is iu").or_null().single(),
    ],
    is_deletable: false,
    references: &[],
};

/// The last one is reserved: nobody changes to it.
const SLUGS: &[&str] = &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "user-reserved"];

pub(super) static USERS: Description = Description {
    name: "users",
    key: &["workos_user_id"],
    columns: &[
        Column::new("workos_user_id", Form::Numbered("user_model", 20), "is ii").single(),
        Column::new("email", Form::Word(EMAILS), "is ii iu").single(),
        Column::new("email_verified", super::BOOLEAN, "is ii iu").or("false"),
        Column::new("first_name", Form::Word(&["Ana", "Rui"]), "is ii iu pu").or_null(),
        Column::new("last_name", Form::Word(&["Reis", "Leal"]), "is ii iu pu").or_null(),
        Column::new("image_url", Form::Word(&["https://images.example/1"]), "is ii iu pu").or_null(),
        Column::new("country", Form::Word(&["PT", "ES"]), "is pu").or("PT"),
        Column::new("stripe_customer_id", Form::Numbered("cus_", 9), "").or_null().single(),
        Column::new("deleted_at", Form::Moment, "is iu").or_null().single(),
    ],
    is_deletable: false,
    references: &[],
};

/// Some are the same but for their case, and so the same.
const EMAILS: &[&str] = &[
    "ana@model.example",
    "Ana@model.example",
    "bea@model.example",
    "BEA@model.example",
    "caio@model.example",
    "duarte@model.example",
    "eva@model.example",
    "filipe@model.example",
    "gil@model.example",
];

pub(super) static MEMBERSHIPS: Description = Description {
    name: "user_org_memberships",
    key: &["org_id", "workos_user_id"],
    columns: &[
        org("ps is ii").single(),
        user("ps is ii").single(),
        Column::new("role", Form::Word(&["owner", "admin", "member", "billing_admin"]), "ps is ii iu").single(),
        Column::new("status", Form::Word(STATUSES), "ps is ii iu").single(),
    ],
    is_deletable: false,
    references: &[
        Reference { table: Table::Organizations, columns: &[("org_id", "id")] },
        Reference { table: Table::Users, columns: &[("workos_user_id", "workos_user_id")] },
    ],
};

/// Mostly active: whoever is not, can try little.
const STATUSES: &[&str] = &["active", "active", "active", "active", "invited", "suspended", "removed"];

pub(super) static REVOKED_SESSIONS: Description = Description {
    name: "revoked_sessions",
    key: &["sid"],
    columns: &[Column::new("sid", Form::Numbered("session_", super::super::SESSIONS), "is ii"), user("is ii")],
    is_deletable: false,
    references: &[],
};
