//! The list, and how an export looks on its way.

use serde_json::{Value, json};

use super::{AURORA, NORTE, OWNER, Trail, ask, change, finished, path, queued, wanted};
use crate::app::TestApp;

#[tokio::test]
async fn pages_are_newest_first_and_lack_nothing_while_exports_are_added() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let owner = app.owner().await;
    let mut made = Vec::new();
    for number in 0..7 {
        let id = queued(&owner, AURORA).await;
        // Several of one moment.
        change(&owner, id, &format!("created_at = '2026-11-0{}T00:00:00Z'", number / 3 + 1)).await;
        made.push((number / 3, id.to_string()));
    }
    made.sort_by(|one, other| other.cmp(one));
    let expected: Vec<Value> = made.into_iter().map(|(_, id)| json!(id)).collect();
    for limit in [1, 2, 3, 6, 7, 200] {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let list = client.get_json(&format!("/audit/exports?limit={limit}&cursor={cursor}")).await;
            ids.extend(list["items"].as_array().expect("items").iter().map(|item| item["id"].clone()));
            let newer = queued(&owner, AURORA).await;
            match list["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break owner.batch_execute(&delete(newer)).await.expect("it goes"),
            }
            owner.batch_execute(&delete(newer)).await.expect("it goes");
        }
        assert_eq!(ids, expected, "{limit}");
    }
    for (query, problem) in [
        ("limit=0", (422, "invalid")),
        ("limit=201", (422, "invalid")),
        ("limit=x", (400, "malformed")),
        ("cursor=x", (400, "malformed")),
    ] {
        let answer = client.get(&format!("/audit/exports?{query}")).await;
        assert_eq!(answer.problem(), (problem.0, problem.1.to_owned()), "{query}");
    }
}

fn delete(id: uuid::Uuid) -> String {
    format!("delete from audit_log_exports where id = '{id}'")
}

#[tokio::test]
async fn a_cursor_of_another_organization_finds_one_s_own_only() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    for _ in 0..3 {
        ask(&client, &wanted()).await;
    }
    let list = client.get_json("/audit/exports?limit=1").await;
    let cursor = list["next_cursor"].as_str().expect("a cursor");
    let norte = app.client_of("owner@norte.example").await;
    let own = finished(&app, NORTE).await;
    change(&app.owner().await, own, "created_at = '2026-01-01'").await;
    let list = norte.get_json(&format!("/audit/exports?cursor={cursor}")).await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["items"][0]["id"], json!(own));
}

#[tokio::test]
async fn an_export_shows_how_far_it_is_and_not_where_its_files_lie() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let owner = app.owner().await;
    let id = queued(&owner, AURORA).await;
    let shown = async || client.get_json(&path(id)).await;

    let waiting = "attempt = 1, error_code = 'store_unavailable', next_attempt_at = now() + interval '1 hour'";
    change(&owner, id, waiting).await;
    let export = shown().await;
    assert_eq!((&export["status"], &export["error_code"]), (&json!("queued"), &json!("store_unavailable")));
    assert!(export["next_attempt_at"].is_string(), "{export}");

    let running = "
        status = 'running', error_code = null, started_at = now(), record_count = 50,
        first_seq = 11, last_seq = 20, next_seq = 16, head_seq = 25, head_hash = sha256('head'),
        lease = gen_random_uuid(), next_attempt_at = now() + interval '1 minute', resume = '{}'";
    change(&owner, id, running).await;
    let export = shown().await;
    assert_eq!((&export["status"], &export["progress"]), (&json!("running"), &json!(0.5)));
    assert_eq!((&export["record_count"], &export["next_attempt_at"]), (&json!(50), &Value::Null));
    assert_eq!((&export["first_seq"], &export["last_seq"], &export["head_seq"]), (&json!(11), &json!(20), &json!(25)));

    let failed = "status = 'failed', lease = null, error_code = 'store_denied', finished_at = now()";
    change(&owner, id, failed).await;
    let export = shown().await;
    assert_eq!((&export["status"], &export["error_code"]), (&json!("failed"), &json!("store_denied")));
    assert!(export["finished_at"].is_string());

    let done = client.get_json(&path(finished(&app, AURORA).await)).await;
    assert_eq!(
        (&done["progress"], &done["record_count"], &done["left_out_count"]),
        (&json!(1.0), &json!(812), &json!(94))
    );
    let hash: String = owner.query_one("select encode(sha256('rows'), 'hex')", &[]).await.expect("a hash").get(0);
    assert_eq!((&done["sha256"], &done["file_size"]), (&json!(hash), &json!(10)));
    for inside in ["object_key", "manifest_key", "left_out_key", "lease", "resume", "attempt", "next_seq"] {
        assert!(done.get(inside).is_none(), "{inside}: {done}");
    }
    assert!(!done.to_string().contains("exports/"), "{done}");
}

#[tokio::test]
async fn d7_looking_is_recorded_once_and_what_cannot_be_recorded_is_not_shown() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    client.get_json("/audit/exports").await;
    client.get_json(&path(id)).await;
    let looks = trail.stored("AUDIT_LOG_VIEWED").await;
    let [list, one] = looks.as_slice() else { panic!("{looks:#?}") };
    assert_eq!((&list["metadata"], &list["resource_id"]), (&json!({"view": "exports", "exports": 1}), &Value::Null));
    assert_eq!((&one["metadata"], &one["resource_id"]), (&json!({"view": "exports"}), &json!(id)));
    trail.owner().batch_execute("begin; select from audit_heads for update").await.expect("a lock");
    for path in ["/audit/exports".to_owned(), path(id)] {
        let answer = client.get(&path).await;
        assert_eq!(answer.problem(), (503, "unavailable".to_owned()), "{path}");
        assert!(!answer.text().contains("A request"), "{answer:?}");
    }
    trail.owner().batch_execute("rollback").await.expect("the lock goes");
}
