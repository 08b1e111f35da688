//! Asking for an export: what is taken, what is stored, what is recorded, and how many there may be.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{AURORA, NORTE, OWNER, Trail, ask, change, finished, queued, wanted};
use crate::app::{PUBLIC_URL, TestApp};

/// The most that may be under way.
const MOST: usize = 20;

#[tokio::test]
async fn what_is_asked_for_waits_in_the_table_and_is_answered_with_its_address() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let mut document = wanted();
    document["from"] = json!("2026-10-01T00:00:00.123456+01:00");
    document["to"] = json!("2030-01-01T00:00:00Z");
    document["actions"] = json!(["EVENT_UPDATED", "EVENT_CREATED"]);
    document["resource_types"] = json!(["event"]);
    document["format"] = json!("csv");
    document["reason"] = json!("  The yearly audit,\nfor the auditors ");
    let answer = client.post("/audit/exports", &document).await;
    assert_eq!(answer.status(), 202, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    let export = answer.json();
    let id = export["id"].as_str().expect("an id");
    assert_eq!(answer.location(), format!("{PUBLIC_URL}/audit/exports/{id}"));
    assert_eq!(client.get_json(&format!("/audit/exports/{id}")).await, export);
    for (field, expected) in [
        ("trigger", json!("requested")),
        ("workos_user_id", json!("user_01SEEDAURORAOWNER")),
        ("from", json!("2026-09-30T23:00:00.123456Z")),
        ("to", json!("2030-01-01T00:00:00Z")),
        ("actions", json!(["EVENT_UPDATED", "EVENT_CREATED"])),
        ("resource_types", json!(["event"])),
        ("format", json!("csv")),
        ("reason", json!("The yearly audit,\nfor the auditors")),
        ("status", json!("queued")),
        ("progress", Value::Null),
        ("next_attempt_at", Value::Null),
    ] {
        assert_eq!(export[field], expected, "{field}");
    }
    let stored = "
        select to_jsonb(e)
          from audit_log_exports e
          join organizations o on o.id = e.org_id
         where o.workos_org_id = 'org_01SEEDAURORA'";
    let stored: Value = trail.owner().query_one(stored, &[]).await.expect("one row").get(0);
    assert_eq!((&stored["id"], &stored["status"]), (&json!(id), &json!("queued")));
    assert_eq!((&stored["export_format"], &stored["reason"]), (&json!("csv"), &export["reason"]));
    assert_eq!(stored["actions"], export["actions"]);
}

#[tokio::test]
async fn d5_d7_asking_is_recorded_with_everything_but_the_reason() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let mut document = wanted();
    document["actions"] = json!(["EVENT_CREATED"]);
    document["reason"] = json!("About senhor Silva");
    let export = ask(&client, &document).await;
    let [row] = trail.stored("AUDIT_LOG_EXPORTED").await.try_into().expect("one row");
    assert_eq!((&row["resource_type"], &row["resource_id"]), (&json!("audit_log"), &export["id"]));
    assert_eq!((&row["workos_user_id"], &row["outcome"]), (&json!("user_01SEEDAURORAOWNER"), &json!("success")));
    let metadata = json!({
        "from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "actions": ["EVENT_CREATED"],
        "resource_types": null, "format": "jsonl",
    });
    assert_eq!(row["metadata"], metadata);
    assert!(!row.to_string().contains("Silva"), "{row}");
}

#[tokio::test]
async fn d1_what_cannot_be_recorded_is_not_asked_for() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    trail.owner().batch_execute("begin; select from audit_heads for update").await.expect("a lock");
    assert_eq!(client.post("/audit/exports", &wanted()).await.problem(), (503, "unavailable".to_owned()));
    trail.owner().batch_execute("rollback").await.expect("the lock goes");
    assert_eq!(client.get_json("/audit/exports").await["items"], json!([]));
}

#[tokio::test]
async fn e5_what_is_no_export_is_refused_field_by_field() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    for (field, value) in [
        ("from", json!("1999-12-31T00:00:00Z")),
        ("from", json!("yesterday")),
        ("to", json!("2026-10-01T00:00:00Z")),
        ("to", json!("2037-01-01T00:00:00Z")),
        ("actions", json!([])),
        ("actions", json!(["EVENT_CREATED", "EVENT_CREATED"])),
        ("actions", json!(["NOTHING"])),
        ("resource_types", json!(["meeting"])),
        ("resource_types", json!("event")),
        ("format", json!("pdf")),
        ("reason", json!("no")),
        ("reason", json!("x".repeat(501))),
        ("reason", json!(null)),
        ("status", json!("done")),
        ("org_id", json!("15cf9460-aec9-47fa-828f-576de1ffff26")),
    ] {
        let mut document = wanted();
        document[field] = value.clone();
        let answer = client.post("/audit/exports", &document).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{field}: {value}");
        let errors = answer.json()["errors"].clone();
        assert_eq!(errors.as_array().map(Vec::len), Some(1), "{errors}");
        assert_eq!(errors[0]["field"], field, "{value}");
    }
    let nothing = client.post("/audit/exports", &json!({})).await.json();
    let fields: Vec<_> =
        nothing["errors"].as_array().expect("errors").iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["from", "to", "format", "reason"]);
    assert_eq!(client.post("/audit/exports", &json!([])).await.problem(), (400, "malformed".to_owned()));
    let mut document = wanted();
    document["reason"] = json!("x".repeat(20_000));
    assert_eq!(client.post("/audit/exports", &document).await.problem(), (413, "too_large".to_owned()));
    assert_eq!(client.get_json("/audit/exports").await["items"], json!([]));
}

#[tokio::test]
async fn an_organization_has_so_many_under_way_and_no_more() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let owner = app.owner().await;
    let scheduled = "
        insert into audit_log_exports (org_id, trigger, start_date, end_date, export_format)
        select id, 'scheduled', '2026-09-01', '2026-10-01', 'jsonl' from organizations
         where workos_org_id = 'org_01SEEDAURORA'";
    owner.batch_execute(scheduled).await.expect("the schedule's own does not count");
    finished(&app, AURORA).await;
    let mut ids = Vec::new();
    for _ in 0..MOST {
        ids.push(queued(&owner, AURORA).await);
    }
    let full = (409, "too_many_exports".to_owned());
    assert_eq!(client.post("/audit/exports", &wanted()).await.problem(), full);
    change(&owner, ids[0], "status = 'running'").await;
    assert_eq!(client.post("/audit/exports", &wanted()).await.problem(), full, "one that is made is under way");
    change(&owner, ids[0], "status = 'failed', error_code = 'store_denied'").await;
    ask(&client, &wanted()).await;
    assert_eq!(client.post("/audit/exports", &wanted()).await.problem(), full);
    // Another organization's do not count, and neither do those that were refused.
    ask(&app.client_of("owner@norte.example").await, &wanted()).await;
    let trail = Trail::of(&app, AURORA).await;
    assert_eq!(trail.stored("AUDIT_LOG_EXPORTED").await.len(), 1);
    assert_eq!(Trail::of(&app, NORTE).await.stored("AUDIT_LOG_EXPORTED").await.len(), 1);
}

#[tokio::test]
async fn f8_of_many_requests_at_once_not_one_too_many_is_taken() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let owner = app.owner().await;
    for _ in 0..MOST - 3 {
        queued(&owner, AURORA).await;
    }
    let wanted = wanted();
    let answers = join_all((0..8).map(|_| client.post("/audit/exports", &wanted))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 202, 202, 409, 409, 409, 409, 409]);
    let trail = Trail::of(&app, AURORA).await;
    assert_eq!(trail.stored("AUDIT_LOG_EXPORTED").await.len(), 3);
}
