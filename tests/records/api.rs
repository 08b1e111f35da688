//! What an API client can do to a record.

use serde_json::{Value, json};

use super::{AURORA, OWNER, OWNER_ID, change, meeting, path, records_of, write, write_with};
use crate::app::{PUBLIC_URL, TestApp};

/// What is answered to whoever has just sent the rest.
const WITHOUT_CONTENT: [&str; 6] = ["created_at", "guest_name", "id", "last_modified_at", "meeting_id", "version"];

fn fields(document: &Value) -> Vec<&str> {
    let mut fields: Vec<&str> = document.as_object().expect("an object").keys().map(String::as_str).collect();
    fields.sort_unstable();
    fields
}

#[tokio::test]
async fn a_record_is_written_read_and_changed() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let metadata = json!({"scale": 3, "tags": ["sleep", "é"], "nested": {"a": null}});
    let answer = client.post(&records_of(meeting), &json!({"content": "Dorme melhor.", "metadata": metadata})).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    let created = answer.json();
    assert_eq!(answer.location(), format!("{PUBLIC_URL}{}", path(&created)));
    assert_eq!(fields(&created), WITHOUT_CONTENT, "what was sent does not come back unrecorded");
    assert_eq!((&created["version"], &created["guest_name"]), (&json!(1), &json!("Rita Gomes")));
    assert_eq!(created["meeting_id"], json!(meeting));

    let read = client.get_json(&path(&created)).await;
    assert_eq!((&read["content"], &read["metadata"]), (&json!("Dorme melhor."), &metadata));
    assert_eq!(read["expert_id"], OWNER_ID);
    for field in WITHOUT_CONTENT {
        assert_eq!(read[field], created[field], "{field}");
    }

    let answer = client.put(&path(&created), &change("Dorme bem.", 1)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let changed = answer.json();
    assert_eq!(fields(&changed), WITHOUT_CONTENT);
    assert_eq!((&changed["version"], &changed["created_at"]), (&json!(2), &created["created_at"]));
    assert!(changed["last_modified_at"].as_str() > created["last_modified_at"].as_str(), "{changed}");
    let read = client.get_json(&path(&created)).await;
    assert_eq!(
        (&read["content"], &read["metadata"], &read["version"]),
        (&json!("Dorme bem."), &Value::Null, &json!(2))
    );
}

#[tokio::test]
async fn e5_text_comes_back_to_the_byte_up_to_the_limit() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    for content in [
        "Ação — 日本語 🙂 \u{202e}rtl\u{feff}\r\nline\ttab\r'; drop table records; -- <script>alert(1)</script> \\ \"",
        " \n",
        "\0",
        &"\u{1}".repeat(262_144),
        &"é".repeat(131_072),
    ] {
        let record = write(&client, meeting, content).await;
        let read = client.get_json(&path(&record)).await;
        assert!(read["content"] == content, "{} bytes", content.len());
    }
    // However JSON writes it: six bytes for one.
    let escaped = format!("{{\"content\": \"{}\"}}", "\\u0041".repeat(262_144));
    let call = client.call("POST", &records_of(meeting)).body("application/json", escaped);
    let answer = client.send(call).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    let read = client.get_json(&path(&answer.json())).await;
    assert!(read["content"] == "A".repeat(262_144));
    let metadata = json!({"a": "x".repeat(16_384 - 8)});
    let record = write_with(&client, meeting, "x", &metadata).await;
    assert!(client.get_json(&path(&record)).await["metadata"] == metadata);
}

#[tokio::test]
async fn b12_no_method_deletes_a_record() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let record = write(&client, meeting(&app, OWNER_ID, AURORA).await, "Fica.").await;
    let answer = client.delete(&path(&record)).await;
    assert_eq!(answer.problem(), (405, "method_not_allowed".to_owned()));
    assert_eq!(answer.header("allow"), Some("GET, HEAD, PUT"));
    assert_eq!(client.get_json(&path(&record)).await["content"], "Fica.");
}

#[tokio::test]
async fn whatever_has_content_is_for_no_cache() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let record = write(&client, meeting, "Segredo.").await;
    for target in [
        path(&record),
        records_of(meeting),
        "/records".to_owned(),
        format!("{}/versions", path(&record)),
        format!("{}/versions/1", path(&record)),
    ] {
        for accept in ["application/json", "text/html"] {
            let answer = client.send(client.call("GET", &target).header("accept", accept)).await;
            assert_eq!(answer.status(), 200, "{target}: {answer:?}");
            assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{target} {accept}");
            assert_eq!(answer.header("vary"), Some("Cookie, Accept"), "{target} {accept}");
        }
    }
}

#[tokio::test]
async fn e1_an_organization_s_first_record_makes_its_key_and_many_at_once_make_one() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let documents: Vec<Value> = (0..6).map(|number| json!({"content": format!("Nota {number}")})).collect();
    let target = records_of(meeting);
    let writing = documents.iter().map(|document| client.post(&target, document));
    let answers = futures_util::future::join_all(writing).await;
    assert!(answers.iter().all(|answer| answer.status() == 201), "{answers:?}");
    let keys = app.owner().await.query_one("select count(*) from org_keys", &[]).await.expect("a count");
    assert_eq!(keys.get::<_, i64>(0), 1);
    let mut contents = super::contents(&client, &target).await;
    contents.sort_unstable();
    assert_eq!(contents, (0..6).map(|number| format!("Nota {number}")).collect::<Vec<_>>(), "every one opens");
    let stored = "select encrypted_content from records";
    for row in app.owner().await.query(stored, &[]).await.expect("rows") {
        let envelope: Vec<u8> = row.get(0);
        assert!(!envelope.windows(4).any(|window| window == b"Nota"), "e7: it is stored sealed");
    }
}
