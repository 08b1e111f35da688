//! What experts offer, when, and as whom.

use super::{BOOLEAN, COUNT, Column, DATE, Description, Form, MEMBER, TIME_ZONE, Table, id, number, org, user};
use crate::database::model::table::Reference;

pub(super) static EVENTS: Description = Description {
    name: "events",
    key: &["id"],
    columns: &[
        Column::new("id", Form::Id, "ps as").by_server(),
        org("ps pi as"),
        user("ps pi as"),
        Column::new("name", Form::Word(&["Consulta", "Retorno"]), "ps pi pu as"),
        Column::new("slug", Form::Numbered("event-", 12), "ps pi pu as").single(),
        Column::new("description", Form::Word(&["An hour", "Half of one"]), "ps pi pu as").or_null(),
        Column::new("duration_in_minutes", Form::Word(&["30", "50", "90"]), "ps pi pu as"),
        Column::new("is_active", BOOLEAN, "ps pi pu as").or("true"),
        Column::new("order", COUNT, "ps pi pu as").or("0"),
        Column::new("price", Form::Word(&["0", "4000", "6000"]), "ps pi pu as").or("0"),
        Column::new("currency", Form::Word(&["eur", "brl"]), "ps pi pu as").or("eur"),
        Column::new("stripe_product_id", Form::Numbered("prod_", 9), "ps").or_null(),
    ],
    is_deletable: true,
    references: &[MEMBER],
};

pub(super) static SCHEDULES: Description = Description {
    name: "schedules",
    key: &["id"],
    columns: &[id(), org("ps pi"), user("ps pi"), Column::new("timezone", TIME_ZONE, "ps pi pu")],
    is_deletable: true,
    references: &[MEMBER],
};

pub(super) static AVAILABILITIES: Description = Description {
    name: "schedule_availabilities",
    key: &["id"],
    columns: &[
        id(),
        org("ps pi"),
        Column::new("schedule_id", Form::Of(Table::Schedules, "id"), "ps pi"),
        Column::new("day_of_week", Form::Word(&["monday", "tuesday", "sunday"]), "ps pi pu").single(),
        Column::new("start_time", Form::Word(&["08:00:00", "10:30:00", "13:00:00"]), "ps pi pu").single(),
        Column::new("end_time", Form::Word(&["10:30:00", "12:00:00", "24:00:00"]), "ps pi pu").single(),
    ],
    is_deletable: true,
    references: &[Reference { table: Table::Schedules, columns: &[("org_id", "org_id"), ("schedule_id", "id")] }],
};

pub(super) static SETTINGS: Description = Description {
    name: "scheduling_settings",
    key: &["id"],
    columns: &[
        number(),
        org("ps pi"),
        user("ps pi"),
        Column::new("before_event_buffer", COUNT, "ps pi pu").or("10"),
        Column::new("after_event_buffer", COUNT, "ps pi pu").or("0"),
        Column::new("minimum_notice", Form::Word(&["60", "1440", "20160"]), "ps pi pu").or("1440"),
        Column::new("time_slot_interval", Form::Word(&["5", "30"]), "ps pi pu").or("30"),
        Column::new("booking_window_days", Form::Word(&["7", "365"]), "ps pi pu").or("60"),
    ],
    is_deletable: true,
    references: &[MEMBER],
};

pub(super) static BLOCKED_DATES: Description = Description {
    name: "blocked_dates",
    key: &["id"],
    columns: &[
        number(),
        org("ps pi"),
        user("ps pi"),
        Column::new("date", DATE, "ps pi pu").single(),
        Column::new("timezone", TIME_ZONE, "ps pi pu"),
        Column::new("reason", Form::Word(&["Away", "A holiday"]), "ps pi pu").or_null(),
    ],
    is_deletable: true,
    references: &[MEMBER],
};

pub(super) static CATEGORIES: Description = Description {
    name: "categories",
    key: &["id"],
    columns: &[
        Column::new("id", Form::Id, "ps as").by_server(),
        Column::new("name", Form::Numbered("Category ", 6), "ps as").single(),
    ],
    is_deletable: false,
    references: &[],
};

pub(super) static PROFILES: Description = Description {
    name: "profiles",
    key: &["id"],
    columns: &[
        Column::new("id", Form::Id, "ps as").by_server(),
        org("ps pi as"),
        user("ps pi as"),
        Column::new("profile_picture", Form::Word(&["https://images.example/2"]), "ps pi pu as").or_null(),
        Column::new("first_name", Form::Word(&["Ana", "Rui"]), "ps pi pu as"),
        Column::new("last_name", Form::Word(&["Reis", "Leal"]), "ps pi pu as"),
        Column::new("headline", Form::Word(&["Cardiologist"]), "ps pi pu as").or_null(),
        Column::new("short_bio", Form::Word(&["Short"]), "ps pi pu as").or_null(),
        Column::new("long_bio", Form::Word(&["Long"]), "ps pi pu as").or_null(),
        Column::new("primary_category_id", Form::Of(Table::Categories, "id"), "ps pi pu as").or_null(),
        Column::new("secondary_category_id", Form::Of(Table::Categories, "id"), "ps pi pu as").or_null(),
        Column::new("social_links", Form::Word(LINKS), "ps pi pu as").or("[]"),
        Column::new("is_verified", BOOLEAN, "ps as").or("false"),
        Column::new("is_top_expert", BOOLEAN, "ps as").or("false"),
        Column::new("published", BOOLEAN, "ps pi pu as").or("false"),
        Column::new("order", COUNT, "ps pi pu as").or("0"),
    ],
    is_deletable: false,
    references: &[
        MEMBER,
        Reference { table: Table::Categories, columns: &[("primary_category_id", "id")] },
        Reference { table: Table::Categories, columns: &[("secondary_category_id", "id")] },
    ],
};

const LINKS: &[&str] = &["[]", r#"[{"url": "https://youtube.example/ana", "name": "youtube"}]"#];

pub(super) static AGREEMENTS: Description = Description {
    name: "practitioner_agreements",
    key: &["id"],
    columns: &[
        id(),
        org("ps pi"),
        user("ps pi"),
        Column::new("version", Form::Word(&["2026-01", "2026-02"]), "ps pi"),
        Column::new("metadata", Form::Word(&[r#"{"from": "model"}"#]), "ps pi").or_null(),
    ],
    is_deletable: false,
    references: &[MEMBER],
};
