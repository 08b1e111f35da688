//! What a row may hold, and what there is but once (hardening C2, C3, C4, C7, C9).

use std::collections::BTreeSet;

use dev::world::Login;
use tokio_postgres::Client;

use super::{clinics::Clinics, matrix::Stage, refusal};
use crate::app::TestApp;

const CHECK_VIOLATION: &str = "23514";
const UNIQUE_VIOLATION: &str = "23505";

/// Values that a column takes, and values that it does not: table, column, the former, the latter, as SQL.
type Bounds = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

#[rustfmt::skip]
const BOUNDS: &[Bounds] = &[
    ("events", "name", &["'n'", "repeat('é', 200)"], &["''", "repeat('n', 201)"]),
    ("events", "slug", &["'s'", "'a-1-b'", "repeat('s', 100)"],
     &["''", "'S'", "'-s'", "'s-'", "'a--b'", "'a b'", "'é'", "'a/b'", "e's\\n'", "repeat('s', 101)"]),
    ("events", "description", &["null", "''", "repeat('d', 5000)"], &["repeat('d', 5001)"]),
    ("events", "duration_in_minutes", &["1", "720"], &["0", "-1", "721"]),
    ("events", "price", &["0", "2147483647"], &["-1"]),
    ("events", "currency", &["'eur'", "'usd'"], &["''", "'EUR'", "'eu'", "'euro'", "'e1r'", "e'eur\\n'"]),
    ("organizations", "type", &["'clinic'", "'patient_personal'", "'expert_individual'", "'educational_institution'"],
     &["''", "'Clinic'", "'school'"]),
    ("organizations", "name", &["repeat('n', 500)"], &["''", "repeat('n', 501)"]),
    ("organizations", "slug", &["'X_1-y'"], &["''", "'a b'", "'a/b'", "'é'", "e'a\\n'", "repeat('s', 101)"]),
    ("organizations", "timezone", &["'UTC'"], &["''", "repeat('t', 65)"]),
    ("organizations", "workos_org_id", &["repeat('o', 100)"], &["null", "''", "repeat('o', 101)"]),
    ("users", "email", &["'a@b'"], &["''", "'ab'", "repeat('e', 321)"]),
    ("users", "country", &["'PT'", "'ES'"], &["''", "'pt'", "'PRT'", "e'PT\\n'"]),
    ("users", "first_name", &["null", "repeat('n', 200)"], &["repeat('n', 201)"]),
    ("users", "image_url", &["null", "repeat('u', 2048)"], &["repeat('u', 2049)"]),
    ("users", "stripe_bank_account_last4", &["null", "'0000'"], &["'00000'"]),
    ("user_org_memberships", "role", &["'owner'", "'admin'", "'member'", "'billing_admin'"],
     &["''", "'Owner'", "'superadmin'", "'owner '"]),
    ("user_org_memberships", "status", &["'active'", "'invited'", "'suspended'", "'removed'"],
     &["''", "'Active'", "'deleted'", "'pending'"]),
    ("schedules", "timezone", &["'UTC'", "'Europe/Lisbon'", "'America/Argentina/Buenos_Aires'", "'Etc/GMT+3'"],
     &["''", "'BST'", "'Lisbon'", "'Europe/Nowhere'", "'ABC+3'", "'Abc/Def+3'", "'+01'", "'Etc/GMT+13'", "'Etc/GMT-15'", "'Right/Europe/Lisbon'", "'posix/Europe/Lisbon'", "e'Europe/Lisbon\\n'"]),
    ("schedule_availabilities", "day_of_week", &["'monday'", "'sunday'"], &["''", "'Monday'", "'mon'"]),
    ("schedule_availabilities", "end_time", &["'09:01'", "'24:00'"], &["'09:00'", "'08:59'"]),
    ("scheduling_settings", "before_event_buffer", &["0"], &["-1"]),
    ("scheduling_settings", "after_event_buffer", &["0"], &["-1"]),
    ("scheduling_settings", "minimum_notice", &["60", "1440", "20160"], &["0", "61", "-60", "20161"]),
    ("scheduling_settings", "time_slot_interval", &["5", "45"], &["0", "-5", "4", "7"]),
    ("scheduling_settings", "booking_window_days", &["7", "365"], &["6", "366"]),
    ("blocked_dates", "timezone", &["'UTC'"], &["'BST'"]),
    ("blocked_dates", "reason", &["null", "repeat('r', 500)"], &["''", "repeat('r', 501)"]),
    ("slot_reservations", "end_time", &["start_time + interval '1 second'"], &["start_time", "start_time - interval '1 s'"]),
    ("slot_reservations", "guest_email", &["'a@b'"], &["''", "repeat('e', 321)"]),
    ("meetings", "end_time", &["start_time + interval '1 second'"], &["start_time", "start_time - interval '1 s'"]),
    ("meetings", "status", &["'scheduled'", "'completed'", "'cancelled'", "'no_show'"], &["''", "'canceled'"]),
    ("meetings", "stripe_payment_status", &["'pending'", "'processing'", "'succeeded'", "'failed'", "'refunded'"],
     &["''", "'paid'"]),
    ("meetings", "stripe_transfer_status", &["null", "'succeeded'"], &["'paid'"]),
    ("meetings", "timezone", &["'Europe/Lisbon'"], &["'Nowhere'"]),
    ("meetings", "meeting_url", &["null", "'https://meet.example/x'"],
     &["''", "'http://meet.example'", "'javascript:alert(1)'", "'https://a b'", "'https://' || repeat('u', 2048)"]),
    ("meetings", "guest_name", &["'G'", "repeat('g', 200)"], &["''", "repeat('g', 201)"]),
    ("meetings", "encrypted_guest_notes", &["null", "decode(repeat('00', 20480), 'hex')"],
     &["''", "decode(repeat('00', 29), 'hex')", "decode(repeat('00', 20481), 'hex')"]),
    ("meetings", "price", &["0"], &["-1"]),
    ("meetings", "currency", &["'eur'"], &["'EUR'"]),
    ("categories", "name", &["'n'"], &["''", "repeat('n', 201)"]),
    ("categories", "parent_id", &["null"], &["id"]),
    ("profiles", "short_bio", &["repeat('é', 160)"], &["repeat('b', 161)"]),
    ("profiles", "long_bio", &["repeat('é', 2000)"], &["repeat('b', 2001)"]),
    ("profiles", "social_links", &["'[]'", r#"'[{"name": "instagram", "url": "https://a.example/b"}]'"#],
     &["'{}'", "'null'", r#"'[1]'"#, r#"'[{}]'"#, r#"'[[{"name": "instagram", "url": "https://a.example"}]]'"#,
       r#"'[{"name": "myspace", "url": "https://a.example"}]'"#, r#"'[{"name": "tiktok", "url": "javascript:x"}]'"#,
       r#"'[{"name": "tiktok", "url": "https://a b"}]'"#, r#"'[{"name": "tiktok"}]'"#,
       r#"'[{"name": "tiktok", "url": "https://a.example", "more": 1}]'"#]),
    ("practitioner_agreements", "version", &["'2026-01'"], &["''", "repeat('v', 51)"]),
    ("practitioner_agreements", "metadata", &["null", "'{}'"], &["'[]'", "'1'"]),
    ("org_keys", "key_no", &["7"], &["0", "-1"]),
    ("org_keys", "wrapped_by", &["'k1'"], &["''", "'a b'", "repeat('k', 17)"]),
    ("org_keys", "wrapped_key", &["decode(repeat('00', 60), 'hex')"], &["''", "decode(repeat('00', 257), 'hex')"]),
    ("records", "version", &["1"], &["0", "-1"]),
    ("records", "encrypted_content", &["decode(repeat('00', 262400), 'hex')"],
     &["''", "decode(repeat('00', 262401), 'hex')"]),
    ("records", "encrypted_metadata", &["null", "decode(repeat('00', 16640), 'hex')"],
     &["''", "decode(repeat('00', 16641), 'hex')"]),
    ("record_versions", "version", &["9"], &["0"]),
    ("payment_transfers", "status", &["'PENDING'", "'APPROVED'", "'READY'", "'COMPLETED'", "'FAILED'", "'REFUNDED'",
                                      "'DISPUTED'", "'PAID_OUT'"], &["''", "'pending'"]),
    ("payment_transfers", "amount", &["0"], &["-1"]),
    ("payment_transfers", "retry_count", &["0"], &["-1"]),
    ("audit_logs", "action", &["'MEDICAL_RECORD_VIEWED'"], &["''", "'medical_record_viewed'", "'READ'"]),
    ("audit_logs", "resource_type", &["'event'", "'encryption_key'"], &["''", "'meeting'"]),
    ("audit_logs", "actor_type", &["'user'", "'system'", "'operator'"], &["''", "'admin'"]),
    ("audit_logs", "outcome", &["'success'", "'failure'"], &["''", "'ok'"]),
    ("audit_logs", "old_values", &["null", "'{}'"], &["'[]'", "'1'", "'null'"]),
    ("audit_logs", "new_values", &["null", "'{}'"], &["jsonb_build_object('a', repeat('b', 65536))"]),
    ("audit_logs", "metadata", &["null", "'{}'"], &["jsonb_build_object('a', repeat('b', 65536))"]),
    ("audit_logs", "salt", &["decode(repeat('00', 16), 'hex')"], &["''", "decode(repeat('00', 15), 'hex')"]),
    ("audit_logs", "user_agent", &["repeat('u', 500)"], &["repeat('u', 501)"]),
    ("audit_log_exports", "export_format", &["'csv'", "'jsonl'"], &["''", "'pdf'"]),
    ("audit_log_exports", "status", &["'queued'", "'running'", "'done'", "'failed'"], &["''", "'ready'"]),
    ("audit_log_exports", "trigger", &["'requested'"], &["'scheduled'", "''"]),
    ("audit_log_exports", "reason", &["'why'", "repeat('r', 500)"], &["null", "'no'", "repeat('r', 501)"]),
    ("audit_log_exports", "end_date", &["start_date + interval '1 s'"], &["start_date"]),
    ("audit_log_exports", "actions", &["null", "'{EVENT_CREATED}'"], &["'{}'", "'{null}'", "'{{a},{b}}'", "array[repeat('a', 9000)]"]),
    ("audit_stats", "mass_exports", &["0", "9223372036854775807"], &["-1"]),
    ("workos_audit_outbox", "event", &["'{}'"], &["'[]'"]),
    ("workos_audit_outbox", "attempts", &["0"], &["-1"]),
];

/// Sets a column of one row, which is not the platform's, and undoes it.
async fn set(owner: &Client, table: &str, column: &str, value: &str) -> Option<String> {
    let row = match table {
        "organizations" => "ctid = (select ctid from organizations where type = 'clinic' limit 1)".to_owned(),
        table => format!("ctid = (select ctid from {table} limit 1)"),
    };
    owner.batch_execute("begin").await.expect("a transaction");
    let outcome = owner.batch_execute(&format!("update {table} set {column} = {value} where {row}")).await;
    owner.batch_execute("rollback").await.expect("its end");
    refusal(outcome)
}

#[tokio::test]
async fn c2_c7_values_out_of_bounds_are_refused_and_those_within_are_taken() {
    let app = TestApp::start().await;
    Stage::set(&app).await;
    let owner = app.owner().await;
    for (table, column, within, beyond) in BOUNDS {
        for value in *within {
            assert_eq!(set(&owner, table, column, value).await, None, "{table}.{column} = {value}");
        }
        for value in *beyond {
            let refused = set(&owner, table, column, value).await;
            assert_eq!(refused.as_deref(), Some(CHECK_VIOLATION), "{table}.{column} = {value}");
        }
    }
}

#[tokio::test]
async fn c3_a_living_address_is_one_person_s_whatever_its_case() {
    let app = TestApp::start().await;
    let identity = app.connect_as(Login::Identity).await;
    let make = |user_id: &str, email: &str| {
        format!("insert into users (workos_user_id, email) values ('{user_id}', '{email}')")
    };
    for email in ["owner@aurora.example", "Owner@Aurora.Example", "OWNER@AURORA.EXAMPLE"] {
        let refused = refusal(identity.batch_execute(&make("user_01OTHER", email)).await);
        assert_eq!(refused.as_deref(), Some(UNIQUE_VIOLATION), "{email}");
    }
    let change = "update users set email = 'OWNER@aurora.example' where workos_user_id = 'user_01SEEDAURORAADMIN'";
    assert_eq!(refusal(identity.batch_execute(change).await).as_deref(), Some(UNIQUE_VIOLATION));

    let leave = "update users set deleted_at = now() where workos_user_id = 'user_01SEEDAURORAOWNER'";
    identity.batch_execute(leave).await.expect("the owner leaves");
    identity.batch_execute(&make("user_01OTHER", "Owner@Aurora.example")).await.expect("the address is free");
    let back = "update users set deleted_at = null where workos_user_id = 'user_01SEEDAURORAOWNER'";
    assert_eq!(refusal(identity.batch_execute(back).await).as_deref(), Some(UNIQUE_VIOLATION), "and taken again");
}

#[tokio::test]
async fn c4_there_is_one_of_what_is_unique() {
    let app = TestApp::start().await;
    let (clinics, _) = Clinics::on_stage(&app).await;
    let owner = app.owner().await;
    let event = |organization: uuid::Uuid| {
        format!(
            "insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
             values ('{organization}', 'user_01SEEDBOTH', 'Another', 'taken', 30)"
        )
    };
    owner.batch_execute(&event(clinics.aurora)).await.expect("the first");
    assert_eq!(refusal(owner.batch_execute(&event(clinics.aurora)).await).as_deref(), Some(UNIQUE_VIOLATION));
    assert_eq!(refusal(owner.batch_execute(&event(clinics.norte)).await), None, "the same in another organization");
    for (what, statement) in [
        (
            "membership",
            "insert into user_org_memberships (workos_user_id, org_id, role, status)
                        select workos_user_id, org_id, role, status from user_org_memberships limit 1",
        ),
        ("WorkOS user id", "insert into users (workos_user_id, email) values ('user_01SEEDBOTH', 'new@eleva.example')"),
        (
            "organization",
            "insert into organizations (workos_org_id, slug, name, type)
                          values ('org_01SEEDAURORA', 'new', 'New', 'clinic')",
        ),
        (
            "slug",
            "insert into organizations (workos_org_id, slug, name, type)
                  values ('org_01NEW', 'clinica-aurora', 'New', 'clinic')",
        ),
        ("platform", "insert into organizations (slug, name, type) values ('new', 'New', 'platform')"),
        (
            "settings",
            "insert into scheduling_settings (org_id, workos_user_id)
             select org_id, workos_user_id from scheduling_settings limit 1",
        ),
        (
            "schedule",
            "insert into schedules (org_id, workos_user_id, timezone)
             select org_id, workos_user_id, timezone from schedules limit 1",
        ),
        (
            "blocked date",
            "insert into blocked_dates (org_id, workos_user_id, date, timezone)
             select org_id, workos_user_id, date, timezone from blocked_dates limit 1",
        ),
        (
            "payment intent",
            "insert into payment_transfers (org_id, workos_user_id, payment_intent_id, expert_connect_account_id, amount,
                                            session_start_time, scheduled_transfer_time)
             select org_id, workos_user_id, payment_intent_id, 'acct', 1, now(), now() from payment_transfers limit 1",
        ),
        ("day of statistics", "insert into audit_stats (org_id, date) select org_id, date from audit_stats limit 1"),
        (
            "scheduled export",
            "insert into audit_log_exports (org_id, trigger, start_date, end_date, export_format)
             select id, 'scheduled', '2026-01-01', '2026-02-01', 'jsonl' from organizations, generate_series(1, 2)",
        ),
        ("position", "insert into workos_cursor (after_event_id) values ('event_9')"),
        (
            "profile",
            "insert into profiles (org_id, workos_user_id, first_name, last_name)
             select org_id, workos_user_id, 'A', 'B' from profiles limit 1",
        ),
        ("context key", "insert into context_key (inner_pad, outer_pad) select inner_pad, outer_pad from context_key"),
    ] {
        assert_eq!(refusal(owner.batch_execute(statement).await).as_deref(), Some(UNIQUE_VIOLATION), "{what}");
    }
}

#[tokio::test]
async fn c9_the_database_keeps_updated_at() {
    let app = TestApp::start().await;
    Stage::set(&app).await;
    let owner = app.owner().await;
    let tables = "select table_name::text from information_schema.columns where column_name = 'updated_at'";
    let tables: BTreeSet<String> =
        owner.query(tables, &[]).await.expect("tables").iter().map(|row| row.get(0)).collect();
    assert!(tables.len() >= 20, "{tables:?}");
    for table in tables {
        // Neither forgotten nor set to something else.
        let statement =
            format!("update {table} set updated_at = 'epoch', created_at = 'epoch' returning updated_at = now()");
        owner.batch_execute("begin").await.expect("a transaction");
        let rows = owner.query(&statement, &[]).await.expect("an update");
        assert!(!rows.is_empty() && rows.iter().all(|row| row.get(0)), "{table}");
        owner.batch_execute("rollback").await.expect("its end");
    }
}
