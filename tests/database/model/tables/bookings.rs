//! What guests booked, hold and paid.

use super::{BOOLEAN, Column, Description, Form, GUEST_EMAIL, MEMBER, TIME_ZONE, Table, id, number, org, user};
use crate::database::model::table::Reference;

const EVENT: Reference = Reference {
    table: Table::Events,
    columns: &[("org_id", "org_id"), ("event_id", "id"), ("workos_user_id", "workos_user_id")],
};

const fn event(grants: &'static str) -> Column {
    Column::new("event_id", Form::Of(Table::Events, "id"), grants)
}

pub(super) static RESERVATIONS: Description = Description {
    name: "slot_reservations",
    key: &["id"],
    columns: &[
        id(),
        org("ps pi"),
        event("ps pi"),
        user("ps pi"),
        Column::new("guest_email", GUEST_EMAIL, "ps pi"),
        Column::new("start_time", Form::Hour(0, 12), "ps pi"),
        Column::new("end_time", Form::Hour(12, 14), "ps pi"),
        Column::new("expires_at", Form::Hour(20, 24), "ps pi"),
        Column::new("stripe_session_id", Form::Numbered("cs_", 9), "ps").or_null().single(),
    ],
    is_deletable: true,
    references: &[EVENT],
};

pub(super) static MEETINGS: Description = Description {
    name: "meetings",
    key: &["id"],
    columns: &[
        Column::new("id", Form::Id, "ps pi is").by_server(),
        org("ps pi"),
        event("ps pi"),
        user("ps pi"),
        Column::new("guest_workos_user_id", Form::Of(Table::Users, "workos_user_id"), "ps is iu").or_null(),
        Column::new("guest_org_id", Form::Of(Table::Organizations, "id"), "ps is iu").or_null(),
        Column::new("guest_email", GUEST_EMAIL, "ps pi is"),
        Column::new("guest_name", Form::Word(&["Ana", "Rui"]), "ps pi"),
        Column::new("encrypted_guest_notes", Form::Bytes(30), "pi").or_null(),
        Column::new("start_time", Form::Hour(0, 40), "ps pi pu").single(),
        Column::new("end_time", Form::Hour(0, 40), "ps").by_server(),
        Column::new("timezone", TIME_ZONE, "ps pi"),
        Column::new("meeting_url", Form::Word(&["https://meet.example/1"]), "ps pi pu").or_null(),
        Column::new("status", Form::Word(&["scheduled", "completed", "cancelled", "no_show"]), "ps pu")
            .or("scheduled")
            .single(),
        Column::new("price", Form::Word(&["1"]), "ps").by_server(),
        Column::new("currency", Form::Word(&["usd"]), "ps").by_server(),
        Column::new("stripe_payment_status", Form::Word(&["succeeded", "refunded"]), "ps").or("pending"),
    ],
    is_deletable: false,
    references: &[
        EVENT,
        Reference { table: Table::Users, columns: &[("guest_workos_user_id", "workos_user_id")] },
        Reference { table: Table::Organizations, columns: &[("guest_org_id", "id")] },
    ],
};

pub(super) static TRANSFERS: Description = Description {
    name: "payment_transfers",
    key: &["id"],
    columns: &[
        number(),
        org("ps"),
        user("ps"),
        Column::new("payment_intent_id", Form::Numbered("pi_", 60), "ps").single(),
        event("ps").or_null(),
        Column::new("expert_connect_account_id", Form::Numbered("acct_", 9), "ps"),
        Column::new("amount", Form::Word(&["4000", "6000"]), "ps"),
        Column::new("session_start_time", Form::Hour(0, 40), "ps"),
        Column::new("scheduled_transfer_time", Form::Hour(40, 80), "ps"),
        Column::new("status", Form::Word(&["PENDING", "APPROVED", "PAID_OUT"]), "ps").or("PENDING"),
        Column::new("requires_approval", BOOLEAN, "ps").or("false"),
    ],
    is_deletable: false,
    references: &[MEMBER, EVENT],
};
