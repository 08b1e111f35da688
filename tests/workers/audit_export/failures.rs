//! An export that fails: its row says so, it is tried again, and given up in the end (hardening D5).

use std::fs;

use dev::lambda::{Function, InvokeError};
use serde_json::json;
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    finished, october, pass, queue, row, run, status,
    trail::{Rows, grow, organization},
    verified_by_python, worker,
};
use crate::app::{TestApp, connect_directly, world};

fn rows() -> Rows {
    Rows { first: super::at("2026-09-30T12:00:00Z"), step: 3600, count: 800, padding: 0 }
}

/// An organization with a trail.
async fn start() -> (TestApp, Client, Uuid) {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, rows()).await;
    (app, owner, org_id)
}

/// A worker whose store takes nothing: a file is where the folder is to be.
fn without_a_store(app: &TestApp) -> Function {
    let occupied = app.exports().join("occupied");
    fs::write(&occupied, "").expect("a file");
    worker(app, &[("EXPORT_URL", &format!("file://{}", occupied.display()))])
}

#[tokio::test]
async fn a_store_that_fails_leaves_a_row_that_says_so_and_the_export_succeeds_later() {
    let (app, owner, org_id) = start().await;
    let id = queue(&owner, org_id, &october("jsonl")).await;
    let failing = without_a_store(&app);
    let Err(InvokeError::Failed { error, .. }) = failing.invoke(json!({})).await else { panic!("it fails") };
    assert_eq!(error.error_message, "1 of 1 exports were not finished");
    assert_eq!(status(&owner, id).await, ("queued".to_owned(), Some("store_denied".to_owned())));
    let waiting: bool = owner
        .query_one(
            "select next_attempt_at > now() + interval '30 seconds' from audit_log_exports where id = $1",
            &[&id],
        )
        .await
        .expect("the export")
        .get(0);
    assert!(waiting, "it is not tried again at once");
    assert_eq!(run(&app).await, json!({"queued": 0, "done": 0}));

    pass(&owner, id).await;
    assert_eq!(run(&app).await, json!({"queued": 0, "done": 1}));
    verified_by_python(&finished(&app, &owner, id).await).await;
}

#[tokio::test]
async fn an_export_that_never_gets_anywhere_is_given_up_and_the_trail_says_so() {
    let (app, owner, org_id) = start().await;
    let id = queue(&owner, org_id, &october("jsonl")).await;
    let failing = without_a_store(&app);
    for attempt in 1..=8 {
        assert_eq!(status(&owner, id).await.0, "queued", "attempt {attempt}");
        failing.invoke(json!({})).await.expect_err("it fails");
        pass(&owner, id).await;
    }
    assert_eq!(status(&owner, id).await, ("failed".to_owned(), Some("store_denied".to_owned())));
    assert_eq!(failing.invoke(json!({})).await.expect("nothing is queued"), json!({"queued": 0, "done": 0}));
    let told = "
        select metadata->>'code'
          from audit_logs
         where org_id = $1 and action = 'AUDIT_LOG_EXPORTED' and outcome = 'failure' and resource_id = $2::uuid::text";
    let told = owner.query(told, &[&org_id, &id]).await.expect("the trail");
    assert_eq!(told.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["store_denied"]);
}

#[tokio::test]
async fn an_export_whose_workers_all_vanish_is_given_up() {
    let (app, owner, org_id) = start().await;
    let id = queue(&owner, org_id, &october("jsonl")).await;
    let vanished = "
        update audit_log_exports
           set status = 'running', attempt = 8, lease = gen_random_uuid(), next_attempt_at = now()
         where id = $1";
    owner.execute(vanished, &[&id]).await.expect("a worker vanishes");
    super::invoke(&app).await.expect_err("it fails");
    assert_eq!(status(&owner, id).await, ("failed".to_owned(), Some("worker_lost".to_owned())));
}

#[tokio::test]
async fn d5_a_chain_that_is_broken_is_not_exported_as_if_it_were_whole() {
    let (app, owner, org_id) = start().await;
    for damage in [
        "delete from audit_logs where org_id = $1 and seq = 300",
        "update audit_logs set prev_hash = sha256('') where org_id = $1 and seq = 300",
        "update audit_logs set hash = sha256('') where org_id = $1 and seq = 300",
    ] {
        let superuser = connect_directly(&world().superuser_url(app.database())).await;
        superuser.batch_execute("truncate audit_logs, audit_heads").await.expect("an empty trail");
        grow(&app, org_id, rows()).await;
        superuser.execute(damage, &[&org_id]).await.expect("damage");
        let id = queue(&owner, org_id, &october("jsonl")).await;
        super::invoke(&app).await.expect_err("it fails");
        assert_eq!(status(&owner, id).await, ("failed".to_owned(), Some("chain_broken".to_owned())), "{damage}");
        assert_eq!(row(&owner, id).await.get::<_, Option<&str>>("object_key"), None);
    }
}

#[tokio::test]
async fn what_another_version_left_is_begun_anew_and_jams_nothing() {
    let (app, owner, org_id) = start().await;
    let id = queue(&owner, org_id, &october("jsonl")).await;
    let left = r#"update audit_log_exports set resume = '{"run": 2, "plan": "of another time"}' where id = $1"#;
    owner.execute(left, &[&id]).await.expect("a state");
    assert_eq!(run(&app).await, json!({"queued": 0, "done": 1}));
    let export = finished(&app, &owner, id).await;
    verified_by_python(&export).await;
    assert!(export.row.get::<_, &str>("object_key").starts_with(&format!("exports/{org_id}/{id}/3/")));
}

#[tokio::test]
async fn another_file_where_one_is_to_lie_is_left_alone() {
    let (app, owner, org_id) = start().await;
    let id = queue(&owner, org_id, &october("jsonl")).await;
    let name = format!("audit-2026-10-01-2026-11-01-{}.jsonl.gz", &id.simple().to_string()[..8]);
    let folder = app.exports().join(format!("exports/{org_id}/{id}"));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(&name), "somebody else's").expect("a file");
    super::invoke(&app).await.expect_err("it fails");
    assert_eq!(status(&owner, id).await, ("queued".to_owned(), Some("store_exists".to_owned())));
    pass(&owner, id).await;
    run(&app).await;
    let export = finished(&app, &owner, id).await;
    verified_by_python(&export).await;
    assert!(export.row.get::<_, &str>("object_key").contains("/1/"), "it lies elsewhere");
    assert_eq!(fs::read_to_string(folder.join(&name)).expect("the file"), "somebody else's");
}
