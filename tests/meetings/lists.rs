//! Lists: by time, filtered, page after page.

use serde_json::{Value, json};

use super::{MEMBER, OWNER, book, claim, meeting, path, starts};
use crate::{app::TestApp, events::create, web::ApiClient};

/// The ids of all, read page by page.
async fn walk(client: &ApiClient, query: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let list = client.get_json(&format!("/meetings?{query}&cursor={cursor}")).await;
        let items = list["items"].as_array().expect("items");
        all.extend(items.iter().map(id));
        match list["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return all,
        }
        assert!(!items.is_empty(), "a page that leads on has something on it");
    }
}

fn id(meeting: &Value) -> String {
    meeting["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition_whatever_their_size() {
    let app = TestApp::start().await;
    let (owner, member) = (app.client_of(OWNER).await, app.client_of(MEMBER).await);
    let (of_owner, of_member) = (create(&owner, "A").await, create(&member, "B").await);
    let mut booked = Vec::new();
    for day in (10..15).rev() {
        let start = format!("2027-01-{day}T10:00:00Z");
        // Two experts at the same time: the id decides.
        let own = id(&book(&owner, &meeting(&of_owner, &start)).await);
        let others = id(&book(&member, &meeting(&of_member, &start)).await);
        booked.extend([(start.clone(), own), (start, others)]);
    }
    booked.sort_unstable();
    let expected: Vec<String> = booked.into_iter().map(|(_, id)| id).collect();
    for limit in [1, 2, 3, 7, 10, 11, 200] {
        assert_eq!(walk(&owner, &format!("limit={limit}")).await, expected, "{limit}");
    }
    assert_eq!(walk(&owner, "limit=1&from=2027-01-11&to=2027-01-13").await, expected[2..6]);
    assert_eq!(walk(&owner, "limit=2&as=expert").await.len(), 5);
}

#[tokio::test]
async fn filters_narrow_the_list_each_and_together() {
    let app = TestApp::start().await;
    let (owner, member) = (app.client_of(OWNER).await, app.client_of(MEMBER).await);
    let (of_owner, of_member) = (create(&owner, "A").await, create(&member, "B").await);
    for (client, event, day, status) in [
        (&owner, &of_owner, 1, "scheduled"),
        (&owner, &of_owner, 2, "cancelled"),
        (&member, &of_member, 3, "scheduled"),
        (&member, &of_member, 4, "no_show"),
    ] {
        let booked = book(client, &meeting(event, &format!("2027-01-0{day}T10:00:00Z"))).await;
        client.patch(&path(&booked), &json!({"status": status})).await;
        if day == 3 {
            claim(&app, &booked, "user_01SEEDAURORAOWNER").await;
        }
    }
    for (query, expected) in [
        ("", "1234"),
        ("status=scheduled", "13"),
        ("status=completed", ""),
        ("as=expert", "12"),
        ("as=guest", "3"),
        ("as=expert&status=cancelled", "2"),
        ("as=guest&status=cancelled", ""),
        ("from=2027-01-02T10:00:00Z", "234"),
        ("from=2027-01-02T10:00:00.000001Z", "34"),
        ("to=2027-01-02T10:00:00Z", "1"),
        ("to=2027-01-02T11:00:00%2B01:00", "1"),
        ("to=2027-01-02T10:00:00.000001Z", "12"),
        ("from=2027-01-02&to=2027-01-04&status=scheduled", "3"),
        ("from=2028-01-01", ""),
        ("from=&to=&status=&as=", "1234"),
    ] {
        let days: String =
            starts(&owner, &format!("/meetings?{query}")).await.iter().map(|start| &start[9..10]).collect();
        assert_eq!(days, expected, "{query}");
    }
}

#[tokio::test]
async fn a_list_never_has_notes() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    let booked = book(&client, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    claim(&app, &booked, "user_01SEEDAURORAOWNER").await;
    for query in ["", "as=expert", "as=guest"] {
        let list = client.get_json(&format!("/meetings?{query}")).await;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{query}");
        assert!(!list.to_string().contains("notes"), "{query}: {list}");
    }
    let viewed = "select count(*) from audit_logs where action = 'APPOINTMENT_VIEWED'";
    let viewed = app.owner().await.query_one(viewed, &[]).await.expect("a count");
    assert_eq!(viewed.get::<_, i64>(0), 0, "nor is it recorded as if it had");
}
