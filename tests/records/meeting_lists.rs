//! `GET /meetings/{meeting_id}/records`: with what they say, in pages that an answer can hold.

use serde_json::{Value, json};

use super::{AURORA, OWNER, OWNER_ID, contents, meeting, records_of, write};
use crate::{
    app::TestApp,
    trail::{Row, rows, rows_since},
};

/// The ids of the records that rows of the trail say were seen.
fn seen(rows: &[Row]) -> Vec<&str> {
    let viewed = rows.iter().filter(|row| row.action == "MEDICAL_RECORD_VIEWED");
    viewed.map(|row| row.resource_id.as_deref().expect("an id")).collect()
}

#[tokio::test]
async fn e7_e9_pages_follow_in_the_order_of_writing_and_only_what_is_on_them_is_recorded() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let (meeting, other) = (meeting(&app, OWNER_ID, AURORA).await, meeting(&app, OWNER_ID, AURORA).await);
    for number in 0..5 {
        write(&client, meeting, &format!("Nota {number}")).await;
        write(&client, other, "De outra consulta").await;
    }
    let (mut page, mut all) = (String::new(), Vec::new());
    for expected in [2, 2, 1] {
        let before = rows(&app).await.len();
        let list = client.get_json(&format!("{}?limit=2{page}", records_of(meeting))).await;
        let items = list["items"].as_array().expect("items");
        assert_eq!(items.len(), expected);
        let ids: Vec<&str> = items.iter().filter_map(|record| record["id"].as_str()).collect();
        assert_eq!(seen(&rows_since(&app, before).await), ids, "the row after the page is not seen");
        all.extend(items.iter().map(|record| record["content"].as_str().expect("a content").to_owned()));
        page = list["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    }
    assert_eq!((all.len(), page.as_str()), (5, ""));
    assert_eq!(all, (0..5).map(|number| format!("Nota {number}")).collect::<Vec<_>>());
    assert_eq!(contents(&client, &records_of(meeting)).await, all);
}

#[tokio::test]
async fn e5_e7_a_page_ends_before_it_is_more_than_an_answer_can_hold() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    // In the event that Lambda takes, each of these is seven bytes.
    let largest = "\u{1}".repeat(262_144);
    for _ in 0..4 {
        write(&client, meeting, &largest).await;
    }
    write(&client, meeting, "Curta.").await;
    let (mut page, mut sizes) = (String::new(), Vec::new());
    loop {
        let before = rows(&app).await.len();
        let list = client.get_json(&format!("{}?limit=200{page}", records_of(meeting))).await;
        let items = list["items"].as_array().expect("items");
        assert!(items.iter().all(|record| record["content"] == largest || record["content"] == "Curta."));
        assert_eq!(seen(&rows_since(&app, before).await).len(), items.len(), "d2: what is cut off is not seen");
        sizes.push(items.len());
        match list["next_cursor"].as_str() {
            Some(next) => page = format!("&cursor={next}"),
            None => break,
        }
    }
    // Three envelopes of 262,177 bytes are 99 too many.
    assert_eq!(sizes, [2, 3]);
}

#[tokio::test]
async fn e5_a_record_that_is_larger_than_a_page_is_a_page_of_its_own() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    write(&client, meeting, "Antes.").await;
    write(&client, meeting, "Depois.").await;
    // As large as no function writes one.
    app.owner()
        .await
        .batch_execute("alter table records drop constraint records_encrypted_content_check")
        .await
        .expect("no limit");
    let enlarge = "update records set encrypted_content = encrypted_content || decode(repeat('00', 800000), 'hex')";
    app.owner().await.batch_execute(enlarge).await.expect("it is larger");
    let first = client.get_json(&records_of(meeting)).await;
    assert_eq!(first["items"].as_array().map(Vec::len), Some(1), "one at least");
    assert_eq!(first["items"][0]["error"], json!({"code": "undecryptable"}));
    let next = format!("{}?cursor={}", records_of(meeting), first["next_cursor"].as_str().expect("a next page"));
    let second = client.get_json(&next).await;
    assert_eq!((second["items"].as_array().map(Vec::len), &second["next_cursor"]), (Some(1), &Value::Null));
}
