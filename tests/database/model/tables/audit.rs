//! The audit trail, its exports and its figures.

use super::{BOOLEAN, COUNT, Column, DATE, Description, Form, MEMBER, Table, org, user};
use crate::database::model::table::Reference;

const ORGANIZATION: Reference = Reference { table: Table::Organizations, columns: &[("org_id", "id")] };

pub(super) static LOGS: Description = Description {
    name: "audit_logs",
    key: &["id"],
    columns: &[
        Column::new("id", Form::Id, "ps xs"),
        org("ps xs"),
        Column::new("seq", Form::Numbered("1", 1_000_000), "ps xs").single(),
        user("ps xs").or_null(),
        Column::new("actor_type", Form::Word(&["user", "system"]), "ps xs"),
        Column::new("action", Form::Word(&["ORGANIZATION_CREATED", "AUDIT_LOG_VIEWED"]), "ps xs"),
        Column::new("resource_type", Form::Word(&["organization"]), "ps xs"),
        Column::new("outcome", Form::Word(&["success", "failure"]), "ps xs"),
        Column::new("created_at", Form::Fixed("now()"), "ps xs"),
        Column::new("salt", Form::Bytes(16), "ps xs"),
        Column::new("prev_hash", Form::Bytes(32), "ps xs"),
        Column::new("hash", Form::Bytes(32), "ps xs"),
    ],
    is_deletable: false,
    references: &[ORGANIZATION],
};

pub(super) static EXPORTS: Description = Description {
    name: "audit_log_exports",
    key: &["id"],
    columns: &[
        Column::new("id", Form::Id, "ps xs").by_server(),
        org("ps pi xs xi"),
        user("ps pi xs").or_null(),
        Column::new("trigger", Form::Word(&["scheduled", "scheduled", "requested"]), "ps xs xi").or("requested"),
        Column::new("start_date", Form::Hour(0, 4), "ps pi xs xi"),
        Column::new("end_date", Form::Hour(4, 8), "ps pi xs xi"),
        Column::new("export_format", Form::Word(&["csv", "jsonl"]), "ps pi xs xi"),
        Column::new("reason", Form::Word(&["An inspection"]), "ps pi xs").or_null(),
        Column::new("status", Form::Word(&["queued", "running", "done", "failed"]), "ps xs xu").or("queued"),
        Column::new("error_code", Form::Word(&["store_away"]), "ps xs xu").or_null(),
        Column::new("record_count", COUNT, "ps xs xu").or_null(),
        Column::new("file_size", COUNT, "ps xs xu").or_null(),
        Column::new("object_key", Form::Word(&["exports/1"]), "ps xs xu").or_null(),
        Column::new("sha256", Form::Bytes(32), "ps xs xu").or_null(),
        Column::new("manifest_key", Form::Word(&["manifests/1"]), "ps xs xu").or_null(),
        Column::new("head_hash", Form::Bytes(32), "ps xs xu").or_null(),
        Column::new("expires_at", Form::Hour(80, 90), "ps xs xu").or_null(),
        Column::new("next_seq", COUNT, "ps xs xu").or_null(),
        Column::new("attempt", COUNT, "ps xs xu").or("0"),
        Column::new("finished_at", Form::Moment, "ps xs xu").or_null(),
    ],
    is_deletable: false,
    references: &[ORGANIZATION, MEMBER],
};

pub(super) static STATS: Description = Description {
    name: "audit_stats",
    key: &["id"],
    columns: &[
        Column::new("id", Form::Id, "ps xs").by_server(),
        org("ps xs xi"),
        Column::new("date", DATE, "ps xs xi").single(),
        Column::new("medical_record_access", COUNT, "ps xs xi xu").or("0"),
        Column::new("appointment_events", COUNT, "ps xs xi xu").or("0"),
        Column::new("payment_events", COUNT, "ps xs xi xu").or("0"),
        Column::new("security_events", COUNT, "ps xs xi xu").or("0"),
        Column::new("after_hours_access", COUNT, "ps xs xi xu").or("0"),
        Column::new("mass_exports", COUNT, "ps xs xi xu").or("0"),
        Column::new("suspicious_activity", BOOLEAN, "ps xs xi xu").or("false"),
    ],
    is_deletable: false,
    references: &[ORGANIZATION],
};
