//! What an API client can do to an event.

use serde_json::{Value, json};

use super::{create, event, names, path};
use crate::app::{PUBLIC_URL, TestApp};

#[tokio::test]
async fn an_event_is_created_read_changed_and_deleted() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let answer = client.post("/events", &event("Primeira consulta")).await;
    assert_eq!(answer.status(), 201);
    let created = answer.json();
    assert_eq!(answer.location(), format!("{PUBLIC_URL}{}", path(&created)));
    for (field, value) in [
        ("name", json!("Primeira consulta")),
        ("slug", json!("primeira-consulta")),
        ("description", Value::Null),
        ("duration_in_minutes", json!(50)),
        ("price", json!(6000)),
        ("currency", json!("eur")),
        ("is_active", json!(true)),
        ("order", json!(0)),
        ("workos_user_id", json!("user_01SEEDAURORAOWNER")),
    ] {
        assert_eq!(created[field], value, "{field}");
    }
    assert!(created.get("stripe_price_id").is_none(), "what no client needs stays inside");
    assert_eq!(client.get_json(&path(&created)).await, created);

    let changes = json!({"name": "Consulta", "description": "Um plano.", "price": 0, "is_active": false});
    let answer = client.patch(&path(&created), &changes).await;
    assert_eq!(answer.status(), 200);
    let changed = answer.json();
    for field in ["name", "description", "price", "is_active"] {
        assert_eq!(changed[field], changes[field], "{field}");
    }
    assert_eq!(changed["slug"], "primeira-consulta", "the slug changes only when it is given");
    assert_eq!(changed["created_at"], created["created_at"]);
    assert!(changed["updated_at"].as_str() > created["updated_at"].as_str(), "c9: {changed}");

    let answer = client.delete(&path(&created)).await;
    assert_eq!((answer.status(), answer.text()), (204, ""));
    assert_eq!(client.get(&path(&created)).await.problem(), (404, "not_found".to_owned()));
    assert_eq!(client.delete(&path(&created)).await.problem(), (404, "not_found".to_owned()));
    assert_eq!(client.patch(&path(&created), &json!({"name": "x"})).await.problem(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn c4_a_slug_is_unique_in_its_organization_and_free_in_others() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let first = create(&client, "Consulta").await;
    let second = client.post("/events", &event("Consulta")).await;
    assert_eq!(second.problem(), (409, "slug_taken".to_owned()));
    assert_eq!(second.json()["errors"][0]["field"], "slug");
    let mut other = event("Consulta");
    other["slug"] = json!("consulta-2");
    assert_eq!(client.post("/events", &other).await.status(), 201);
    let taken = client.patch(&path(&first), &json!({"slug": "consulta-2"})).await;
    assert_eq!(taken.problem(), (409, "slug_taken".to_owned()));
    assert_eq!(client.get_json(&path(&first)).await["slug"], "consulta", "nothing was stored");

    let elsewhere = app.client_of("owner@norte.example").await;
    create(&elsewhere, "Consulta").await;
}

#[tokio::test]
async fn c4_of_many_events_of_one_name_at_once_one_is_made() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let document = event("Consulta");
    let attempts = (0..8).map(|_| client.post("/events", &document));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(attempts).await.iter().map(|answer| answer.status()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(names(&client, "/events").await, ["Consulta"]);
}

#[tokio::test]
async fn b14_the_server_decides_expert_organization_and_order() {
    let app = TestApp::start().await;
    let client = app.client_of("member@aurora.example").await;
    for (field, value) in [
        ("workos_user_id", json!("user_01SEEDAURORAOWNER")),
        ("org_id", json!("0193fa6e-0000-7000-8000-000000000000")),
        ("order", json!(-1)),
        ("id", json!("0193fa6e-0000-7000-8000-000000000000")),
        ("stripe_price_id", json!("price_1")),
    ] {
        let mut document = event("Planted");
        document[field] = value;
        let answer = client.post("/events", &document).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{field}");
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
    let created = create(&client, "Sessão").await;
    assert_eq!(created["workos_user_id"], "user_01SEEDAURORAMEMBER");
    let moved = client.patch(&path(&created), &json!({"org_id": "0193fa6e-0000-7000-8000-000000000000"})).await;
    assert_eq!(moved.problem(), (422, "invalid".to_owned()));
}

#[tokio::test]
async fn b9_f8_members_change_their_own_events_and_administrators_everybodys() {
    let app = TestApp::start().await;
    let (owner, member) = (app.client_of("owner@aurora.example").await, app.client_of("member@aurora.example").await);
    let (of_owner, of_member) = (create(&owner, "Of the owner").await, create(&member, "Of the member").await);

    assert_eq!(member.get(&path(&of_owner)).await.status(), 200, "members see all");
    let answer = member.patch(&path(&of_owner), &json!({"price": 1})).await;
    assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "seen, but not one's own to change");
    assert_eq!(member.delete(&path(&of_owner)).await.problem(), (403, "forbidden".to_owned()));
    assert_eq!(owner.get_json(&path(&of_owner)).await, of_owner, "nothing was changed");

    for email in ["owner@aurora.example", "admin@aurora.example"] {
        let administrator = app.client_of_organization(email, "org_01SEEDAURORA").await;
        let answer = administrator.patch(&path(&of_member), &json!({"price": 100})).await;
        assert_eq!(answer.status(), 200, "{email}: {answer:?}");
        assert_eq!(answer.json()["workos_user_id"], "user_01SEEDAURORAMEMBER", "{email}: it stays the member's");
    }
    assert_eq!(owner.delete(&path(&of_member)).await.status(), 204);
}

#[tokio::test]
async fn b12_an_event_that_was_booked_stays() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let bookings = [
        "insert into meetings (org_id, event_id, workos_user_id, guest_email, guest_name, start_time, timezone, status)
         select org_id, id, workos_user_id, 'guest@eleva.example', 'Guest', now(), 'Europe/Lisbon', 'cancelled'
           from events",
        "insert into slot_reservations (org_id, event_id, workos_user_id, guest_email, start_time, end_time, expires_at)
         select org_id, id, workos_user_id, 'guest@eleva.example', now(), now() + interval '1 hour', now() from events",
        "insert into payment_transfers (org_id, event_id, workos_user_id, payment_intent_id, expert_connect_account_id,
                                        amount, session_start_time, scheduled_transfer_time)
         select org_id, id, workos_user_id, 'pi_1', 'acct_1', 6000, now(), now() from events",
    ];
    let owner = app.owner().await;
    for (table, booking) in ["meetings", "slot_reservations", "payment_transfers"].iter().zip(bookings) {
        let event = create(&client, "Consulta").await;
        owner.batch_execute(booking).await.expect("a booking");
        let refused = client.delete(&path(&event)).await;
        assert_eq!(refused.problem(), (409, "event_has_meetings".to_owned()), "{table}");
        assert_eq!(client.get_json(&path(&event)).await, event, "nothing was deleted");
        owner.batch_execute(&format!("delete from {table}")).await.expect("the booking is gone");
        assert_eq!(client.delete(&path(&event)).await.status(), 204, "{table}");
    }
}
