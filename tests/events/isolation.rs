//! What other organizations see of an organization's events: nothing, and they cannot tell.

use serde_json::json;

use super::{create, names, path};
use crate::app::TestApp;

#[tokio::test]
async fn b9_another_organizations_owner_sees_and_changes_nothing() {
    let app = TestApp::start().await;
    let (aurora, norte) = (app.client_of("owner@aurora.example").await, app.client_of("owner@norte.example").await);
    let event = create(&aurora, "Consulta").await;
    assert!(names(&norte, "/events").await.is_empty());
    assert!(names(&norte, "/events?expert=user_01SEEDAURORAOWNER").await.is_empty());
    let absent = "/events/0193fa6e-0000-7000-8000-000000000000";
    for target in [path(&event).as_str(), absent] {
        let document = json!({"name": "Taken over"});
        for answer in [norte.get(target).await, norte.patch(target, &document).await, norte.delete(target).await] {
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{target}");
        }
    }
    let there = norte.get(&path(&event)).await.json();
    let nowhere = norte.get(absent).await.json();
    assert_eq!((&there["detail"], &there["title"]), (&nowhere["detail"], &nowhere["title"]), "indistinguishable");
    let order = norte.put("/events/order", &json!({"ids": [event["id"]]})).await;
    assert_eq!(order.problem(), (422, "invalid".to_owned()));
    assert_eq!(aurora.get_json(&path(&event)).await, event);
}

#[tokio::test]
async fn a_member_of_two_organizations_sees_the_one_that_the_token_names() {
    let app = TestApp::start().await;
    let (aurora, norte) = (app.client_of("owner@aurora.example").await, app.client_of("owner@norte.example").await);
    create(&aurora, "In Aurora").await;
    create(&norte, "In Norte").await;
    let both = app.client_of_organization("both@eleva.example", "org_01SEEDAURORA").await;
    assert_eq!(names(&both, "/events").await, ["In Aurora"]);
    let answer = both.post("/auth/switch-organization", &json!({"organization_id": "org_01SEEDNORTE"})).await;
    assert_eq!(answer.json()["role"], "admin", "{answer:?}");
    assert_eq!(names(&both, "/events").await, ["In Norte"]);
}

#[tokio::test]
async fn f10_a_billing_administrator_reaches_no_events() {
    let app = TestApp::start().await;
    let event = create(&app.client_of("owner@aurora.example").await, "Consulta").await;
    let billing = app.client_of("billing-admin@aurora.example").await;
    for target in ["/events".to_owned(), path(&event)] {
        assert_eq!(billing.get(&target).await.problem(), (403, "forbidden".to_owned()), "{target}");
    }
}
