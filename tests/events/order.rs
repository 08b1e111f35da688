//! Reordering: exactly one's own events, all or none.

use serde_json::{Value, json};

use super::{create, names};
use crate::app::TestApp;

#[tokio::test]
async fn the_order_given_is_the_order_of_the_list() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let mut ids = Vec::new();
    for name in ["A", "B", "C"] {
        ids.push(create(&client, name).await["id"].clone());
    }
    let answer = client.put("/events/order", &json!({"ids": [ids[2], ids[0], ids[1]]})).await;
    assert_eq!(answer.status(), 204, "{answer:?}");
    assert_eq!(names(&client, "/events").await.concat(), "CAB");
    create(&client, "D").await;
    assert_eq!(names(&client, "/events").await.concat(), "CABD", "a new event is the last one");
}

#[tokio::test]
async fn f1_anything_but_exactly_ones_own_events_changes_nothing() {
    let app = TestApp::start().await;
    let (owner, member) = (app.client_of("owner@aurora.example").await, app.client_of("member@aurora.example").await);
    let (a, b) = (create(&owner, "A").await["id"].clone(), create(&owner, "B").await["id"].clone());
    let foreign = create(&member, "M").await["id"].clone();
    let upper: Value = json!(b.as_str().expect("an id").to_uppercase());
    for ids in [
        json!([]),
        json!([b]),
        json!([b, a, foreign]),
        json!([b, foreign]),
        json!([b, a, a]),
        json!([b, upper, a]),
        json!([b, a, "0193fa6e-0000-7000-8000-000000000000"]),
        json!([b, "x"]),
        json!([b, null]),
        json!("x"),
        json!({"0": a}),
        Value::Null,
    ] {
        let answer = owner.put("/events/order", &json!({"ids": ids})).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{ids}");
        assert_eq!(answer.json()["errors"][0]["field"], "ids", "{ids}");
    }
    assert_eq!(owner.put("/events/order", &json!({})).await.problem(), (422, "invalid".to_owned()));
    assert_eq!(names(&owner, "/events").await.concat(), "MAB", "the member's first: by expert");
    let nobody = app.client_of("admin@aurora.example").await;
    assert_eq!(nobody.put("/events/order", &json!({"ids": []})).await.status(), 204, "none are all of none");
    assert_eq!(nobody.put("/events/order", &json!({"ids": [a, b]})).await.problem(), (422, "invalid".to_owned()));
}

#[tokio::test]
async fn of_two_orders_at_once_one_wins_whole() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let mut ids = Vec::new();
    for name in ["A", "B", "C", "D", "E"] {
        ids.push(create(&client, name).await["id"].clone());
    }
    let forth = json!({"ids": ids});
    ids.reverse();
    let back = json!({"ids": ids});
    for _ in 0..10 {
        let (one, other) = tokio::join!(client.put("/events/order", &forth), client.put("/events/order", &back));
        assert_eq!((one.status(), other.status()), (204, 204));
        let order = names(&client, "/events").await.concat();
        assert!(["ABCDE", "EDCBA"].contains(&order.as_str()), "{order}");
    }
}
