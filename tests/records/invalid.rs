//! What cannot be taken: a clear error with a stable code, and nothing is stored.

use serde_json::{Value, json};

use super::{AURORA, OWNER, OWNER_ID, change, meeting, path, records_of, write};
use crate::app::TestApp;

async fn stored(app: &TestApp) -> (i64, i64) {
    let count = "select (select count(*) from records), (select count(*) from record_versions)";
    let row = app.owner().await.query_one(count, &[]).await.expect("counts");
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn e5_what_is_too_large_is_413_and_names_the_field() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let record = write(&client, meeting, "x").await;
    let long = "x".repeat(262_145);
    let metadata = json!({"a": "x".repeat(16_384)});
    for (content, metadata, field, limit) in [
        (long.as_str(), &Value::Null, "content", "262144"),
        // 131,073 characters of two bytes each.
        (&"é".repeat(131_073), &Value::Null, "content", "262144"),
        ("x", &metadata, "metadata", "16384"),
    ] {
        let new = json!({"content": content, "metadata": metadata});
        let changed = json!({"content": content, "metadata": metadata, "version": 1});
        for answer in [client.post(&records_of(meeting), &new).await, client.put(&path(&record), &changed).await] {
            assert_eq!(answer.problem(), (413, "too_large".to_owned()));
            let problem = answer.json();
            assert_eq!(problem["errors"][0]["field"], field);
            let detail = problem["detail"].as_str().expect("a detail");
            assert!(detail.contains(field) && detail.contains(limit), "{detail}");
        }
    }
    let body = format!("{{\"content\": \"{}\"}}", "x".repeat(1_700_000));
    let call = client.call("POST", &records_of(meeting)).body("application/json", body);
    assert_eq!(client.send(call).await.problem(), (413, "too_large".to_owned()), "the body as a whole");
    assert_eq!(stored(&app).await, (1, 0));
}

#[tokio::test]
async fn what_is_not_acceptable_is_said_field_by_field() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let record = write(&client, meeting, "x").await;
    for (document, expected) in [
        (json!({}), vec!["content"]),
        (json!({"content": ""}), vec!["content"]),
        (json!({"content": 1, "metadata": "x", "expert_id": "user_1"}), vec!["expert_id", "content", "metadata"]),
    ] {
        let answer = client.post(&records_of(meeting), &document).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{document}");
        assert_eq!(named(&answer.json()), expected, "{document}");
    }
    for (document, expected) in [
        (json!({}), vec!["content", "metadata", "version"]),
        (json!({"content": "y", "version": 1}), vec!["metadata"]),
        (json!({"content": "y", "metadata": null}), vec!["version"]),
        (json!({"content": "y", "metadata": null, "version": 0}), vec!["version"]),
    ] {
        let answer = client.put(&path(&record), &document).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{document}");
        assert_eq!(named(&answer.json()), expected, "{document}");
    }
    assert_eq!(stored(&app).await, (1, 0));
}

fn named(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().expect("errors");
    errors.iter().filter_map(|error| error["field"].as_str()).collect()
}

#[tokio::test]
async fn what_is_no_text_is_malformed() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let target = records_of(meeting(&app, OWNER_ID, AURORA).await);
    // Half of a surrogate pair stands for no character.
    for body in [&b"{\"content\": \"\\ud800\"}"[..], b"{\"content\": \"\xff\"}", b"{\"content\": \"x\"", b"[]", b""] {
        let call = client.call("POST", &target).body("application/json", body);
        assert_eq!(client.send(call).await.problem(), (400, "malformed".to_owned()), "{body:?}");
    }
    assert_eq!(stored(&app).await, (0, 0));
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_malformed() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let record = write(&client, meeting, "x").await;
    let lists = ["/records".to_owned(), records_of(meeting), format!("{}/versions", path(&record))];
    for list in &lists {
        for (query, status, code) in [
            ("limit=0", 422, "invalid"),
            ("limit=201", 422, "invalid"),
            ("limit=x", 400, "malformed"),
            ("cursor=garbage", 400, "malformed"),
        ] {
            assert_eq!(client.get(&format!("{list}?{query}")).await.problem(), (status, code.to_owned()), "{list}");
        }
    }
    for id in ["x", "%00", "0193fa6e"] {
        assert_eq!(client.get(&format!("/records?meeting_id={id}")).await.problem(), (400, "malformed".to_owned()));
    }
}

#[tokio::test]
async fn f4_what_is_no_id_or_no_version_is_not_found() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let record = write(&client, meeting(&app, OWNER_ID, AURORA).await, "x").await;
    let mut targets: Vec<String> = ["0", "01", "-1", "+1", "2", "2147483648", "x", "1.0"]
        .map(|n| format!("{}/versions/{n}", path(&record)))
        .into();
    targets.extend(
        ["/records/x", "/meetings/x/records", "/records/0193fa6e-0000-7000-8000-000000000000"].map(str::to_owned),
    );
    for target in targets {
        assert_eq!(client.get(&target).await.problem(), (404, "not_found".to_owned()), "{target}");
    }
    let nobody = "/records/0193fa6e-0000-7000-8000-000000000000";
    assert_eq!(client.put(nobody, &change("x", 1)).await.problem(), (404, "not_found".to_owned()));
}
