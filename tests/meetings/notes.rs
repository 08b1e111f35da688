//! Guest notes: PHI that the expert and the guest read, nobody else, and never without a row of the trail (hardening B13,
//! D2).

use dev::workos::{Effect, Fault};
use serde_json::{Value, json};

use super::{AURORA, MEMBER, NOTES, OWNER, book, claim, meeting, path};
use crate::{
    app::{TestApp, sealed},
    events::create,
    trail::{Row, rows, rows_since},
    web::ApiClient,
};

const VIEWED: &str = "APPOINTMENT_VIEWED";
const GUEST: &str = "member@norte.example";
const GUEST_ID: &str = "user_01SEEDNORTEMEMBER";

/// A meeting of the member's, with notes.
async fn booked(app: &TestApp) -> (ApiClient, Value) {
    let client = app.client_of(MEMBER).await;
    let event = create(&client, "Consulta").await;
    let booked = book(&client, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    (client, booked)
}

fn of_action(rows: Vec<Row>, action: &str) -> Vec<Row> {
    rows.into_iter().filter(|row| row.action == action).collect()
}

async fn change(app: &TestApp, statement: &str) {
    app.owner().await.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

#[tokio::test]
async fn b13_the_expert_and_the_guest_read_the_notes_and_each_reading_is_recorded_where_the_meeting_is() {
    let app = TestApp::start().await;
    let (expert, meeting) = booked(&app).await;
    claim(&app, &meeting, GUEST_ID).await;
    let guest = app.client_of(GUEST).await;
    for (client, user_id) in [(&expert, "user_01SEEDAURORAMEMBER"), (&guest, GUEST_ID)] {
        let before = rows(&app).await.len();
        let read = client.get_json(&path(&meeting)).await;
        assert_eq!((&read["guest_notes"], read.get("guest_notes_error")), (&json!(NOTES), None), "{user_id}");
        let rows = rows_since(&app, before).await;
        let [viewed] = rows.as_slice() else { panic!("{user_id}: {rows:#?}") };
        assert_eq!((viewed.action.as_str(), viewed.resource_id.as_deref()), (VIEWED, meeting["id"].as_str()));
        assert_eq!((viewed.workos_org_id.as_deref(), viewed.workos_user_id.as_deref()), (Some(AURORA), Some(user_id)));
        assert_eq!(viewed.metadata, Some(json!({"fields": ["guest_notes"]})));
        assert!(viewed.request_id.is_some() && viewed.ip_address.is_some(), "{viewed:?}");
        assert!(!format!("{viewed:?}").contains("agulhas"));
    }
}

#[tokio::test]
async fn b13_everybody_else_sees_the_meeting_without_notes_and_nothing_is_recorded() {
    let app = TestApp::start().await;
    let (_, meeting) = booked(&app).await;
    let before = rows(&app).await.len();
    for email in [OWNER, "admin@aurora.example"] {
        let read = app.client_of(email).await.get_json(&path(&meeting)).await;
        assert_eq!(read["id"], meeting["id"]);
        assert!(read.get("guest_notes").is_none() && read.get("guest_notes_error").is_none(), "{email}: {read}");
    }
    let billing = app.client_of("billing-admin@aurora.example").await;
    assert_eq!(billing.get(&path(&meeting)).await.problem(), (403, "forbidden".to_owned()));
    claim(&app, &meeting, "user_01SEEDAURORABILLINGADMIN").await;
    assert_eq!(billing.get(&path(&meeting)).await.problem(), (403, "forbidden".to_owned()), "not even as its guest");
    assert!(of_action(rows_since(&app, before).await, VIEWED).is_empty());
}

#[tokio::test]
async fn an_expert_who_was_lowered_or_whose_meeting_is_elsewhere_reads_no_notes() {
    let app = TestApp::start().await;
    let both = app.client_of_organization("both@eleva.example", AURORA).await;
    let event = create(&both, "Consulta").await;
    let meeting = book(&both, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    assert_eq!(both.get_json(&path(&meeting)).await["guest_notes"], NOTES);
    let elsewhere = app.client_of_organization("both@eleva.example", "org_01SEEDNORTE").await;
    assert_eq!(elsewhere.get(&path(&meeting)).await.problem(), (404, "not_found".to_owned()));
    change(
        &app,
        "update user_org_memberships set role = 'billing_admin' where workos_membership_id = 'om_01SEEDBOTHAURORA'",
    )
    .await;
    assert_eq!(both.get(&path(&meeting)).await.problem(), (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn whoever_acts_in_an_expert_s_name_reads_no_notes_and_changes_nothing() {
    let app = TestApp::start().await;
    let (expert, meeting) = booked(&app).await;
    let mut claims = sealed::claims(&sealed::session(&expert.jar()).access_token);
    claims["act"] = json!({"sub": "support@workos.example"});
    claims["sid"] = json!("session_of_support");
    let token = app.workos().control().sign(&claims).expect("signed");
    let user = json!({"id": "user_01SEEDAURORAMEMBER", "email": MEMBER, "email_verified": true});
    let body = json!({"user": user, "access_token": token, "refresh_token": "next"}).to_string();
    let fault = Fault::new("/user_management/authenticate", Effect::status(200, &body));
    app.workos().control().add_fault(fault.for_grant("authorization_code").times(1));
    let support = app.client_of_organization(MEMBER, AURORA).await;
    assert_eq!(support.get_json("/auth/session").await["impersonator"], "support@workos.example");

    let before = rows(&app).await.len();
    let read = support.get_json(&path(&meeting)).await;
    assert_eq!(read["id"], meeting["id"]);
    assert!(read.get("guest_notes").is_none() && read.get("guest_notes_error").is_none(), "{read}");
    assert!(of_action(rows_since(&app, before).await, VIEWED).is_empty());
    let answer = support.patch(&path(&meeting), &json!({"status": "cancelled"})).await;
    assert_eq!(answer.problem(), (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn a_meeting_without_notes_says_so_to_its_expert_and_leaves_no_row() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    for (day, nothing) in [(11, Value::Null), (12, json!(""))] {
        let mut document = meeting(&event, &format!("2027-01-{day}T10:00:00Z"));
        document["guest_notes"] = nothing;
        let booked = book(&client, &document).await;
        let read = client.get_json(&path(&booked)).await;
        assert_eq!(read.get("guest_notes"), Some(&Value::Null));
    }
    assert!(of_action(rows(&app).await, VIEWED).is_empty());
    let stored = "select count(*) from meetings where encrypted_guest_notes is not null";
    let stored = app.owner().await.query_one(stored, &[]).await.expect("a count");
    assert_eq!(stored.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn notes_lie_encrypted_under_the_organization_s_key_and_the_trail_knows_which() {
    let app = TestApp::start().await;
    let (_, meeting) = booked(&app).await;
    let owner = app.owner().await;
    let row = owner
        .query_one("select encrypted_guest_notes, encode(sha256(encrypted_guest_notes), 'hex') from meetings", &[])
        .await
        .expect("the meeting");
    let (sealed, digest): (Vec<u8>, String) = (row.get(0), row.get(1));
    assert_eq!(sealed.len(), NOTES.len() + eleva::phi::OVERHEAD);
    assert!(!sealed.windows(7).any(|bytes| bytes == b"agulhas"));
    let created = of_action(rows(&app).await, "APPOINTMENT_CREATED").pop().expect("a row");
    assert_eq!(created.resource_id.as_deref(), meeting["id"].as_str());
    assert_eq!(created.metadata, Some(json!({"guest_notes_sha256": digest})));
    let keys = owner.query("select key_no from org_keys", &[]).await.expect("keys");
    assert_eq!(keys.len(), 1, "one key for each organization");
}

#[tokio::test]
async fn notes_that_were_swapped_or_changed_do_not_open_and_that_is_recorded() {
    let app = TestApp::start().await;
    let client = app.client_of(MEMBER).await;
    let event = create(&client, "Consulta").await;
    let (one, other) = (
        book(&client, &meeting(&event, "2027-01-11T10:00:00Z")).await,
        book(&client, &meeting(&event, "2027-01-12T10:00:00Z")).await,
    );
    let id = |meeting: &Value| meeting["id"].as_str().expect("an id").to_owned();
    let other_notes = format!("(select o.encrypted_guest_notes from meetings o where o.id = '{}')", id(&other));
    for (notes, reason) in [
        (other_notes.as_str(), "not_authentic"),
        ("set_byte(encrypted_guest_notes, 40, get_byte(encrypted_guest_notes, 40) # 1)", "not_authentic"),
        ("set_byte(encrypted_guest_notes, 4, 9)", "unknown_key"),
        ("set_byte(encrypted_guest_notes, 0, 9)", "malformed"),
    ] {
        change(&app, &format!("update meetings set encrypted_guest_notes = {notes} where id = '{}'", id(&one))).await;
        let before = rows(&app).await.len();
        let read = client.get_json(&path(&one)).await;
        assert_eq!(read["guest_notes"], Value::Null, "{reason}");
        assert_eq!(read["guest_notes_error"], json!({"code": "undecryptable"}), "{reason}");
        let rows = of_action(rows_since(&app, before).await, "RECORD_UNDECRYPTABLE");
        let [row] = rows.as_slice() else { panic!("{reason}: {rows:#?}") };
        assert_eq!((row.outcome.as_str(), row.resource_id.as_deref()), ("failure", one["id"].as_str()));
        assert_eq!(row.metadata, Some(json!({"field": "guest_notes", "reason": reason})));
    }
    assert_eq!(client.get_json(&path(&other)).await["guest_notes"], NOTES);
}

#[tokio::test]
async fn without_the_organization_s_keys_its_notes_are_gone_and_its_meetings_are_not() {
    let app = TestApp::start().await;
    let (expert, meeting) = booked(&app).await;
    change(&app, "delete from org_keys").await;
    let read = expert.get_json(&path(&meeting)).await;
    assert_eq!((&read["guest_notes"], &read["guest_name"]), (&Value::Null, &json!("Guida Lopes")));
    assert_eq!(read["guest_notes_error"]["code"], "undecryptable");
}

#[tokio::test]
async fn d2_notes_that_cannot_be_recorded_are_not_shown() {
    let app = TestApp::start().await;
    let (client, meeting) = booked(&app).await;
    change(&app, "alter table audit_logs add constraint none check (action <> 'APPOINTMENT_VIEWED') not valid").await;
    let answer = client.get(&path(&meeting)).await;
    assert_eq!(answer.status(), 500, "{answer:?}");
    assert!(!answer.text().contains("agulhas"));
}
