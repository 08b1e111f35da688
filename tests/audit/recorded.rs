//! Whoever looks at the trail is in it.

use serde_json::{Value, json};

use super::{AURORA, OWNER, Planted, Trail, found};
use crate::app::TestApp;

#[tokio::test]
async fn looking_is_recorded_once_and_shows_with_the_next_look() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    trail.plant(&Planted::days_ago(1, 1)).await;
    let client = app.client_of(OWNER).await;
    let target = "/audit/logs?action=EVENT_CREATED&user_id=user_01SEEDAURORAOWNER&resource_id=";
    let answer = client.get(target).await;
    assert_eq!(answer.json()["items"].as_array().map(Vec::len), Some(1), "not the look itself");
    let list = client.get_json("/audit/logs?action=AUDIT_LOG_VIEWED").await;
    let [looked] = list["items"].as_array().expect("items").as_slice() else { panic!("{list}") };
    assert_eq!(looked["workos_user_id"], "user_01SEEDAURORAOWNER");
    assert_eq!((looked["actor_type"].as_str(), looked["outcome"].as_str()), (Some("user"), Some("success")));
    assert_eq!((&looked["resource_type"], &looked["resource_id"]), (&json!("audit_log"), &Value::Null));
    assert_eq!(looked["request_id"].as_str(), answer.header("x-request-id"));
    assert_eq!(looked["user_agent"], "curl/8.14.1");
    assert!(looked["ip_address"].as_str().is_some_and(|address| !address.contains('/')), "{looked}");
    let metadata = &looked["metadata"];
    assert_eq!(metadata["filters"], json!({"action": ["EVENT_CREATED"], "user_id": ["user_01SEEDAURORAOWNER"]}));
    assert_eq!((&metadata["view"], &metadata["entries"]), (&json!("list"), &json!(1)));
    for bound in ["from", "to"] {
        assert!(metadata[bound].as_str().is_some_and(|time| time.parse::<jiff::Timestamp>().is_ok()), "{metadata}");
    }
    assert_eq!(trail.stored("AUDIT_LOG_VIEWED").await.len(), 2);
}

#[tokio::test]
async fn a_page_and_a_report_are_recorded_as_a_document_is() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    assert_eq!(browser.get("/audit/logs").await.status(), 200);
    assert_eq!(trail.stored("AUDIT_LOG_VIEWED").await.len(), 1);
    assert_eq!(browser.get("/audit/report").await.status(), 200);
    browser.api().get_json("/audit/report").await;
    let reports = trail.stored("COMPLIANCE_REPORT_GENERATED").await;
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[0]["resource_type"], "compliance");
    let sign_ins = trail.stored("SESSION_SIGNED_IN").await.len();
    assert_eq!(reports[0]["metadata"]["total_events"], sign_ins + 1, "the look at the list, not the report itself");
    assert_eq!(reports[1]["metadata"]["total_events"], sign_ins + 2);
}

#[tokio::test]
async fn what_somebody_typed_instead_of_an_id_is_not_kept() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    found(&app.client_of(OWNER).await, "user_id=somebody%40example.org").await;
    let [looked] = trail.stored("AUDIT_LOG_VIEWED").await.try_into().expect("one look");
    assert_eq!(looked["metadata"]["filters"], json!({"user_id": ["not an id"]}));
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_shown() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    trail.plant(&Planted::days_ago(1, 1)).await;
    let client = app.client_of(OWNER).await;
    assert_eq!(found(&client, "").await, [1]);
    // Somebody holds the end of the chain for longer than anybody waits.
    let lock = "begin; select from audit_heads for update";
    trail.owner().batch_execute(lock).await.expect("a lock");
    for path in ["/audit/logs", "/audit/report", "/audit/portal"] {
        let answer = client.get(path).await;
        assert_eq!(answer.problem(), (503, "unavailable".to_owned()), "{path}");
        assert!(!answer.text().contains("EVENT_CREATED"), "{path}: {answer:?}");
    }
    let portal = |request: &dev::workos::Request| request.path.starts_with("/portal");
    assert!(!app.workos().control().requests().iter().any(portal), "nor is anybody sent on");
    trail.owner().batch_execute("rollback").await.expect("the lock goes");
    assert_eq!(found(&client, "").await, [1]);
}
