//! Who is at work while their organization is erased.

use std::time::Duration;

use eleva::{clock::Entropy, phi::WrappedKey};
use futures_util::future::{join, join_all};
use tokio::time::{sleep, timeout};
use tokio_postgres::{Error, types::Type};

use crate::database::practice::{EXPERT, Editing, Practice, master, ring};

/// A further key, as the first one to write makes it.
const NEW_KEY: &str = "
    insert into org_keys (org_id, key_no, wrapped_key, wrapped_by)
    values ($1, 9, $2, $3)";

const BOOK: &str = "
    insert into meetings (org_id, event_id, workos_user_id, guest_email, guest_name, start_time, timezone)
    values ($1, $2, $3, 'rui@guest.example', 'Rui', now() - interval '1 day', 'UTC')";

async fn book(practice: &Practice, editing: &Editing) -> Result<u64, Error> {
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 3] =
        [(&practice.org_id, Type::UUID), (&practice.event_id, Type::UUID), (&EXPERT, Type::TEXT)];
    editing.begun.client.execute_typed(BOOK, &parameters).await
}

async fn editing(practice: &Practice) -> Editing {
    practice.author().await.begin().await.expect("an author")
}

fn sqlstate(error: &Error) -> &str {
    error.code().expect("the server's answer").code()
}

#[tokio::test]
async fn c12_what_was_written_before_is_waited_for_and_erased_too() {
    let practice = Practice::with_records(1).await;
    let editing = editing(&practice).await;
    book(&practice, &editing).await.expect("booked");
    let running = practice.erase().start();
    sleep(Duration::from_secs(1)).await;
    assert!(!practice.keys().await.is_empty(), "nothing is erased while somebody writes");
    // As something would that writes no row of the trail.
    editing.begun.client.batch_execute("commit").await.expect("committed");
    let report = running.end().await;
    assert_eq!(report.code, 0, "{report}");
    practice.assert_unreadable().await;
    assert_eq!(practice.count("select count(*) from meetings where guest_name = 'Rui'").await, 0);
    assert_eq!(practice.count("select count(*) from meetings where guest_name = 'erased'").await, 2);
}

#[tokio::test]
async fn c12_who_does_not_end_in_time_keeps_everything_as_it_was_and_nobody_comes_in() {
    let practice = Practice::with_records(1).await;
    let editing = editing(&practice).await;
    book(&practice, &editing).await.expect("booked");
    let report = practice.erase().arguments(&["--wait", "1"]).fail().await;
    let told =
        "error: 1 seconds were not enough for everybody to end who was writing; it is closed, and nothing was erased\n";
    assert_eq!(report.err, told);
    practice.assert_readable(ring()).await;
    let refused = practice.author().await.begin().await.err().expect("nobody comes in any more");
    assert_eq!(sqlstate(&refused), "EL004");
    let refused = editing.end("MEDICAL_RECORD_VIEWED", practice.records[0]).await.err().expect("too late");
    assert_eq!(sqlstate(&refused), "EL004");
    practice.erase().succeed().await;
    practice.assert_unreadable().await;
    assert_eq!(practice.count("select count(*) from meetings").await, 1);
}

#[tokio::test]
async fn c12_what_was_begun_before_and_ends_after_brings_nothing_back() {
    let practice = Practice::with_records(1).await;
    let record = practice.records[0];
    let (saving, booking, making_a_key) =
        (editing(&practice).await, editing(&practice).await, editing(&practice).await);
    let (meeting_id, version) = saving.read(record).await.expect("a record");
    let key = saving.current_key().await.expect("a key");
    practice.erase().succeed().await;

    saving.save(&key, record, meeting_id, version).await.expect("it has the key still");
    let refused = saving.end("MEDICAL_RECORD_UPDATED", record).await.err().expect("refused");
    assert_eq!(sqlstate(&refused), "EL004");

    book(&practice, &booking).await.expect("it may still");
    let refused = booking.end("MEDICAL_RECORD_VIEWED", record).await.err().expect("refused");
    assert_eq!(sqlstate(&refused), "EL004");

    let (_, wrapped) = master(ring()).generate(Entropy::default(), practice.org_id, 9).expect("a key");
    let WrappedKey { wrapped_key, wrapped_by, .. } = wrapped;
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 3] =
        [(&practice.org_id, Type::UUID), (&wrapped_key, Type::BYTEA), (&wrapped_by, Type::TEXT)];
    making_a_key.begun.client.execute_typed(NEW_KEY, &parameters).await.expect("it may still");
    let refused = making_a_key.end("MEDICAL_RECORD_VIEWED", record).await.err().expect("refused");
    assert_eq!(sqlstate(&refused), "EL004");

    practice.assert_unreadable().await;
    assert_eq!(practice.count("select count(*) from meetings where guest_name = 'Rui'").await, 0);
    let refused = practice.author().await.begin().await.err().expect("nobody comes in any more");
    // Their row was blanked with the organization that they were a member of.
    assert_eq!(sqlstate(&refused), "EL010");
    practice.assert_trail_in_order().await;
}

#[tokio::test]
async fn c12_an_erasure_finds_its_moment_while_many_write() {
    let practice = Practice::with_records(8).await;
    let writers = practice.records.iter().map(|record| async {
        let mut author = practice.author().await;
        let mut saves = 0;
        loop {
            match author.read_and_save(*record).await {
                Ok(again) => author = again,
                Err(error) => return (saves, sqlstate(&error).to_owned()),
            }
            saves += 1;
        }
    });
    let erasure = async {
        sleep(Duration::from_secs(1)).await;
        practice.erase().succeed().await
    };
    let (_, ends) =
        timeout(Duration::from_secs(90), join(erasure, join_all(writers))).await.expect("everybody comes to an end");
    assert!(ends.iter().map(|(saves, _)| saves).sum::<i32>() > 8, "{ends:?}");
    // Told at the end of a transaction, or at the beginning of the next one.
    assert!(ends.iter().all(|(_, state)| ["EL004", "EL010"].contains(&state.as_str())), "{ends:?}");
    practice.assert_unreadable().await;
    practice.assert_trail_in_order().await;
}

#[tokio::test]
async fn c12_a_rotation_that_is_under_way_brings_no_key_back() {
    let practice = Practice::with_records(2).await;
    let earlier = editing(&practice).await;
    let rotation = practice.operator(&["keys", "rotate", "--all"]).start();
    let waiting = async {
        while practice.keys().await.len() < 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), waiting).await.expect("a further key");
    practice.erase().succeed().await;
    drop(earlier);

    let report = rotation.end().await;
    assert_eq!(report.code, 1, "{report}");
    assert!(report.out.contains(&format!("the keys of {} were deleted meanwhile", practice.org_id)), "{report}");
    practice.assert_unreadable().await;
    practice.assert_trail_in_order().await;
}
