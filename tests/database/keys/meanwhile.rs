//! Who fetched the keys before another one was in force, and reads or writes afterwards.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::database::{
    operator::{Report, Running},
    practice::{Editing, Practice, ring},
};

/// An author in a transaction that has no id yet, because nothing was written in it.
async fn editing(practice: &Practice) -> Editing {
    practice.author().await.begin().await.expect("an author")
}

/// Until a key exists, in force or not.
async fn until_there_is_key_two(practice: &Practice) {
    let waiting = async {
        while practice.keys().await.len() < 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), waiting).await.expect("a key");
}

async fn until_key_two_is_in_force(practice: &Practice) {
    let waiting = async {
        while practice.keys().await.iter().any(|key| key.is_retired == (key.key_no == 2)) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), waiting).await.expect("the switch");
}

/// A rotation that was let in front of an author's transaction: they have fetched the keys before the switch, and the
/// switch has been.
async fn overtake(practice: &Practice, wait: &str) -> (Running, Editing) {
    let earlier = editing(practice).await;
    let running = practice.rotate().arguments(&["--wait", wait]).start();
    until_there_is_key_two(practice).await;
    let overtaken = editing(practice).await;
    assert_eq!(overtaken.current_key().await.expect("a key").number(), 1);
    earlier.end("MEDICAL_RECORD_VIEWED", practice.records[0]).await.expect("the earlier one ends");
    until_key_two_is_in_force(practice).await;
    (running, overtaken)
}

/// Saves a record under the first key, whatever is in force.
async fn save_under_the_first_key(practice: &Practice, wait: &str) -> Report {
    let record = practice.records[0];
    let before = editing(practice).await;
    let key = before.current_key().await.expect("a key");
    before.end("MEDICAL_RECORD_VIEWED", record).await.expect("its end");
    let (running, overtaken) = overtake(practice, wait).await;
    // Long enough for a rotation that does not wait to be over, or for one that gives up.
    sleep(Duration::from_secs(3)).await;
    let (meeting_id, version) = overtaken.read(record).await.expect("what was sealed anew meanwhile opens");
    overtaken.save(&key, record, meeting_id, version).await.expect("saved under the old key");
    overtaken.end("MEDICAL_RECORD_UPDATED", record).await.expect("committed");
    running.end().await
}

#[tokio::test]
async fn e1_what_is_written_under_the_old_key_after_the_switch_is_sealed_anew_too() {
    let practice = Practice::with_records(2).await;
    let report = save_under_the_first_key(&practice, "60").await;
    assert_eq!(report.code, 0, "{report}");
    assert_eq!(practice.assert_readable(ring()).await, [2]);
}

#[tokio::test]
async fn e1_who_does_not_end_in_time_is_told_of_and_the_next_run_finishes() {
    let practice = Practice::with_records(2).await;
    let report = save_under_the_first_key(&practice, "2").await;
    assert_eq!(report.code, 1, "{report}");
    assert!(report.out.contains("transactions from before the switch are still open (backends ["), "{report}");
    assert!(report.out.contains("NOT in order: 1 of 1 organizations"), "{report}");
    assert_eq!(practice.assert_readable(ring()).await, [1, 2]);

    let report = practice.rotate().succeed().await;
    assert!(report.out.contains("an interrupted rotation was finished, and no further key made"), "{report}");
    assert_eq!(practice.assert_readable(ring()).await, [2]);
}

#[tokio::test]
async fn e1_nothing_is_sealed_under_a_key_that_somebody_does_not_know_yet() {
    let practice = Practice::with_records(2).await;
    let editing = editing(&practice).await;
    let report = practice.rotate().arguments(&["--wait", "1"]).fail().await;
    assert!(report.out.contains("key 2 is made and not in force: transactions are open"), "{report}");
    assert_eq!(practice.assert_readable(ring()).await, [1]);
    assert_eq!(editing.current_key().await.expect("a key").number(), 1, "the first one stays in force");
    editing.end("MEDICAL_RECORD_VIEWED", practice.records[0]).await.expect("its end");

    let report = practice.rotate().succeed().await;
    assert!(report.out.contains("key 2 is in force, retired: 1"), "{report}");
    assert_eq!(practice.assert_readable(ring()).await, [2]);
    assert_eq!(practice.keys().await.len(), 2, "the key that was made is the one that is used");
}

#[tokio::test]
async fn e1_a_save_in_between_is_never_overwritten() {
    let practice = Practice::with_records(1).await;
    let record = practice.records[0];
    let earlier = editing(&practice).await;
    let running = practice.rotate().start();
    until_there_is_key_two(&practice).await;
    let saving = editing(&practice).await;
    let (meeting_id, version) = saving.read(record).await.expect("a record");
    let key = saving.current_key().await.expect("a key");
    saving.save(&key, record, meeting_id, version).await.expect("saved, and the row locked");
    earlier.end("MEDICAL_RECORD_VIEWED", record).await.expect("the earlier one ends");
    // The rotation has read what was there before, and waits for the row.
    practice.until_it_waits(&format!("{} = any (pg_blocking_pids(a.pid))", saving.backend().await)).await;
    saving.end("MEDICAL_RECORD_UPDATED", record).await.expect("committed");

    let report = running.end().await;
    assert_eq!(report.code, 0, "{report}");
    assert_eq!(practice.assert_readable(ring()).await, [2]);
    let saved = "select version from records where id = $1";
    assert_eq!(practice.owner.query_one(saved, &[&record]).await.expect("the record").get::<_, i32>(0), version + 1);
}
