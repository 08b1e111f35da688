//! Medical records and the keys to them.

use super::{Column, Description, Form, GUEST_EMAIL, Table, org};
use crate::database::model::table::Reference;

pub(super) static KEYS: Description = Description {
    name: "org_keys",
    key: &["org_id", "key_no"],
    columns: &[
        org("ps pi"),
        Column::new("key_no", Form::Word(&["1", "2", "3", "4", "5", "6"]), "ps pi").single(),
        Column::new("wrapped_key", Form::Bytes(48), "ps pi"),
        Column::new("wrapped_by", Form::Word(&["k1", "k2"]), "ps pi"),
    ],
    is_deletable: false,
    references: &[Reference { table: Table::Organizations, columns: &[("org_id", "id")] }],
};

const fn expert() -> Column {
    Column::new("expert_id", Form::Of(Table::Users, "workos_user_id"), "ps pi")
}

pub(super) static RECORDS: Description = Description {
    name: "records",
    key: &["id"],
    columns: &[
        Column::new("id", Form::Id, "ps pi").by_server(),
        org("ps pi"),
        Column::new("meeting_id", Form::Of(Table::Meetings, "id"), "ps pi"),
        expert(),
        Column::new("guest_email", GUEST_EMAIL, "ps pi"),
        Column::new("encrypted_content", Form::Bytes(30), "ps pi pu"),
        Column::new("encrypted_metadata", Form::Bytes(30), "ps pi pu").or_null(),
        // How it rises, the statements say for themselves.
        Column::new("version", Form::Numbered("1", 9), "ps pu").or("1").single(),
    ],
    is_deletable: false,
    references: &[Reference {
        table: Table::Meetings,
        columns: &[("org_id", "org_id"), ("meeting_id", "id"), ("expert_id", "workos_user_id")],
    }],
};

pub(super) static VERSIONS: Description = Description {
    name: "record_versions",
    key: &["record_id", "version"],
    columns: &[
        Column::new("record_id", Form::Of(Table::Records, "id"), "ps pi").single(),
        Column::new("version", Form::Word(&["1", "2", "3", "4", "5", "6", "7"]), "ps pi").single(),
        org("ps pi"),
        expert(),
        Column::new("encrypted_content", Form::Bytes(30), "ps pi"),
        Column::new("encrypted_metadata", Form::Bytes(30), "ps pi").or_null(),
        Column::new("last_modified_at", Form::Fixed("now()"), "ps pi"),
    ],
    is_deletable: false,
    references: &[Reference {
        table: Table::Records,
        columns: &[("org_id", "org_id"), ("record_id", "id"), ("expert_id", "expert_id")],
    }],
};
