//! Meetings, as an API client and as a person in a browser sees them.

mod api;
mod clocks;
mod concurrency;
mod dashboard;
mod invalid;
mod isolation;
mod lists;
mod notes;
mod pages;
mod seeded;

use dev::world::Login;
use serde_json::{Value, json};
use tokio_postgres::types::Type;

use crate::{app::TestApp, web::ApiClient};

const AURORA: &str = "org_01SEEDAURORA";
const OWNER: &str = "owner@aurora.example";
const MEMBER: &str = "member@aurora.example";

/// What the guest of [`meeting`] notes.
pub(crate) const NOTES: &str = "Tenho medo de agulhas.\nÀ tarde não posso.";

/// A complete new meeting of an event, with notes.
pub(crate) fn meeting(event: &Value, start_time: &str) -> Value {
    json!({
        "event_id": event["id"], "start_time": start_time, "timezone": "Europe/Lisbon",
        "guest_email": "guest@eleva.example", "guest_name": "Guida Lopes", "guest_notes": NOTES,
    })
}

/// Makes a meeting and gives its document.
pub(crate) async fn book(client: &ApiClient, document: &Value) -> Value {
    let answer = client.post("/meetings", document).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    answer.json()
}

/// The path of a meeting's document.
pub(crate) fn path(meeting: &Value) -> String {
    format!("/meetings/{}", meeting["id"].as_str().expect("an id"))
}

/// Links a meeting to the person who is its guest, as following the link in a message does.
pub(crate) async fn claim(app: &TestApp, meeting: &Value, guest: &str) {
    let id: uuid::Uuid = meeting["id"].as_str().expect("an id").parse().expect("a uuid");
    let identity = app.connect_as(Login::Identity).await;
    let claim = "update meetings set guest_workos_user_id = $2 where id = $1";
    let claimed = identity.execute_typed(claim, &[(&id, Type::UUID), (&guest, Type::TEXT)]).await;
    assert_eq!(claimed.expect("a link"), 1);
}

/// The start times of a list, in its order.
async fn starts(client: &ApiClient, target: &str) -> Vec<String> {
    let list = client.get_json(target).await;
    let items = list["items"].as_array().expect("items");
    items.iter().map(|meeting| meeting["start_time"].as_str().expect("a time").to_owned()).collect()
}
