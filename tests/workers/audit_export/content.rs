//! What is in an export, and what the manifest says of it (hardening D5).

use std::fs;

use evidence::{
    checkpoint::{self, Checkpoint},
    manifest::{Covering, Manifest, Role},
    signature::{self, Kind},
};
use jiff::SignedDuration;
use serde_json::json;

use super::{
    Request, at, finished, october, queue, run,
    trail::{Rows, grow, organization},
    verified_by_python,
};
use crate::app::TestApp;

/// A row every hour, from September into November.
fn hourly() -> Rows {
    Rows { first: at("2026-09-20T00:30:00Z"), step: 3600, count: 24 * 50, padding: 0 }
}

fn manifest_of(file: &[u8]) -> Manifest {
    let signed = signature::open(Kind::Manifest, file).expect("it is signed");
    serde_json::from_str(signed.said).expect("a manifest")
}

/// The checkpoint that a manifest names.
fn checkpoint_of(app: &TestApp, covering: &Covering) -> Checkpoint {
    let file = fs::read(app.exports().join(checkpoint::key(covering.date))).expect("the checkpoint's file");
    let signed = signature::open(Kind::Checkpoint, &file).expect("it is signed");
    serde_json::from_str(signed.said).expect("a checkpoint")
}

#[tokio::test]
async fn d5_an_export_has_every_row_of_its_time_and_the_rows_beside_it_show_that() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, hourly()).await;
    for format in ["jsonl", "csv"] {
        let id = queue(&owner, org_id, &october(format)).await;
        assert_eq!(run(&app).await, json!({"queued": 0, "done": 1}));
        let export = finished(&app, &owner, id).await;
        // From the last hour of September to the first of November.
        let expected = json!({"rows": 744, "left_out": 2, "first_seq": 264, "last_seq": 1009});
        assert_eq!(verified_by_python(&export).await, expected, "{format}");
        let manifest = manifest_of(&fs::read(&export.manifest).expect("the manifest"));
        assert_eq!((manifest.export_id, manifest.organization.id), (id, org_id));
        assert_eq!(manifest.organization.name, "Clínica Aurora");
        assert_eq!(manifest.reason.as_deref(), Some("An audit"));
        assert_eq!(
            manifest.chain_end.seq,
            if format == "jsonl" { 1200 } else { 1201 },
            "its own rows are in the trail"
        );
        assert_eq!(manifest.files.iter().map(|file| file.role).collect::<Vec<_>>(), [Role::Rows, Role::LeftOut]);
        assert_eq!(export.row.get::<_, i64>("record_count"), 744);
    }
}

#[tokio::test]
async fn d5_a_filtered_export_has_what_was_asked_for_and_hashes_of_the_rest() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, hourly()).await;
    let filtered = Request {
        actions: Some(vec!["MEDICAL_RECORD_VIEWED", "EVENT_UPDATED"]),
        resource_types: Some(vec!["event", "session"]),
        ..october("csv")
    };
    let id = queue(&owner, org_id, &filtered).await;
    run(&app).await;
    let export = finished(&app, &owner, id).await;
    let expected = json!({"rows": 248, "left_out": 498, "first_seq": 264, "last_seq": 1009});
    assert_eq!(verified_by_python(&export).await, expected);
}

#[tokio::test]
async fn an_export_of_a_time_without_rows_shows_that_there_are_none() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, hourly()).await;
    for (from, to, first, last) in [
        // Between two rows, before the first, and after the last.
        ("2026-10-01T00:31:00Z", "2026-10-01T01:29:00Z", 265, 266),
        ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", 1, 1),
        ("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z", 1202, 1202),
    ] {
        let id = queue(&owner, org_id, &Request { from: at(from), to: at(to), ..october("jsonl") }).await;
        run(&app).await;
        let export = finished(&app, &owner, id).await;
        let expected = json!({"rows": 0, "left_out": last - first + 1, "first_seq": first, "last_seq": last});
        assert_eq!(verified_by_python(&export).await, expected, "{from}");
    }
}

#[tokio::test]
async fn an_export_that_reaches_into_the_future_ends_with_the_chain() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, hourly()).await;
    let id = queue(&owner, org_id, &Request { to: at("2030-01-01T00:00:00Z"), ..october("jsonl") }).await;
    run(&app).await;
    let export = finished(&app, &owner, id).await;
    let expected = json!({"rows": 936, "left_out": 1, "first_seq": 264, "last_seq": 1200});
    assert_eq!(verified_by_python(&export).await, expected);
    assert_eq!(export.row.get::<_, i64>("head_seq"), 1200);
}

#[tokio::test]
async fn an_export_goes_on_to_the_checkpoint_that_covers_it() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    let today = jiff::Timestamp::now();
    let first = today - SignedDuration::from_hours(48);
    grow(&app, org_id, Rows { first, step: 3600, count: 48, padding: 0 }).await;
    app.function("audit-daily").invoke(json!({})).await.expect("a checkpoint");
    let until_yesterday = Request { from: first, to: today - SignedDuration::from_hours(24), ..october("jsonl") };
    let id = queue(&owner, org_id, &until_yesterday).await;
    run(&app).await;
    let export = finished(&app, &owner, id).await;
    let manifest = manifest_of(&fs::read(&export.manifest).expect("the manifest"));
    let covering = manifest.checkpoint.expect("a checkpoint");
    let checkpoint = checkpoint_of(&app, &covering);
    assert!(checkpoint.is_consistent());
    let head = checkpoint.head_of(org_id).expect("the organization's head");
    assert_eq!((head.seq, head.hash), (covering.seq, covering.hash));
    assert_eq!((covering.seq, manifest.last_seq), (48, Some(48)), "it goes on to where the checkpoint is");
    assert_eq!(verified_by_python(&export).await["last_seq"], 48);
}

#[tokio::test]
async fn d5_a_checkpoint_from_before_the_end_of_the_period_does_not_cover_an_export() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    let now = jiff::Timestamp::now();
    let first = now - SignedDuration::from_hours(48);
    grow(&app, org_id, Rows { first, step: 3600, count: 48, padding: 0 }).await;
    app.function("audit-daily").invoke(json!({})).await.expect("a checkpoint");
    let covering = async |to| {
        let id = queue(&owner, org_id, &Request { from: first, to, ..october("jsonl") }).await;
        run(&app).await;
        let export = finished(&app, &owner, id).await;
        verified_by_python(&export).await;
        manifest_of(&fs::read(&export.manifest).expect("the manifest")).checkpoint
    };
    let until_yesterday = covering(now - SignedDuration::from_hours(24)).await.expect("a checkpoint");
    let made = checkpoint_of(&app, &until_yesterday).created_at;
    assert_eq!(covering(made).await, Some(until_yesterday), "it has all that there was");
    assert_eq!(covering(made + SignedDuration::from_micros(1)).await, None);
    assert_eq!(covering(now + SignedDuration::from_hours(24)).await, None, "the period goes on");
}
