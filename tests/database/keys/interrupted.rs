//! A rotation that is killed half-way.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::future::{join, join_all};
use tokio::time::timeout;

use crate::{
    app::{connect_directly, world},
    database::practice::{Practice, ring},
};

/// Clients that read and save all the while, each a record of its own.
const CLIENTS: usize = 8;

#[tokio::test]
async fn e1_a_rotation_killed_half_way_is_resumed_while_others_read_and_write() {
    let practice = Practice::with_records(250).await;
    let (is_over, saves) = (AtomicBool::new(false), AtomicUsize::new(0));
    let clients = practice.records[..CLIENTS].iter().map(|record| async {
        let mut author = practice.author().await;
        while !is_over.load(Ordering::Relaxed) {
            author = author.read_and_save(*record).await.expect("nobody is turned away");
            saves.fetch_add(1, Ordering::Relaxed);
        }
    });
    let rotations = async {
        kill_half_way(&practice).await;
        let keys: BTreeSet<i32> = practice.assert_readable(ring()).await.into_iter().collect();
        assert_eq!(keys, BTreeSet::from([1, 2]), "both keys are in use");

        let before = saves.load(Ordering::Relaxed);
        let report = practice.rotate().succeed().await;
        for part in ["rows are under a key before 2, which goes first", "and no further key made"] {
            assert!(report.out.contains(part), "{report}");
        }
        assert!(saves.load(Ordering::Relaxed) > before, "they went on");
        is_over.store(true, Ordering::Relaxed);
    };
    timeout(Duration::from_secs(120), join(rotations, join_all(clients))).await.expect("it ends");
    assert_eq!(practice.assert_readable(ring()).await, [2]);
    assert_eq!(practice.keys().await.len(), 2);
    practice.assert_trail_in_order().await;
    let undecryptable = "select count(*) from audit_logs where action = 'RECORD_UNDECRYPTABLE'";
    let undecryptable: i64 = practice.owner.query_one(undecryptable, &[]).await.expect("a count").get(0);
    assert_eq!(undecryptable, 0);
}

/// Kills a rotation (SIGKILL) that waits for the last record, with two batches of records behind it.
async fn kill_half_way(practice: &Practice) {
    let holder = connect_directly(&world().superuser_url(practice.app.database())).await;
    let last = practice.records.last().expect("the last one");
    let hold = format!("begin; select from records where id = '{last}' for update");
    holder.batch_execute(&hold).await.expect("held");
    let holder_pid: i32 = holder.query_one("select pg_backend_pid()", &[]).await.expect("its number").get(0);
    let running = practice.rotate().start();
    practice.until_it_waits(&format!("{holder_pid} = any (pg_blocking_pids(a.pid))")).await;
    running.kill().await;
    holder.batch_execute("rollback").await.expect("let go");
}
