//! Page after page, while the trail grows.

use serde_json::Value;

use super::{AURORA, OWNER, Planted, Trail, days_ago, numbers};
use crate::{app::TestApp, web::ApiClient};

/// A trail of so many entries, several of them of one moment.
async fn trail(app: &TestApp, count: i64) -> Trail {
    let trail = Trail::of(app, AURORA).await;
    for number in 0..count {
        trail.plant(&Planted { at: days_ago(10 - number / 4), ..Planted::days_ago(number, 0) }).await;
    }
    trail
}

async fn page(client: &ApiClient, limit: usize, cursor: Option<&str>) -> Value {
    let cursor = cursor.unwrap_or_default();
    client.get_json(&format!("/audit/logs?limit={limit}&action=EVENT_CREATED&cursor={cursor}")).await
}

#[tokio::test]
async fn pages_lack_nothing_and_repeat_nothing_while_entries_are_added() {
    let app = TestApp::start().await;
    let trail = trail(&app, 23).await;
    let client = app.client_of(OWNER).await;
    let mut added = 1_000;
    for limit in [1, 2, 3, 7, 22, 23, 24, 200] {
        let before: Vec<i64> = numbers(&page(&client, 200, None).await);
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let list = page(&client, limit, cursor.as_deref()).await;
            all.extend(numbers(&list));
            // Whoever reads is recorded, too, so that the trail grows by two for every page.
            trail.append(added, None, "EVENT_CREATED", "event").await;
            added += 1;
            match list["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
            assert!(!list["items"].as_array().expect("items").is_empty(), "a page that leads on has something on it");
        }
        assert_eq!(all, before, "{limit}");
    }
}

#[tokio::test]
async fn entries_are_newest_first_and_those_of_one_moment_in_the_order_of_the_chain() {
    let app = TestApp::start().await;
    trail(&app, 11).await;
    let list = page(&app.client_of(OWNER).await, 200, None).await;
    let items = list["items"].as_array().expect("items");
    let keys: Vec<(&str, i64)> = items
        .iter()
        .map(|entry| (entry["created_at"].as_str().expect("a time"), entry["seq"].as_i64().expect("a number")))
        .collect();
    assert_eq!(keys.len(), 11);
    assert!(keys.is_sorted_by(|newer, older| newer > older), "{keys:?}");
    assert!(list["next_cursor"].is_null());
}

#[tokio::test]
async fn the_first_page_says_for_how_long_the_list_is() {
    let app = TestApp::start().await;
    let trail = trail(&app, 8).await;
    let client = app.client_of(OWNER).await;
    let from = days_ago(60);
    let first = client.get_json(&format!("/audit/logs?limit=3&from={from}")).await;
    trail.plant(&Planted { at: days_ago(50), ..Planted::days_ago(99, 0) }).await;
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let rest = client.get_json(&format!("/audit/logs?cursor={cursor}")).await;
    assert_eq!(numbers(&rest).last(), Some(&99), "sixty days back, as the first page said, and not thirty");
    let narrowed = client.get_json(&format!("/audit/logs?cursor={cursor}&from={}", days_ago(30))).await;
    assert!(!numbers(&narrowed).contains(&99));
}
