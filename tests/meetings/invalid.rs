//! Documents that cannot be taken: a clear error with a stable code, and nothing is stored.

use serde_json::{Value, json};

use super::{OWNER, book, meeting, path, starts};
use crate::{app::TestApp, events::create, web::Answer};

fn fields(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{answer:?}");
    let problem = answer.json();
    let errors = problem["errors"].as_array().expect("errors").iter();
    errors.map(|error| error["field"].as_str().expect("a field").to_owned()).collect()
}

#[tokio::test]
async fn what_is_wrong_is_said_field_by_field() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    let all = ["event_id", "start_time", "timezone", "guest_name", "guest_email"];
    assert_eq!(fields(&client.post("/meetings", &json!({})).await), all);
    for (field, values) in [
        ("event_id", vec![json!("x"), json!(1), Value::Null]),
        (
            "start_time",
            vec![
                json!("2027-01-11T10:00:00"),
                json!("2027-01-11"),
                json!("9999-12-30T00:00:00Z"),
                json!(1_800_000_000),
                Value::Null,
            ],
        ),
        (
            "timezone",
            vec![
                json!(""),
                json!("Lisbon"),
                json!("Europe/Lisboa"),
                json!("GMT+1"),
                json!("posix/Europe/Lisbon"),
                json!("Europe/Lisbon\u{0}"),
                json!("../../etc/passwd"),
                json!("x".repeat(65)),
                Value::Null,
            ],
        ),
        ("guest_name", vec![json!(""), json!("  "), json!("é".repeat(201)), json!("a\nb"), json!(1)]),
        (
            "guest_email",
            vec![
                json!("ab"),
                json!("a@"),
                json!("@b"),
                json!("a@b@c"),
                json!("a b@c"),
                json!("a@b\u{0}"),
                json!(format!("{}@b", "a".repeat(319))),
                Value::Null,
            ],
        ),
        ("guest_notes", vec![json!("é".repeat(5001)), json!("a\u{0}b"), json!(1), json!({})]),
    ] {
        for value in values {
            let mut document = meeting(&event, "2027-01-11T10:00:00Z");
            document[field] = value.clone();
            assert_eq!(fields(&client.post("/meetings", &document).await), [field], "{value:.80}");
        }
    }
    assert!(starts(&client, "/meetings").await.is_empty());
    let longest = json!({
        "event_id": event["id"], "start_time": "2027-01-11T10:00:00.123456Z", "timezone": "America/Argentina/ComodRivadavia",
        "guest_email": format!("{}@é", "a".repeat(318)), "guest_name": "é".repeat(200), "guest_notes": "🙂".repeat(5000),
    });
    let booked = book(&client, &longest).await;
    assert_eq!(client.get_json(&path(&booked)).await["guest_notes"], longest["guest_notes"]);
    assert_eq!((&booked["guest_email"], &booked["start_time"]), (&longest["guest_email"], &longest["start_time"]));
}

#[tokio::test]
async fn only_an_active_event_of_the_organization_is_booked() {
    let app = TestApp::start().await;
    let (client, stranger) = (app.client_of(OWNER).await, app.client_of("owner@norte.example").await);
    let event = create(&client, "Consulta").await;
    let elsewhere = create(&stranger, "Consulta").await;
    client.patch(&crate::events::path(&event), &json!({"is_active": false})).await;
    let absent = json!({"id": "0193fa6e-0000-7000-8000-000000000000"});
    let mut said = Vec::new();
    for event in [&elsewhere, &absent, &event] {
        for notes in [json!("A note."), Value::Null] {
            let mut document = meeting(event, "2027-01-11T10:00:00Z");
            document["guest_notes"] = notes;
            let answer = client.post("/meetings", &document).await;
            assert_eq!(fields(&answer), ["event_id"]);
            said.push(answer.json()["errors"][0]["message"].clone());
        }
    }
    assert_eq!(said[0], said[2], "another organization's event is indistinguishable from none");
    assert_ne!(said[0], said[4]);
    let mut document = meeting(&event, "2027-01-11T10:00:00Z");
    document["timezone"] = json!("Nowhere/Land");
    assert_eq!(fields(&client.post("/meetings", &document).await), ["event_id", "timezone"]);
    let keys = app.owner().await.query_one("select count(*) from org_keys", &[]).await.expect("a count");
    assert_eq!(keys.get::<_, i64>(0), 0, "what was not stored left no key either");
}

#[tokio::test]
async fn changes_that_cannot_be_taken_change_nothing() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    let booked = book(&client, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    for (field, values) in [
        ("status", vec![json!("done"), json!(""), json!(1), Value::Null]),
        ("start_time", vec![json!("2027-01-11T10:00"), json!("soon"), Value::Null]),
        (
            "meeting_url",
            vec![
                json!(""),
                json!("http://meet.example"),
                json!("javascript:alert(1)"),
                json!("https://meet.example/a b"),
                json!("https://"),
                json!(format!("https://{}", "a".repeat(2041))),
                json!(1),
            ],
        ),
    ] {
        for value in values {
            let changes =
                json!({field: value, "status": if field == "status" { value.clone() } else { json!("completed") }});
            assert_eq!(fields(&client.patch(&path(&booked), &changes).await), [field], "{value:.80}");
        }
    }
    for body in ["{", "[]", "null", ""] {
        let call = client.call("PATCH", &path(&booked)).body("application/json", body);
        assert_eq!(client.send(call).await.problem(), (400, "malformed".to_owned()), "{body}");
    }
    assert_eq!(starts(&client, "/meetings?status=scheduled").await, ["2027-01-11T10:00:00Z"]);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_says_so() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    for (query, status, code) in [
        ("from=2027-01-02&to=2027-01-01", 422, "invalid"),
        ("status=done", 422, "invalid"),
        ("as=owner", 422, "invalid"),
        ("limit=201", 422, "invalid"),
        ("from=tomorrow", 400, "malformed"),
        ("as=expert&as=guest", 400, "malformed"),
        ("cursor=garbage", 400, "malformed"),
    ] {
        let answer = client.get(&format!("/meetings?{query}")).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{query}");
    }
    assert_eq!(client.get("/meetings?from=&to=&status=&as=&cursor=&limit=").await.status(), 200);
}
