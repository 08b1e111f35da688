//! The dashboard's next meetings.

use serde_json::{Value, json};

use super::{MEMBER, OWNER, book, claim, meeting, path};
use crate::{app::TestApp, events::create, web::ApiClient};

async fn next(client: &ApiClient) -> Vec<Value> {
    client.get_json("/dashboard").await["next_meetings"].as_array().expect("a list").clone()
}

fn starts(meetings: &[Value]) -> Vec<&str> {
    meetings.iter().map(|meeting| meeting["start_time"].as_str().expect("a time")).collect()
}

#[tokio::test]
async fn the_next_five_meetings_are_there_as_expert_and_as_guest_by_time() {
    let app = TestApp::start().await;
    let (browser, member) = (app.browser(), app.client_of(MEMBER).await);
    browser.sign_in_as(OWNER).await;
    let owner = browser.api();
    assert!(next(&owner).await.is_empty());
    let (own, other) = (create(&owner, "Consulta").await, create(&member, "Sessão").await);
    for start in ["2020-01-01T10:00:00Z", "2027-01-15T10:00:00Z", "2027-01-13T10:00:00Z", "2027-01-17T10:00:00Z"] {
        book(&owner, &meeting(&own, start)).await;
    }
    let cancelled = book(&owner, &meeting(&own, "2027-01-11T10:00:00Z")).await;
    owner.patch(&path(&cancelled), &json!({"status": "cancelled"})).await;
    for start in ["2027-01-12T10:00:00Z", "2027-01-14T10:00:00Z", "2027-01-16T10:00:00Z", "2027-01-19T10:00:00Z"] {
        let booked = book(&member, &meeting(&other, start)).await;
        claim(&app, &booked, "user_01SEEDAURORAOWNER").await;
    }
    let coming = next(&owner).await;
    let days = ["2027-01-12", "2027-01-13", "2027-01-14", "2027-01-15", "2027-01-16"];
    assert_eq!(starts(&coming), days.map(|day| format!("{day}T10:00:00Z")));
    let sides: Vec<&str> = coming.iter().map(|meeting| meeting["as"].as_str().expect("a side")).collect();
    assert_eq!(sides, ["guest", "expert", "guest", "expert", "guest"]);
    let of_member = next(&member).await;
    assert_eq!(of_member.len(), 4, "the owner's are not the member's");
    assert!(!json!(coming).to_string().contains("notes"));

    let page = browser.get("/dashboard").await;
    let shown = page.texts("#next ~ .cards h3");
    assert_eq!(shown.len(), 5);
    assert_eq!(shown[1], "Wed 13 Jan 2027, 10:00–10:50");
    assert!(page.text().contains("You are the guest") && page.text().contains("With Guida Lopes"));
    assert_eq!(page.follow("Wed 13 Jan 2027, 10:00–10:50").await.heading(), "Wed 13 Jan 2027, 10:00–10:50");
}

#[tokio::test]
async fn a_meeting_under_way_is_still_there() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    let now = jiff::Timestamp::now();
    let minutes = |minutes| now.checked_sub(jiff::SignedDuration::from_mins(minutes)).expect("a time").to_string();
    book(&client, &meeting(&event, &minutes(51))).await;
    assert!(next(&client).await.is_empty(), "it is over");
    book(&client, &meeting(&event, &minutes(0))).await;
    assert_eq!(next(&client).await.len(), 1);
}

#[tokio::test]
async fn whose_role_opens_no_meetings_sees_none_not_even_as_a_guest() {
    let app = TestApp::start().await;
    let owner = app.client_of(OWNER).await;
    let event = create(&owner, "Consulta").await;
    let booked = book(&owner, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    claim(&app, &booked, "user_01SEEDAURORABILLINGADMIN").await;
    let browser = app.browser();
    browser.sign_in_as("billing-admin@aurora.example").await;
    assert!(next(&browser.api()).await.is_empty());
    let page = browser.get("/dashboard").await;
    assert!(!page.has("#next") && !page.has("a[href='/meetings']"), "{}", page.text());
}
