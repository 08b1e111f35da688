//! What the database itself sees to in bookings and in the records of them (hardening B12, C7).

use tokio_postgres::Client;

use super::{
    clinics::{AURORA, AURORA_MEMBER, AURORA_OWNER},
    matrix::Stage,
    refusal,
};
use crate::app::TestApp;

const FOREIGN_KEY_VIOLATION: &str = "23503";
const EXCLUSION_VIOLATION: &str = "23P01";
const CHECK_VIOLATION: &str = "23514";

/// A statement's refusal; the transaction goes on as it was before.
async fn attempt(client: &Client, statement: &str) -> Option<String> {
    client.batch_execute("savepoint attempt").await.expect("a savepoint");
    let refused = refusal(client.batch_execute(statement).await);
    client.batch_execute("rollback to savepoint attempt").await.expect("a savepoint");
    refused
}

async fn text(client: &Client, query: &str) -> String {
    client.query_typed_one(query, &[]).await.expect("a row").get(0)
}

#[tokio::test]
async fn c7_windows_of_one_day_do_not_overlap() {
    let app = TestApp::start().await;
    Stage::set(&app).await;
    let member = app.begin_as(AURORA_MEMBER, AURORA).await.client;
    let window = |day: &str, start: &str, end: &str| {
        format!(
            "insert into schedule_availabilities (org_id, schedule_id, day_of_week, start_time, end_time)
             select org_id, id, '{day}', '{start}', '{end}'
               from schedules where workos_user_id = (select app.user_id())"
        )
    };
    // There is one on Monday from 9:00 to 12:30.
    for (day, start, end, refused) in [
        ("monday", "08:00", "09:00", None),
        ("monday", "12:30", "24:00", None),
        ("tuesday", "09:00", "12:30", None),
        ("monday", "08:00", "09:01", Some(EXCLUSION_VIOLATION)),
        ("monday", "12:29", "13:00", Some(EXCLUSION_VIOLATION)),
        ("monday", "10:00", "11:00", Some(EXCLUSION_VIOLATION)),
        ("monday", "00:00", "24:00", Some(EXCLUSION_VIOLATION)),
    ] {
        assert_eq!(attempt(&member, &window(day, start, end)).await.as_deref(), refused, "{day} {start} {end}");
    }
}

#[tokio::test]
async fn c7_a_meeting_is_as_long_and_costs_as_much_as_its_event_says() {
    let app = TestApp::start().await;
    Stage::set(&app).await;
    let member = app.begin_as(AURORA_MEMBER, AURORA).await.client;
    let book = "
        insert into meetings (org_id, event_id, workos_user_id, guest_email, guest_name, start_time, timezone)
        select org_id, id, workos_user_id, 'guest@eleva.example', 'Guest', '2027-03-28 00:30+00', 'Europe/Lisbon'
          from events where workos_user_id = (select app.user_id())
        returning concat_ws(' ', end_time - start_time, price, currency, status, stripe_payment_status)";
    assert_eq!(text(&member, book).await, "00:50:00 6000 eur scheduled pending");
    let move_it = "
        update meetings set start_time = '2027-03-29 10:00+00' where start_time = '2027-03-28 00:30+00'
        returning concat_ws(' ', end_time at time zone 'UTC')";
    assert_eq!(text(&member, move_it).await, "2027-03-29 10:50:00");
    for column in ["end_time = now()", "price = 1", "currency = 'usd'", "stripe_payment_status = 'succeeded'"] {
        let refused = attempt(&member, &format!("update meetings set {column}")).await;
        assert_eq!(refused.as_deref(), Some("42501"), "{column}");
    }
}

#[tokio::test]
async fn b12_a_booking_is_of_the_expert_whose_event_it_is() {
    let app = TestApp::start().await;
    Stage::set(&app).await;
    let owner = app.begin_as(AURORA_OWNER, AURORA).await.client;
    for (table, more, values) in [
        ("meetings", "guest_name, timezone", "'Guest', 'Europe/Lisbon'"),
        ("slot_reservations", "end_time, expires_at", "'2027-03-01 10:00+00', now()"),
    ] {
        // The owner is the expert, the event is a member's.
        let book = format!(
            "insert into {table} (org_id, event_id, workos_user_id, guest_email, start_time, {more})
             select org_id, id, '{AURORA_OWNER}', 'guest@eleva.example', '2027-03-01 09:00+00', {values}
               from events where workos_user_id = '{AURORA_MEMBER}'"
        );
        assert_eq!(attempt(&owner, &book).await.as_deref(), Some(FOREIGN_KEY_VIOLATION), "{table}");
    }
}

#[tokio::test]
async fn b12_a_record_is_of_the_expert_whose_meeting_it_is_of() {
    let app = TestApp::start().await;
    Stage::set(&app).await;
    let owner = app.begin_as(AURORA_OWNER, AURORA).await.client;
    let write = |expert: &str| {
        format!(
            "insert into records (org_id, meeting_id, expert_id, guest_email, encrypted_content)
             select org_id, id, '{AURORA_OWNER}', guest_email, sha256('content')
               from meetings where workos_user_id = '{expert}' and org_id = (select app.org_id())"
        )
    };
    assert_eq!(attempt(&owner, &write(AURORA_MEMBER)).await.as_deref(), Some(FOREIGN_KEY_VIOLATION));
    assert_eq!(attempt(&owner, &write(AURORA_OWNER)).await, None);
}

#[tokio::test]
async fn c7_every_version_of_a_record_is_kept_and_none_is_skipped() {
    let app = TestApp::start().await;
    Stage::set(&app).await;
    let member = app.begin_as(AURORA_MEMBER, AURORA).await.client;
    let write = |content: &str, version: &str| {
        format!("update records set encrypted_content = sha256('{content}'), version = {version}")
    };
    for version in ["version", "version + 2", "version - 1", "1"] {
        let refused = attempt(&member, &write("lost", version)).await;
        assert_eq!(refused.as_deref(), Some(CHECK_VIOLATION), "{version}");
    }
    let alone = attempt(&member, "update records set encrypted_content = sha256('lost')").await;
    assert_eq!(alone.as_deref(), Some(CHECK_VIOLATION), "no new content under the old version");
    for content in ["third", "fourth"] {
        member.batch_execute(&write(content, "version + 1")).await.expect("the next version");
    }
    let history = "
        select string_agg(version || ' ' || case encrypted_content when sha256('before') then 'before'
                                                                   when sha256('content') then 'content'
                                                                   when sha256('third') then 'third' end, ', '
                          order by version)
          from record_versions";
    assert_eq!(text(&member, history).await, "1 before, 2 content, 3 third");
    for (what, version, content, moment) in [
        ("of a version to come", "9", "sha256('fourth')", "last_modified_at"),
        ("of another content", "version", "sha256('invented')", "last_modified_at"),
        ("of another time", "version", "encrypted_content", "last_modified_at - interval '1 day'"),
    ] {
        let invent = format!(
            "insert into record_versions (record_id, version, org_id, expert_id, encrypted_content, last_modified_at)
             select id, {version}, org_id, expert_id, {content}, {moment} from records"
        );
        assert_eq!(attempt(&member, &invent).await.as_deref(), Some(CHECK_VIOLATION), "{what}");
    }
    let keep = "
        insert into record_versions (record_id, version, org_id, expert_id, encrypted_content, last_modified_at)
        select id, version, org_id, expert_id, encrypted_content, last_modified_at from records";
    member.batch_execute(keep).await.expect("what is there may be kept");
    member.batch_execute(&write("fifth", "version + 1")).await.expect("and does not stand in the way");
    member.batch_execute("commit").await.expect("its end");

    // An operator who encrypts under another key makes no version.
    let owner = app.owner().await;
    owner.batch_execute("update records set encrypted_content = sha256('again')").await.expect("another key");
    let versions = "select count(*)::text from record_versions where version > 1";
    assert_eq!(text(&owner, versions).await, "3");
}

#[tokio::test]
async fn b12_nothing_that_is_deleted_takes_a_booking_or_a_record_with_it() {
    let app = TestApp::start().await;
    Stage::set(&app).await;
    let owner = app.owner().await;
    owner.batch_execute("begin").await.expect("a transaction");
    for table in ["organizations", "users", "user_org_memberships", "events", "meetings", "records", "schedules"] {
        let refused = attempt(&owner, &format!("delete from {table}")).await.expect("it is refused");
        // From PostgreSQL 18 on, RESTRICT has an SQLSTATE of its own.
        assert!([FOREIGN_KEY_VIOLATION, "23001"].contains(&refused.as_str()), "{table}: {refused}");
    }
}
