//! The files of an export: who takes one is recorded first, and nothing is given that is not finished.

use std::fs;

use serde_json::{Value, json};

use super::{AURORA, LEFT_OUT, MANIFEST, OWNER, ROWS, Trail, change, finished, path, paths, queued};
use crate::app::TestApp;

/// The route of a file, its name in the trail, how its name ends, its media type and what is in it.
const FILES: [(&str, &str, &str, &str, &[u8]); 3] = [
    ("download", "rows", ".jsonl.gz", "application/gzip", ROWS),
    ("left-out", "left_out", ".left-out.jsonl.gz", "application/gzip", LEFT_OUT),
    ("manifest", "manifest", ".manifest.json", "application/json", MANIFEST),
];

/// The longest file that is answered with itself, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

#[tokio::test]
async fn d5_a_folder_s_files_come_as_attachments_that_no_cache_keeps_and_each_is_recorded() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    for (route, file, ending, media_type, content) in FILES {
        let answer = client.get(&format!("{}/{route}", path(id))).await;
        assert_eq!((answer.status(), answer.bytes()), (200, content), "{route}");
        let name = format!("audit-2026-10-01-2026-11-01-{}{ending}", &id.to_string()[..8]);
        let disposition = format!("attachment; filename=\"{name}\"");
        assert_eq!(answer.header("content-disposition"), Some(&*disposition));
        assert_eq!(answer.header("content-type"), Some(media_type));
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let row = trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.pop().expect("a row");
        assert_eq!((&row["resource_type"], &row["resource_id"]), (&json!("audit_log"), &json!(id)));
        assert_eq!(
            (&row["metadata"], &row["workos_user_id"]),
            (&json!({"file": file}), &json!("user_01SEEDAURORAOWNER"))
        );
    }
    assert_eq!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.len(), 3);
}

#[tokio::test]
async fn d5_a_bucket_s_files_are_behind_a_link_that_lives_five_minutes() {
    let app = TestApp::setup()
        .setting("EXPORT_URL", "s3://trail.example/kept")
        .setting("AWS_REGION", "eu-central-1")
        .setting("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .setting("AWS_SECRET_ACCESS_KEY", "not-a-key-of-anybody")
        .start()
        .await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    for (route, file, ending, _, _) in FILES {
        let answer = client.get(&format!("{}/{route}", path(id))).await;
        assert_eq!((answer.status(), answer.bytes()), (302, &b""[..]), "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        let link = url::Url::parse(answer.location()).expect("a URL");
        assert_eq!(link.scheme(), "https");
        assert!(link.path().ends_with(ending) && link.path().contains("kept/exports/"), "{link}");
        let expires = link.query_pairs().find(|(name, _)| name == "X-Amz-Expires").expect("an end").1.into_owned();
        assert_eq!(expires, "300");
        let row = trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.pop().expect("a row");
        assert_eq!(row["metadata"], json!({"file": file}), "the link is nobody else's");
    }
    assert!(!app.logs().contains("X-Amz-Signature"), "a link is as secret as what it leads to");
}

#[tokio::test]
async fn what_is_not_finished_is_not_ready_and_nobody_has_taken_it() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let id = queued(trail.owner(), AURORA).await;
    let [download, left_out, manifest, _] = paths(id);
    for assignments in [
        "status = 'queued'",
        // The files of a run that was interrupted are there, and are not the export.
        "status = 'running', object_key = 'exports/a/b', manifest_key = 'exports/a/c', left_out_key = 'exports/a/d'",
        "status = 'failed', error_code = 'store_denied'",
    ] {
        change(trail.owner(), id, assignments).await;
        for path in [&download, &left_out, &manifest] {
            assert_eq!(client.get(path).await.problem(), (409, "not_ready".to_owned()), "{assignments} {path}");
        }
    }
    let detail = client.get(&download).await.json()["detail"].clone();
    assert!(detail.as_str().is_some_and(|detail| detail.contains("failed")), "{detail}");
    assert!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.is_empty());
    assert!(trail.stored("UNAUTHORIZED_ACCESS_ATTEMPT").await.is_empty(), "who is early is refused nothing");
}

#[tokio::test]
async fn an_export_that_leaves_nothing_out_has_no_such_file() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    change(trail.owner(), id, "left_out_key = null, left_out_size = null, left_out_sha256 = null").await;
    let [download, left_out, ..] = paths(id);
    assert_eq!(client.get(&left_out).await.problem(), (404, "not_found".to_owned()));
    assert_eq!(client.get(&download).await.status(), 200);
    assert!(trail.stored("UNAUTHORIZED_ACCESS_ATTEMPT").await.is_empty());
    assert_eq!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.len(), 1);
}

#[tokio::test]
async fn d1_who_cannot_be_recorded_gets_no_file() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    trail.owner().batch_execute("begin; select from audit_heads for update").await.expect("a lock");
    for path in &paths(id)[..3] {
        assert_eq!(client.get(path).await.problem(), (503, "unavailable".to_owned()), "{path}");
    }
    trail.owner().batch_execute("rollback").await.expect("the lock goes");
    assert_eq!(client.get(&paths(id)[0]).await.status(), 200);
}

#[tokio::test]
async fn a_file_that_is_gone_or_too_long_for_an_answer_says_so_and_gives_no_path_away() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    let read = "select object_key, manifest_key from audit_log_exports where id = $1";
    let row = app.owner().await.query_one(read, &[&id]).await.expect("the export");
    let [rows, manifest] = [0, 1].map(|column| app.exports().join(row.get::<_, &str>(column)));
    fs::remove_file(&manifest).expect("it is there");
    let long = fs::OpenOptions::new().write(true).open(&rows).expect("it is there");
    long.set_len(LONGEST + 1).expect("it grows");
    let [download, _, gone, _] = paths(id);
    for path in [&download, &gone] {
        let answer = client.get(path).await;
        assert_eq!(answer.problem(), (503, "unavailable".to_owned()), "{path}");
        assert!(!answer.text().contains(&app.exports().display().to_string()), "{answer:?}");
    }
    let detail: Value = client.get(&download).await.json()["detail"].clone();
    let detail = detail.as_str().expect("a text");
    let key = row.get::<_, &str>(0);
    assert!(detail.contains("4194304 bytes") && detail.contains(key), "where in the store it lies: {detail}");
}

#[tokio::test]
async fn the_longest_file_that_is_answered_comes_whole() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    let read = "select object_key from audit_log_exports where id = $1";
    let key: String = app.owner().await.query_one(read, &[&id]).await.expect("the export").get(0);
    let content: Vec<u8> = (0..LONGEST as u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    fs::write(app.exports().join(key), &content).expect("a file");
    let answer = client.get(&format!("{}/download", path(id))).await;
    assert!(answer.bytes() == content, "{} bytes", answer.bytes().len());
}
