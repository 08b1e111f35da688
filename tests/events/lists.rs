//! Lists: by expert and in their order, filtered, page after page.

use std::collections::BTreeSet;

use serde_json::json;

use super::{create, names, path};
use crate::{app::TestApp, web::ApiClient};

/// All names, read page by page.
async fn walk(client: &ApiClient, query: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let list = client.get_json(&format!("/events?{query}&cursor={cursor}")).await;
        let items = list["items"].as_array().expect("items");
        all.extend(items.iter().map(|event| event["name"].as_str().expect("a name").to_owned()));
        match list["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return all,
        }
        assert!(!items.is_empty(), "a page that leads on has something on it");
    }
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition_whatever_their_size() {
    let app = TestApp::start().await;
    let (owner, member) = (app.client_of("owner@aurora.example").await, app.client_of("member@aurora.example").await);
    for number in 0..5 {
        create(&owner, &format!("Owner {number}")).await;
        create(&member, &format!("Member {number}")).await;
    }
    let expected: Vec<String> =
        ["Member", "Owner"].iter().flat_map(|who| (0..5).map(move |number| format!("{who} {number}"))).collect();
    assert_eq!(names(&owner, "/events").await, expected, "by expert, each in their order");
    for limit in [1, 2, 3, 5, 9, 10, 11, 200] {
        assert_eq!(walk(&owner, &format!("limit={limit}")).await, expected, "{limit}");
    }
    assert_eq!(walk(&owner, "limit=2&expert=user_01SEEDAURORAOWNER").await, expected[5..]);
}

#[tokio::test]
async fn a_page_stays_right_while_events_come_and_go() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let mut events = Vec::new();
    for number in 0..6 {
        events.push(create(&client, &format!("Event {number}")).await);
    }
    let first = client.get_json("/events?limit=3").await;
    client.delete(&path(&events[1])).await;
    client.delete(&path(&events[3])).await;
    create(&client, "Event 6").await;
    let target = format!("/events?limit=10&cursor={}", first["next_cursor"].as_str().expect("a cursor"));
    assert_eq!(names(&client, &target).await, ["Event 4", "Event 5", "Event 6"]);
}

#[tokio::test]
async fn filters_narrow_the_list_each_and_together() {
    let app = TestApp::start().await;
    let (owner, member) = (app.client_of("owner@aurora.example").await, app.client_of("member@aurora.example").await);
    for (client, name, is_active) in
        [(&owner, "A", true), (&owner, "B", false), (&member, "C", true), (&member, "D", false)]
    {
        let event = create(client, name).await;
        client.patch(&path(&event), &json!({"is_active": is_active})).await;
    }
    for (query, expected) in [
        ("", "CDAB"),
        ("active=true", "CA"),
        ("active=false", "DB"),
        ("expert=user_01SEEDAURORAOWNER", "AB"),
        ("expert=user_01SEEDAURORAOWNER&active=false", "B"),
        ("expert=nobody", ""),
        ("active=&expert=", "CDAB"),
    ] {
        assert_eq!(names(&owner, &format!("/events?{query}")).await.concat(), expected, "{query}");
    }
}

#[tokio::test]
async fn two_hundred_and_more_events_take_two_pages_at_least() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let fill = "
        insert into events (org_id, workos_user_id, name, slug, duration_in_minutes, \"order\")
        select m.org_id, m.workos_user_id, 'Event ' || n, 'event-' || n, 30, n / 7
        from user_org_memberships m, generate_series(1, 230) n
        where m.workos_user_id = 'user_01SEEDAURORAOWNER' and m.workos_membership_id = 'om_01SEEDAURORAOWNER'";
    app.owner().await.batch_execute(fill).await.expect("230 events");
    let first = client.get_json("/events?limit=200").await;
    assert_eq!(first["items"].as_array().map(Vec::len), Some(200));
    assert!(first["next_cursor"].is_string());
    let all: BTreeSet<String> = walk(&client, "limit=50").await.into_iter().collect();
    assert_eq!(all.len(), 230, "many events share one order and one time, and none is lost");
}
