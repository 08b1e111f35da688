//! `GET /records`: one's own, newest first, none lost and none with content.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{AURORA, OWNER, OWNER_ID, meeting, write};
use crate::{app::TestApp, trail::rows, web::ApiClient};

/// The ids on all pages of a list, in its order.
async fn walk(client: &ApiClient, query: &str) -> Vec<String> {
    let (mut all, mut page) = (Vec::new(), String::new());
    loop {
        let list = client.get_json(&format!("/records?{query}{page}")).await;
        let items = list["items"].as_array().expect("items");
        all.extend(items.iter().map(|record| record["id"].as_str().expect("an id").to_owned()));
        match list["next_cursor"].as_str() {
            Some(next) => page = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test]
async fn e7_the_list_has_the_newest_first_and_nothing_of_what_they_say() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let (one, other) = (meeting(&app, OWNER_ID, AURORA).await, meeting(&app, OWNER_ID, AURORA).await);
    let mut ids = Vec::new();
    for (meeting, content) in [(one, "Segredo 1"), (other, "Segredo 2"), (one, "Segredo 3")] {
        ids.push(write(&client, meeting, content).await["id"].as_str().expect("an id").to_owned());
    }
    ids.reverse();
    let before = rows(&app).await.len();
    let list = client.get_json("/records").await;
    assert!(!list.to_string().contains("Segredo"), "{list}");
    for record in list["items"].as_array().expect("items") {
        let mut fields: Vec<&str> = record.as_object().expect("an object").keys().map(String::as_str).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["created_at", "guest_name", "id", "last_modified_at", "meeting_id", "version"]);
        assert_eq!(record["guest_name"], "Rita Gomes");
    }
    for query in ["", "limit=1", "limit=2", "limit=200"] {
        assert_eq!(walk(&client, query).await, ids, "{query}");
    }
    assert_eq!(walk(&client, &format!("limit=1&meeting_id={one}")).await, [ids[0].clone(), ids[2].clone()]);
    let nobody = "/records?meeting_id=0193fa6e-0000-7000-8000-000000000000";
    assert_eq!(client.get_json(nobody).await, json!({"items": [], "next_cursor": null}));
    assert_eq!(rows(&app).await.len(), before, "what says nothing is not recorded");
}

#[tokio::test]
async fn e6_records_of_meetings_of_every_status_and_of_one_moment_are_all_there() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let owner = app.owner().await;
    for status in ["scheduled", "completed", "cancelled", "no_show"] {
        let meeting = meeting(&app, OWNER_ID, AURORA).await;
        for _ in 0..3 {
            write(&client, meeting, status).await;
        }
        let change = format!("update meetings set status = '{status}' where id = '{meeting}'");
        owner.batch_execute(&change).await.expect("a status");
    }
    owner.batch_execute("update records set created_at = now()").await.expect("one moment");
    for query in ["limit=1", "limit=5", "limit=200"] {
        let ids = walk(&client, query).await;
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (12, 12), "{query}");
    }
    let first: Value = client.get_json("/records?limit=12").await;
    assert_eq!(first["next_cursor"], Value::Null, "a full last page has no next one");
}
