//! Whose turn it is in the queue: no export is begun that there is no time for, and what was begun is finished first.

use std::time::Duration;

use serde_json::json;
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    at, finished, october, pass, queue, status,
    trail::{Rows, grow, organization},
    worker,
};
use crate::app::TestApp;

/// Enough for many parts.
const HEAVY: (i64, i64) = (4000, 640);
/// So little that a file is put at once.
const LIGHT: (i64, i64) = (100, 0);

/// So many rows of October, of this padding.
fn rows((count, padding): (i64, i64)) -> Rows {
    Rows { first: at("2026-10-01T00:00:00Z"), step: 600, count, padding }
}

/// Asserts that no worker has had an export yet.
async fn assert_untouched(owner: &Client, id: Uuid) {
    let untouched = "
        select status = 'queued' and attempt = 0 and started_at is null and next_attempt_at = created_at
          from audit_log_exports
         where id = $1";
    let untouched: bool = owner.query_one(untouched, &[&id]).await.expect("the export").get(0);
    assert!(untouched, "{id}");
}

#[tokio::test]
async fn none_is_begun_that_there_is_no_time_for() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, rows(LIGHT)).await;
    let first = queue(&owner, org_id, &october("jsonl")).await;
    let second = queue(&owner, org_id, &october("csv")).await;
    let worker = worker(&app, &[]).with_timeout(Duration::from_secs(60));
    assert_eq!(worker.invoke(json!({})).await.expect("an export"), json!({"queued": 0, "done": 1}));
    finished(&app, &owner, first).await;
    assert_untouched(&owner, second).await;
    let with_none = worker.with_timeout(Duration::from_secs(20));
    assert_eq!(with_none.invoke(json!({})).await.expect("nothing"), json!({"queued": 0, "done": 0}));
    assert_untouched(&owner, second).await;
    let with_all = with_none.with_timeout(Duration::from_secs(900));
    queue(&owner, org_id, &october("csv")).await;
    assert_eq!(with_all.invoke(json!({})).await.expect("exports"), json!({"queued": 0, "done": 2}));
}

#[tokio::test]
async fn what_was_begun_is_finished_before_another_is_begun() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, rows(HEAVY)).await;
    let begun = queue(&owner, org_id, &october("jsonl")).await;
    let others = [queue(&owner, org_id, &october("jsonl")).await, queue(&owner, org_id, &october("csv")).await];
    // Just enough to begin with.
    let hurried = worker(&app, &[]).with_timeout(Duration::from_millis(22_100));
    hurried.invoke(json!({})).await.unwrap_or_else(|error| panic!("{error}\n{}", hurried.logs()));
    assert_eq!(status(&owner, begun).await.0, "queued", "the time was up");
    // By now it has waited less than the others.
    pass(&owner, begun).await;
    let patient = hurried.with_timeout(Duration::from_secs(60));
    assert_eq!(patient.invoke(json!({})).await.expect("an export"), json!({"queued": 0, "done": 1}));
    finished(&app, &owner, begun).await;
    for other in others {
        assert_untouched(&owner, other).await;
    }
    // One that fails and is not due keeps nobody waiting.
    let fails = "
        update audit_log_exports
           set attempt = 3,
               started_at = now(),
               error_code = 'store_denied',
               next_attempt_at = now() + interval '4 minutes'
         where id = $1";
    owner.execute(fails, &[&others[0]]).await.expect("it fails");
    assert_eq!(patient.invoke(json!({})).await.expect("an export"), json!({"queued": 0, "done": 1}));
    finished(&app, &owner, others[1]).await;
}
