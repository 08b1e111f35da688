//! The day's checkpoint: one, linked to the one before, never replaced, and told to whoever holds it (hardening D5, D6).

use std::{fs, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use evidence::{
    checkpoint::{self, Checkpoint},
    hex,
    manifest::Software,
    signature::{self, Kind, Signer},
};
use futures_util::future::join_all;
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use super::{invoke, run};
use crate::{
    app::{TestApp, connect_directly, world},
    workers::audit_export::{self, october, queue, trail},
};

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

fn path(app: &TestApp, date: Date) -> PathBuf {
    app.exports().join(checkpoint::key(date))
}

fn read(file: &[u8]) -> Checkpoint {
    let signed = signature::open(Kind::Checkpoint, file).expect("it is signed");
    let checkpoint: Checkpoint = serde_json::from_str(signed.said).expect("a checkpoint");
    assert!(checkpoint.is_consistent());
    checkpoint
}

/// What was told to WorkOS of a checkpoint: date and hash, by organization.
async fn witnesses(owner: &Client) -> Vec<(String, String)> {
    let select = "
        select event #>> '{metadata,date}', event #>> '{metadata,sha256}'
          from workos_audit_outbox
         where event ->> 'action' = 'audit_checkpoint_published'
         order by org_id";
    let rows = owner.query(select, &[]).await.expect("the outbox");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn organizations(owner: &Client) -> usize {
    let count = "select count(*) from organizations where workos_org_id is not null and deleted_at is null";
    owner.query_one(count, &[]).await.expect("a count").get::<_, i64>(0).try_into().expect("a few")
}

/// What signs this world's checkpoints.
fn signer(app: &TestApp) -> Signer {
    let (key_id, seed) = app.settings()["CHECKPOINT_SIGNING_KEY"].split_once(':').expect("a ring of one key");
    Signer::new(key_id, &STANDARD.decode(seed).expect("base64").try_into().expect("32 bytes"))
}

#[tokio::test]
async fn a_day_has_one_checkpoint_and_every_organization_is_told_once() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let aurora = trail::organization(&owner, "clinica-aurora").await;
    let norte = trail::organization(&owner, "centro-norte").await;
    let rows = trail::Rows { first: Timestamp::now() - 2.hours(), step: 60, count: 5, padding: 0 };
    trail::grow(&app, aurora, rows).await;
    assert_eq!(run(&app).await["checkpoint"], json!(today().to_string()));
    let file = fs::read(path(&app, today())).expect("the checkpoint");
    let checkpoint = read(&file);
    assert_eq!((checkpoint.date, checkpoint.previous.as_ref()), (today(), None));
    assert_eq!(checkpoint.head_of(aurora).expect("a head").seq, 5);
    assert_eq!(checkpoint.head_of(norte), None, "nothing was recorded there");
    assert!(!String::from_utf8_lossy(&file).contains(&aurora.to_string()), "organizations are blinded");

    // What happens later changes nothing of it.
    trail::grow(&app, norte, rows).await;
    run(&app).await;
    assert_eq!(fs::read(path(&app, today())).expect("the checkpoint"), file);
    let told = witnesses(&owner).await;
    assert_eq!(told.len(), organizations(&owner).await);
    let expected = (today().to_string(), hex::encode(&Sha256::digest(&file)));
    assert!(told.iter().all(|one| *one == expected), "{told:?}");
}

#[tokio::test]
async fn there_is_a_checkpoint_also_when_nothing_ever_happened() {
    let app = TestApp::start().await;
    run(&app).await;
    let checkpoint = read(&fs::read(path(&app, today())).expect("the checkpoint"));
    assert_eq!(checkpoint.heads, []);
}

#[tokio::test]
async fn of_several_workers_at_once_one_makes_it_and_all_agree() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    join_all((0..4).map(|_| invoke(&app))).await.into_iter().for_each(|answer| drop(answer.expect("it works")));
    let file = fs::read(path(&app, today())).expect("the checkpoint");
    let told = witnesses(&owner).await;
    assert_eq!(told.len(), organizations(&owner).await);
    assert!(told.iter().all(|(_, sha256)| *sha256 == hex::encode(&Sha256::digest(&file))), "{told:?}");
}

#[tokio::test]
async fn a_checkpoint_is_linked_to_the_newest_before_it() {
    let app = TestApp::start().await;
    let mut previous = None;
    for days in [9, 3] {
        let date = today().checked_sub(days.days()).expect("a day");
        let earlier = Checkpoint {
            format: checkpoint::FORMAT.to_owned(),
            date,
            created_at: Timestamp::now() - (24 * days).hours(),
            previous: previous.clone(),
            root: checkpoint::root(&[]),
            heads: Vec::new(),
            software: Software { name: "eleva audit-daily".to_owned(), version: "0".to_owned() },
        };
        let file = signer(&app).sign(Kind::Checkpoint, &earlier).expect("a document");
        fs::create_dir_all(path(&app, date).parent().expect("a folder")).expect("a folder");
        fs::write(path(&app, date), &file).expect("a file");
        previous = Some(checkpoint::Previous { date, sha256: Sha256::digest(&file).into() });
    }
    run(&app).await;
    assert_eq!(read(&fs::read(path(&app, today())).expect("the checkpoint")).previous, previous);
}

#[tokio::test]
async fn what_lies_where_the_checkpoint_is_to_lie_is_left_alone_and_the_invocation_fails() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let place = path(&app, today());
    fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
    fs::write(&place, "somebody else's").expect("a file");
    let error = invoke(&app).await.expect_err("it fails").to_string();
    assert!(error.contains("the checkpoint is not published: checkpoints/") && error.contains("is not a checkpoint"));
    assert_eq!(fs::read_to_string(&place).expect("the file"), "somebody else's");
    // Nor is one that somebody else signed.
    let forged = Checkpoint {
        format: checkpoint::FORMAT.to_owned(),
        date: today(),
        created_at: Timestamp::now(),
        previous: None,
        root: checkpoint::root(&[]),
        heads: Vec::new(),
        software: Software { name: "eleva audit-daily".to_owned(), version: "0".to_owned() },
    };
    fs::write(&place, Signer::new("k1", &[7; 32]).sign(Kind::Checkpoint, &forged).expect("a document"))
        .expect("a file");
    let error = invoke(&app).await.expect_err("it fails").to_string();
    assert!(error.contains("is not a checkpoint of ours"), "{error}");
    assert_eq!(witnesses(&owner).await, []);
}

#[tokio::test]
async fn a_store_that_fails_keeps_no_day_from_being_counted() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = trail::organization(&owner, "clinica-aurora").await;
    let rows = trail::Rows { first: Timestamp::now() - 2.hours(), step: 60, count: 5, padding: 0 };
    trail::grow(&app, org_id, rows).await;
    fs::write(app.exports().join("checkpoints"), "").expect("a file where the folder is to be");
    let error = invoke(&app).await.expect_err("it fails").to_string();
    assert!(error.contains("the checkpoint is not published"), "{error}");
    let counted = "select count(*) from audit_stats where org_id = $1";
    assert!(owner.query_one(counted, &[&org_id]).await.expect("a count").get::<_, i64>(0) > 0);
}

/// Changes a row, and computes the chain anew from there on, as somebody would who may do everything and knows how.
const REWRITE: &str = "
    do $rewrite$
    declare
      entry audit_logs;
      before bytea;
    begin
      for entry in select * from audit_logs where org_id = '{org}' and seq >= 3 order by seq loop
        if entry.seq = 3 then
          entry.workos_user_id := 'user_somebody_else';
          before := entry.prev_hash;
        end if;
        entry.prev_hash := before;
        entry.hash := app.audit_hash(entry);
        before := entry.hash;
        update audit_logs l
           set workos_user_id = entry.workos_user_id, prev_hash = entry.prev_hash, hash = entry.hash
         where l.org_id = entry.org_id and l.seq = entry.seq;
        update audit_heads h set hash = entry.hash where h.org_id = entry.org_id;
      end loop;
    end
    $rewrite$";

#[tokio::test]
async fn d6_a_history_that_the_database_s_superuser_wrote_anew_is_caught_by_the_checkpoint_before() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = trail::organization(&owner, "clinica-aurora").await;
    let rows = trail::Rows { first: Timestamp::now() - 2.hours(), step: 60, count: 8, padding: 0 };
    trail::grow(&app, org_id, rows).await;
    run(&app).await;
    // Of a time that was over before the checkpoint, and of one that is not over.
    let [over, open] = [-1, 1].map(|hours| audit_export::Request {
        from: Timestamp::now() - 24.hours(),
        to: Timestamp::now() + hours.hours(),
        ..october("jsonl")
    });
    let honest = queue(&owner, org_id, &over).await;
    audit_export::run(&app).await;
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    superuser.batch_execute(&REWRITE.replace("{org}", &org_id.to_string())).await.expect("another history");
    let rewritten = queue(&owner, org_id, &open).await;
    audit_export::run(&app).await;
    let covered = queue(&owner, org_id, &over).await;
    audit_export::run(&app).await;

    let fingerprints =
        ["EXPORT_VERIFYING_KEYS", "CHECKPOINT_VERIFYING_KEYS"].map(|setting| audit_export::fingerprint(&app, setting));
    let trusted = ["--fingerprint", &fingerprints[0], "--checkpoint-fingerprint", &fingerprints[1]];
    let held = app.exports().join("checkpoints").display().to_string();
    for (id, alone, against) in [(honest, 0, 0), (rewritten, 0, 1), (covered, 1, 1)] {
        let export = audit_export::finished(&app, &owner, id).await;
        let manifest = export.manifest.display().to_string();
        // In itself, it is in order: that is what a checkpoint is for. One that a checkpoint covers names that, too.
        let told = audit_export::verified(&[trusted.as_slice(), &[&manifest]].concat()).await;
        assert_eq!(told.code, Some(alone), "{told}");
        let held = ["--against-checkpoints", &held, &manifest];
        let told = audit_export::verified(&[trusted.as_slice(), &held].concat()).await;
        assert_eq!(told.code, Some(against), "{told}");
        if against == 1 {
            assert!(
                told.out.contains("rewritten: row 8"),
                "it says which row the checkpoint has another hash for: {told}"
            );
        }
    }
}
