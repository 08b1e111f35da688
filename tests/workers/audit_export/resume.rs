//! An export that is interrupted: what the next worker makes is what would have been made.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use dev::bench::process::peak_memory;
use serde_json::json;
use tokio::time::timeout;
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    Finished, Request, at, finished, invoke, october, pass, queue, run, status,
    trail::{Rows, grow, organization},
    verified_by_python, worker,
};
use crate::app::TestApp;

/// So many rows, of which a few hundred fill a part of a file.
const ROWS: i64 = 4000;

/// Some of the rows' files are in parts, and so are those of the rows left out.
fn heavy() -> Rows {
    Rows { first: at("2026-09-30T00:00:00Z"), step: 720, count: ROWS, padding: 640 }
}

/// Lets the time pass after which another worker takes over.
async fn wait_for_lease(owner: &Client, id: Uuid) {
    let pass = "
        update audit_log_exports
           set next_attempt_at = now()
         where id = $1
           and lease is not null";
    owner.execute(pass, &[&id]).await.expect("the time passes");
}

/// Both exports' files, byte by byte.
fn assert_same_files(one: &Finished, other: &Finished) {
    let read = |path: &Path| fs::read(path).expect("a file");
    assert!(read(&one.rows) == read(&other.rows), "the rows' files differ");
    let left_out = |export: &Finished| read(export.left_out.as_deref().expect("rows left out"));
    assert!(left_out(one) == left_out(other), "the files of rows left out differ");
}

/// Nothing is left of what was not complete.
fn assert_no_uploads(app: &TestApp) {
    let uploads = fs::read_dir(app.exports().join(".uploads")).expect("a folder");
    let left: Vec<PathBuf> = uploads.map(|upload| upload.expect("an entry").path()).collect();
    assert_eq!(left, Vec::<PathBuf>::new());
}

/// Numbers that are as good as random, and the same in every run.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[tokio::test]
async fn a_worker_that_is_killed_twenty_times_makes_the_same_files() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, heavy()).await;
    let undisturbed = queue(&owner, org_id, &october("jsonl")).await;
    app.function("audit-export").start().await.expect("a worker");
    let started = std::time::Instant::now();
    run(&app).await;
    let taken = started.elapsed();
    let undisturbed = finished(&app, &owner, undisturbed).await;
    let expected = verified_by_python(&undisturbed).await;
    let size: i64 = undisturbed.row.get("file_size");
    assert!(size > 2 * (8 << 20), "the file has several parts: {size}");

    let (mut kills, mut seed) = (0, 0x9e37_79b9_7f4a_7c15_u64);
    while kills < 20 {
        let id = queue(&owner, org_id, &october("jsonl")).await;
        loop {
            let moment = taken.mul_f64((random(&mut seed) % 1000) as f64 / 1000.0);
            match timeout(moment, invoke(&app)).await {
                Ok(answer) => drop(answer.unwrap_or_else(|error| panic!("{error}"))),
                Err(_) => kills += 1,
            }
            if status(&owner, id).await.0 == "done" {
                break;
            }
            wait_for_lease(&owner, id).await;
        }
        let export = finished(&app, &owner, id).await;
        assert_eq!(verified_by_python(&export).await, expected);
        let key: &str = export.row.get("object_key");
        assert_eq!(key.split('/').count(), 4, "it was never begun anew: {key}");
        assert_same_files(&undisturbed, &export);
    }
    assert_no_uploads(&app);
}

#[tokio::test]
async fn a_worker_whose_time_is_up_leaves_the_rest_to_the_next_one() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, heavy()).await;
    // Nearly all rows are left out, and so is what the file has that is in parts.
    let request = || Request { actions: Some(vec!["EVENT_UPDATED"]), ..october("csv") };
    let undisturbed = queue(&owner, org_id, &request()).await;
    run(&app).await;
    let undisturbed = finished(&app, &owner, undisturbed).await;

    let id = queue(&owner, org_id, &request()).await;
    let mut invocations = 0;
    while status(&owner, id).await.0 != "done" {
        // Hardly more than a worker begins anything with, its last second put aside; a part takes as long as it takes.
        let hurried = worker(&app, &[]).with_timeout(Duration::from_millis(22_200 + 200 * invocations));
        let answer = hurried.invoke(json!({})).await.unwrap_or_else(|error| panic!("{error}\n{}", hurried.logs()));
        invocations += 1;
        let (status, code) = status(&owner, id).await;
        let is_in_time = matches!(code.as_deref(), None | Some("interrupted"));
        assert!(status == "done" || status == "queued" && is_in_time, "{status} {code:?} {answer}");
        assert!(invocations < 60, "it gets on");
        // Where it got nowhere, it waits.
        pass(&owner, id).await;
    }
    assert!(invocations > 1, "the time was up");
    assert_same_files(&undisturbed, &finished(&app, &owner, id).await);
    assert_no_uploads(&app);
}

#[tokio::test]
async fn progress_is_there_to_be_seen_while_an_export_runs() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, heavy()).await;
    let id = queue(&owner, org_id, &october("jsonl")).await;
    let (mut seen, mut reached) = (Vec::new(), Vec::new());
    {
        let mut running = std::pin::pin!(invoke(&app));
        loop {
            tokio::select! {
                answer = &mut running => break drop(answer.unwrap_or_else(|error| panic!("{error}"))),
                () = tokio::time::sleep(Duration::from_millis(20)) => {
                    let row = super::row(&owner, id).await;
                    let key: Option<&str> = row.get("object_key");
                    if row.get::<_, &str>("status") == "running" {
                        assert_eq!(key, None, "nothing is shown before it is done");
                        seen.extend(row.get::<_, Option<i64>>("record_count"));
                        reached.extend(row.get::<_, Option<i64>>("next_seq"));
                    }
                }
            }
        }
    }
    seen.dedup();
    reached.dedup();
    assert!(reached.is_sorted() && reached.len() >= 3, "so many rows are done: {reached:?}");
    assert!(seen.is_sorted() && seen.len() >= 3 && seen[0] == 0, "{seen:?}");
    finished(&app, &owner, id).await;
}

#[tokio::test]
async fn d5_a_worker_s_memory_does_not_grow_with_the_trail() {
    const MOST: u64 = 96 << 20;
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    // 240 MB of rows, of which each is as large as many others.
    grow(&app, org_id, Rows { first: at("2026-10-01T00:00:00Z"), step: 60, count: 4000, padding: 1900 }).await;
    queue(&owner, org_id, &october("jsonl")).await;
    let process = app.function("audit-export").start().await.expect("a worker").process;
    run(&app).await;
    let peak = peak_memory(process).expect("its memory");
    assert!(peak < MOST, "{} MiB", peak >> 20);
}
