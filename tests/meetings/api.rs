//! What an API client can do to a meeting.

use serde_json::{Value, json};

use super::{MEMBER, OWNER, book, meeting, path};
use crate::{
    app::{PUBLIC_URL, TestApp},
    events::create,
    trail::{rows, rows_since},
};

#[tokio::test]
async fn a_meeting_is_booked_read_moved_and_completed() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    let answer = client.post("/meetings", &meeting(&event, "2027-01-11T10:00:00+01:00")).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    let booked = answer.json();
    assert_eq!(answer.location(), format!("{PUBLIC_URL}{}", path(&booked)));
    for (field, value) in [
        ("event_id", event["id"].clone()),
        ("org_id", event["org_id"].clone()),
        ("workos_user_id", json!("user_01SEEDAURORAOWNER")),
        ("guest_workos_user_id", Value::Null),
        ("guest_email", json!("guest@eleva.example")),
        ("guest_name", json!("Guida Lopes")),
        ("start_time", json!("2027-01-11T09:00:00Z")),
        ("end_time", json!("2027-01-11T09:50:00Z")),
        ("timezone", json!("Europe/Lisbon")),
        ("meeting_url", Value::Null),
        ("status", json!("scheduled")),
        ("price", json!(6000)),
        ("currency", json!("eur")),
    ] {
        assert_eq!(booked[field], value, "{field}");
    }
    for field in ["guest_notes", "encrypted_guest_notes", "guest_org_id", "stripe_session_id"] {
        assert!(booked.get(field).is_none(), "{field} stays inside");
    }

    let changes = json!({"start_time": "2027-01-12T15:30:00Z", "meeting_url": "https://meet.example/a?b=c"});
    let answer = client.patch(&path(&booked), &changes).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let moved = answer.json();
    assert_eq!((&moved["start_time"], &moved["meeting_url"]), (&changes["start_time"], &changes["meeting_url"]));
    assert_eq!(moved["end_time"], "2027-01-12T16:20:00Z", "it keeps its length");
    assert!(moved["updated_at"].as_str() > booked["updated_at"].as_str());

    let completed = client.patch(&path(&booked), &json!({"status": "completed", "meeting_url": null})).await.json();
    assert_eq!((&completed["status"], &completed["meeting_url"]), (&json!("completed"), &Value::Null));
    assert_eq!(client.get_json(&path(&booked)).await["status"], "completed");
}

#[tokio::test]
async fn f3_end_price_and_currency_are_the_event_s_and_stay() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    for field in ["price", "currency", "end_time", "workos_user_id", "org_id", "id", "status", "stripe_payment_status"]
    {
        let mut document = meeting(&event, "2027-01-11T10:00:00Z");
        document[field] = json!("x");
        let answer = client.post("/meetings", &document).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{field}");
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
    let booked = book(&client, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    client.patch(&crate::events::path(&event), &json!({"price": 1, "duration_in_minutes": 5})).await;
    let kept = client.get_json(&path(&booked)).await;
    assert_eq!((&kept["price"], &kept["end_time"]), (&json!(6000), &json!("2027-01-11T10:50:00Z")));
    for field in ["price", "timezone", "guest_email", "guest_notes", "event_id", "end_time"] {
        let answer = client.patch(&path(&booked), &json!({field: "x"})).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{field}");
    }
}

#[tokio::test]
async fn c5_an_expert_is_in_one_place_at_a_time() {
    let app = TestApp::start().await;
    let (owner, member) = (app.client_of(OWNER).await, app.client_of(MEMBER).await);
    let (first, second) = (create(&owner, "Consulta").await, create(&owner, "Rastreio").await);
    let booked = book(&owner, &meeting(&first, "2027-01-11T10:00:00Z")).await;
    for start in ["2027-01-11T10:00:00Z", "2027-01-11T09:10:01Z", "2027-01-11T10:49:59Z"] {
        let answer = owner.post("/meetings", &meeting(&second, start)).await;
        assert_eq!(answer.problem(), (409, "time_conflict".to_owned()), "{start}");
        assert_eq!(answer.json()["errors"][0]["field"], "start_time");
    }
    let next = book(&owner, &meeting(&second, "2027-01-11T10:50:00Z")).await;
    let answer = owner.patch(&path(&next), &json!({"start_time": "2027-01-11T10:30:00Z"})).await;
    assert_eq!(answer.problem(), (409, "time_conflict".to_owned()));
    assert_eq!(owner.get_json(&path(&next)).await["start_time"], "2027-01-11T10:50:00Z", "nothing was changed");

    let of_member = create(&member, "Sessão").await;
    book(&member, &meeting(&of_member, "2027-01-11T10:00:00Z")).await;
    owner.patch(&path(&booked), &json!({"status": "cancelled"})).await;
    book(&owner, &meeting(&second, "2027-01-11T10:00:00Z")).await;
}

#[tokio::test]
async fn a_status_but_scheduled_is_final_and_the_address_to_meet_at_is_not() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    for (day, last) in [(11, "completed"), (12, "cancelled"), (13, "no_show")] {
        let booked = book(&client, &meeting(&event, &format!("2027-01-{day}T10:00:00Z"))).await;
        let path = path(&booked);
        assert_eq!(client.patch(&path, &json!({"status": last})).await.json()["status"], last);
        for other in ["scheduled", "completed", "cancelled", "no_show"] {
            let answer = client.patch(&path, &json!({"status": other})).await;
            if other == last {
                assert_eq!((answer.status(), &answer.json()["status"]), (200, &json!(last)), "no change and no error");
                continue;
            }
            assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{last} to {other}");
            assert_eq!(answer.json()["errors"][0]["field"], "status");
        }
        let moved = client.patch(&path, &json!({"start_time": "2027-02-01T10:00:00Z"})).await;
        assert_eq!(moved.problem(), (422, "invalid".to_owned()), "{last}");
        assert_eq!(moved.json()["errors"][0]["field"], "status");
        let url = json!({"meeting_url": "https://meet.example/recording", "start_time": booked["start_time"]});
        assert_eq!(client.patch(&path, &url).await.status(), 200, "{last}");
        let now = client.get_json(&path).await;
        assert_eq!((&now["status"], &now["start_time"]), (&json!(last), &booked["start_time"]));
        assert_eq!(now["meeting_url"], url["meeting_url"]);
    }
}

#[tokio::test]
async fn b9_f8_members_change_their_own_meetings_and_administrators_everybodys() {
    let app = TestApp::start().await;
    let (owner, member) = (app.client_of(OWNER).await, app.client_of(MEMBER).await);
    let (of_owner, of_member) = (create(&owner, "Of the owner").await, create(&member, "Of the member").await);
    let booked = book(&owner, &meeting(&of_owner, "2027-01-11T10:00:00Z")).await;

    assert_eq!(member.get(&path(&booked)).await.status(), 200, "members see all");
    for changes in [json!({"status": "cancelled"}), json!({"meeting_url": "https://evil.example"}), json!({})] {
        let answer = member.patch(&path(&booked), &changes).await;
        assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "seen, but not one's own to change: {changes}");
    }
    let answer = member.post("/meetings", &meeting(&of_owner, "2027-01-12T10:00:00Z")).await;
    assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "another's time is not one's own to give away");

    let admin = app.client_of("admin@aurora.example").await;
    for (day, administrator, who) in [(12, &owner, "owner"), (13, &admin, "admin")] {
        let document = meeting(&of_member, &format!("2027-01-{day}T10:00:00Z"));
        let booked = book(administrator, &document).await;
        assert_eq!(booked["workos_user_id"], "user_01SEEDAURORAMEMBER", "{who}: the expert is the event's");
        let answer = administrator.patch(&path(&booked), &json!({"status": "cancelled"})).await;
        assert_eq!(answer.status(), 200, "{who}: {answer:?}");
    }
}

#[tokio::test]
async fn d8_the_trail_keeps_what_changed_and_nothing_of_the_guest() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    let before = rows(&app).await.len();
    let booked = book(&client, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    let path = path(&booked);
    let url = "https://meet.example/secret-room";
    client.patch(&path, &json!({"meeting_url": url, "start_time": "2027-01-12T10:00:00Z"})).await;
    client.patch(&path, &json!({"status": "no_show", "meeting_url": null})).await;
    for nothing in [json!({"status": "no_show"}), json!({"meeting_url": null}), json!({})] {
        assert_eq!(client.patch(&path, &nothing).await.status(), 200, "{nothing}");
    }
    client.get("/meetings").await;
    let rows = rows_since(&app, before).await;
    let [created, moved, removed, missed] = rows.as_slice() else { panic!("{rows:#?}") };
    let actions: Vec<&str> = rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["APPOINTMENT_CREATED", "APPOINTMENT_UPDATED", "APPOINTMENT_UPDATED", "APPOINTMENT_NO_SHOW"]);
    let whole = json!({
        "event_id": event["id"], "workos_user_id": "user_01SEEDAURORAOWNER", "start_time": "2027-01-11T10:00:00Z",
        "end_time": "2027-01-11T10:50:00Z", "timezone": "Europe/Lisbon", "status": "scheduled", "price": 6000,
        "currency": "eur",
    });
    assert_eq!((&created.old_values, &created.new_values), (&None, &Some(whole)));
    let old = json!({"start_time": "2027-01-11T10:00:00Z", "end_time": "2027-01-11T10:50:00Z"});
    let new = json!({"start_time": "2027-01-12T10:00:00Z", "end_time": "2027-01-12T10:50:00Z"});
    assert_eq!((&moved.old_values, &moved.new_values), (&Some(old), &Some(new)));
    assert_eq!(moved.metadata, Some(json!({"fields": ["start_time", "meeting_url"]})));
    assert_eq!((&removed.new_values, &removed.metadata), (&Some(json!({})), &Some(json!({"fields": ["meeting_url"]}))));
    let status = |name: &str| Some(json!({"status": name}));
    assert_eq!((&missed.old_values, &missed.new_values), (&status("scheduled"), &status("no_show")));
    let text = format!("{rows:?}");
    for personal in ["guest@", "Guida", "agulhas", "secret-room"] {
        assert!(!text.contains(personal), "{personal}");
    }
}
