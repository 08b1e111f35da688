//! Every version is kept and can be read (hardening E4).

use serde_json::{Value, json};

use super::{AURORA, OWNER, OWNER_ID, change, meeting, path, write_with};
use crate::{
    app::TestApp,
    trail::{rows, rows_since},
};

#[tokio::test]
async fn e4_e9_every_version_is_kept_and_reading_one_is_recorded_with_its_number() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let metadata = json!({"scale": 1});
    let record = write_with(&client, meeting(&app, OWNER_ID, AURORA).await, "Texto 1", &metadata).await;
    for version in 1..4 {
        let answer = client.put(&path(&record), &change(&format!("Texto {}", version + 1), version)).await;
        assert_eq!(answer.json()["version"], version + 1);
    }
    let before = rows(&app).await.len();
    let history = client.get_json(&format!("{}/versions", path(&record))).await;
    let numbers: Vec<i64> =
        history["items"].as_array().expect("items").iter().filter_map(|one| one["version"].as_i64()).collect();
    assert_eq!((numbers, &history["next_cursor"]), (vec![4, 3, 2, 1], &Value::Null));
    assert!(!history.to_string().contains("Texto"), "{history}");
    assert_eq!(rows(&app).await.len(), before, "what says nothing is not recorded");

    for number in 1..=4 {
        let before = rows(&app).await.len();
        let version = client.get_json(&format!("{}/versions/{number}", path(&record))).await;
        assert_eq!((&version["version"], &version["content"]), (&json!(number), &json!(format!("Texto {number}"))));
        assert_eq!(version["metadata"], if number == 1 { metadata.clone() } else { Value::Null });
        assert_eq!((&version["id"], &version["created_at"]), (&record["id"], &record["created_at"]));
        let listed = &history["items"][4 - number];
        assert_eq!(version["last_modified_at"], listed["last_modified_at"], "when it was written");
        let seen = rows_since(&app, before).await;
        let [row] = seen.as_slice() else { panic!("{seen:#?}") };
        assert_eq!((row.action.as_str(), row.resource_id.as_deref()), ("MEDICAL_RECORD_VIEWED", record["id"].as_str()));
        assert_eq!(row.metadata, Some(json!({"version": number})));
    }
    for number in ["5", "0", "2147483647"] {
        let target = format!("{}/versions/{number}", path(&record));
        assert_eq!(client.get(&target).await.problem(), (404, "not_found".to_owned()), "{number}");
    }
}

#[tokio::test]
async fn the_history_is_paged() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let record = write_with(&client, meeting(&app, OWNER_ID, AURORA).await, "1", &Value::Null).await;
    for version in 1..5 {
        client.put(&path(&record), &change("x", version)).await;
    }
    let (mut numbers, mut page) = (Vec::new(), String::new());
    loop {
        let list = client.get_json(&format!("{}/versions?limit=2{page}", path(&record))).await;
        let items = list["items"].as_array().expect("items");
        assert!(items.len() <= 2);
        numbers.extend(items.iter().filter_map(|one| one["version"].as_i64()));
        match list["next_cursor"].as_str() {
            Some(next) => page = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn e4_a_stale_version_changes_nothing() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let record = write_with(&client, meeting(&app, OWNER_ID, AURORA).await, "Um", &Value::Null).await;
    assert_eq!(client.put(&path(&record), &change("Dois", 1)).await.status(), 200);
    let before = rows(&app).await.len();
    for version in [1, 3, 2_147_483_647] {
        let answer = client.put(&path(&record), &change("Perdido", version)).await;
        assert_eq!(answer.problem(), (409, "version_conflict".to_owned()), "{version}");
        assert!(!answer.text().contains("Dois") && !answer.text().contains("Perdido"), "{answer:?}");
    }
    assert_eq!(rows(&app).await.len(), before, "nothing was written, and nothing shown");
    let read = client.get_json(&path(&record)).await;
    assert_eq!((&read["content"], &read["version"]), (&json!("Dois"), &json!(2)));
}
