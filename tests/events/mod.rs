//! Events, as an API client and as a person in a browser sees them.

mod api;
mod invalid;
mod isolation;
mod lists;
mod order;
mod pages;

use serde_json::{Value, json};

use crate::web::ApiClient;

/// A complete new event of this name.
pub(crate) fn event(name: &str) -> Value {
    json!({"name": name, "duration_in_minutes": 50, "price": 6000, "currency": "eur"})
}

/// Makes an event and gives its document.
pub(crate) async fn create(client: &ApiClient, name: &str) -> Value {
    let answer = client.post("/events", &event(name)).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    answer.json()
}

/// The path of an event's document.
pub(crate) fn path(event: &Value) -> String {
    format!("/events/{}", event["id"].as_str().expect("an id"))
}

/// The names of a list, in its order.
pub(crate) async fn names(client: &ApiClient, target: &str) -> Vec<String> {
    let list = client.get_json(target).await;
    let items = list["items"].as_array().expect("items");
    items.iter().map(|event| event["name"].as_str().expect("a name").to_owned()).collect()
}
