//! Who sees a meeting: the organization's members and its guest, and nobody else.

use serde_json::json;

use super::{AURORA, OWNER, book, claim, meeting, path, starts};
use crate::{app::TestApp, events::create};

const NORTE_MEMBER: &str = "user_01SEEDNORTEMEMBER";

#[tokio::test]
async fn b9_another_organizations_owner_sees_and_changes_nothing() {
    let app = TestApp::start().await;
    let (aurora, norte) = (app.client_of(OWNER).await, app.client_of("owner@norte.example").await);
    let event = create(&aurora, "Consulta").await;
    let booked = book(&aurora, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    for query in ["", "?as=expert", "?as=guest"] {
        assert!(starts(&norte, &format!("/meetings{query}")).await.is_empty(), "{query}");
    }
    let absent = "/meetings/0193fa6e-0000-7000-8000-000000000000";
    for target in [path(&booked).as_str(), absent] {
        for answer in [norte.get(target).await, norte.patch(target, &json!({"status": "cancelled"})).await] {
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{target}");
        }
    }
    assert_eq!(starts(&aurora, "/meetings?status=scheduled").await.len(), 1);
}

#[tokio::test]
async fn b13_a_guest_reads_their_own_meetings_wherever_they_are_and_changes_none() {
    let app = TestApp::start().await;
    let aurora = app.client_of(OWNER).await;
    let event = create(&aurora, "Consulta").await;
    let booked = book(&aurora, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    let other = book(&aurora, &meeting(&event, "2027-01-12T10:00:00Z")).await;
    let guest = app.client_of("member@norte.example").await;
    assert_eq!(
        guest.get(&path(&booked)).await.problem(),
        (404, "not_found".to_owned()),
        "the address alone is no claim"
    );
    claim(&app, &booked, NORTE_MEMBER).await;

    assert_eq!(starts(&guest, "/meetings?as=guest").await, ["2027-01-11T10:00:00Z"]);
    assert!(starts(&guest, "/meetings").await.is_empty(), "it is not their organization's");
    assert_eq!(guest.get_json(&path(&booked)).await["id"], booked["id"]);
    assert_eq!(guest.get(&path(&other)).await.problem(), (404, "not_found".to_owned()));
    for changes in [json!({"status": "cancelled"}), json!({"start_time": "2027-01-13T10:00:00Z"}), json!({})] {
        let answer = guest.patch(&path(&booked), &changes).await;
        assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "{changes}");
    }
    let owner_of_norte = app.client_of("owner@norte.example").await;
    assert_eq!(owner_of_norte.get(&path(&booked)).await.problem(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn a_member_of_two_organizations_sees_the_one_that_the_token_names() {
    let app = TestApp::start().await;
    let (aurora, norte) = (app.client_of(OWNER).await, app.client_of("owner@norte.example").await);
    for (client, day) in [(&aurora, 11), (&norte, 12)] {
        let event = create(client, "Consulta").await;
        book(client, &meeting(&event, &format!("2027-01-{day}T10:00:00Z"))).await;
    }
    let both = app.client_of_organization("both@eleva.example", AURORA).await;
    assert_eq!(starts(&both, "/meetings").await, ["2027-01-11T10:00:00Z"]);
    both.post("/auth/switch-organization", &json!({"organization_id": "org_01SEEDNORTE"})).await;
    assert_eq!(starts(&both, "/meetings").await, ["2027-01-12T10:00:00Z"]);
}

#[tokio::test]
async fn f10_a_billing_administrator_reaches_no_meetings() {
    let app = TestApp::start().await;
    let owner = app.client_of(OWNER).await;
    let event = create(&owner, "Consulta").await;
    let booked = book(&owner, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    let billing = app.client_of("billing-admin@aurora.example").await;
    for target in ["/meetings".to_owned(), "/meetings?as=guest".to_owned(), path(&booked)] {
        assert_eq!(billing.get(&target).await.problem(), (403, "forbidden".to_owned()), "{target}");
    }
    let changes = json!({"status": "cancelled"});
    assert_eq!(billing.patch(&path(&booked), &changes).await.problem(), (403, "forbidden".to_owned()));
}
