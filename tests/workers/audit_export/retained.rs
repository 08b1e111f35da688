//! Exports of a chain of which `cargo ops audit retain` has dropped rows that were old: those are named, and all others
//! are there (hardening D5, D13).

use evidence::{
    manifest::Manifest,
    signature::{self, Kind},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    Finished, Request, fingerprint, finished, invoke, october, queue, run, status,
    trail::{Rows, grow, organization},
    verified, verified_by_python,
};
use crate::{
    app::{TestApp, connect_directly, world},
    database::operator::Operator,
};

/// Appends rows of eight years ago.
async fn import(superuser: &Client, org_id: Uuid, rows: i64) {
    let sql = "
        select app.audit_import($1, now() - interval '8 years' + number * interval '1 second', 'user_01',
                                'APPOINTMENT_VIEWED', 'appointment', 'a' || number, 'success', null, null, null, null,
                                null)
          from generate_series(1, $2::bigint) as number";
    superuser.query(sql, &[&org_id, &rows]).await.expect("rows");
}

/// An organization whose rows 1 to 3 and 9 to 10 were imported, and then dropped; a checkpoint knows row 10 as the last.
async fn retained() -> (TestApp, Client, Uuid) {
    let app = TestApp::start().await;
    let (owner, superuser) = (app.owner().await, connect_directly(&world().superuser_url(app.database())).await);
    let org_id = organization(&owner, "clinica-aurora").await;
    let partitions = "call app.create_audit_partitions(now() - interval '10 years', now())";
    owner.batch_execute(partitions).await.expect("partitions");
    import(&superuser, org_id, 3).await;
    let three_hours_ago = Timestamp::now() - SignedDuration::from_hours(3);
    grow(&app, org_id, Rows { first: three_hours_ago, step: 60, count: 5, padding: 0 }).await;
    import(&superuser, org_id, 2).await;
    app.function("audit-daily").invoke(json!({})).await.unwrap_or_else(|error| panic!("{error}"));
    grow(&app, org_id, Rows { first: Timestamp::now(), step: 1, count: 2, padding: 0 }).await;
    retain(&app).await;
    (app, owner, org_id)
}

async fn retain(app: &TestApp) {
    let command = Operator::new(&["audit", "retain"]);
    command.setting("DATABASE_URL_DIRECT", &world().owner_url(app.database())).succeed().await;
}

/// Exports what was written from some time ago on.
async fn export(app: &TestApp, owner: &Client, org_id: Uuid, minutes: i64, format: &'static str) -> Finished {
    let from = Timestamp::now() - SignedDuration::from_mins(minutes);
    let to = Timestamp::now() + SignedDuration::from_mins(10);
    let id = queue(owner, org_id, &Request { from, to, ..october(format) }).await;
    run(app).await;
    finished(app, owner, id).await
}

fn manifest(export: &Finished) -> Manifest {
    let file = std::fs::read(&export.manifest).expect("a manifest");
    let signed = signature::open(Kind::Manifest, &file).expect("a signed document");
    serde_json::from_str(signed.said).expect("a manifest")
}

#[tokio::test]
async fn d5_what_retention_dropped_is_named_and_all_that_is_left_is_exported() {
    let (app, owner, org_id) = retained().await;
    for format in ["jsonl", "csv"] {
        let whole = export(&app, &owner, org_id, 24 * 60, format).await;
        let manifest = manifest(&whole);
        let gone: Vec<(i64, i64)> = manifest.dropped.iter().map(|gone| (gone.first_seq, gone.last_seq)).collect();
        assert_eq!(gone, [(1, 3), (9, 10)]);
        assert_eq!((manifest.first_seq, manifest.rows >= 7), (Some(4), true), "{manifest:?}");
        verified_by_python(&whole).await;
        let fingerprint = fingerprint(&app, "EXPORT_VERIFYING_KEYS");
        let told = verified(&["--fingerprint", &fingerprint, "--json", &whole.manifest.display().to_string()]).await;
        assert_eq!(told.code, Some(1), "{told}");
        let report: Value = serde_json::from_str(&told.out).expect("JSON");
        let findings = report["findings"].as_array().expect("a list");
        let found: Vec<_> =
            findings.iter().map(|found| [&found["finding"], &found["seq"], &found["last_seq"]]).collect();
        assert_eq!(json!(found), json!([["dropped", 1, 3], ["dropped", 9, 10]]), "{told}");
    }
}

#[tokio::test]
async fn d5_an_export_from_after_what_retention_dropped_is_in_order() {
    let (app, owner, org_id) = retained().await;
    // It is of row 7 alone; what was dropped before and after is of no concern to it.
    let [from, to] = [178, 177].map(|minutes| Timestamp::now() - SignedDuration::from_mins(minutes));
    let id = queue(&owner, org_id, &Request { from, to, ..october("jsonl") }).await;
    run(&app).await;
    let export = finished(&app, &owner, id).await;
    let said = manifest(&export);
    assert_eq!((said.last_seq, said.dropped), (Some(8), Vec::new()));
    assert_eq!(said.checkpoint, None, "the row that it knows is gone");
    let fingerprint = fingerprint(&app, "EXPORT_VERIFYING_KEYS");
    let told = verified(&["--fingerprint", &fingerprint, &export.manifest.display().to_string()]).await;
    assert_eq!(told.code, Some(0), "{told}");
}

#[tokio::test]
async fn d5_rows_that_are_gone_otherwise_break_the_chain_also_beside_such_as_were_dropped() {
    for row in [4, 6, 11] {
        let (app, owner, org_id) = retained().await;
        let superuser = connect_directly(&world().superuser_url(app.database())).await;
        let delete = "delete from audit_logs where org_id = $1 and seq = $2";
        assert_eq!(superuser.execute(delete, &[&org_id, &i64::from(row)]).await.expect("rows"), 1);
        let from = Timestamp::now() - SignedDuration::from_hours(24);
        let to = Timestamp::now() + SignedDuration::from_mins(10);
        let id = queue(&owner, org_id, &Request { from, to, ..october("jsonl") }).await;
        invoke(&app).await.expect_err("a chain that is broken");
        assert_eq!(status(&owner, id).await, ("failed".to_owned(), Some("chain_broken".to_owned())), "row {row}");
    }
}
