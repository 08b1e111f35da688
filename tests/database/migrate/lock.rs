//! Two migrations of one database follow one another.

use std::time::Duration;

use dev::postgres::AuthFunctions;
use tokio::time::{sleep, timeout};
use tokio_postgres::Client;

use super::{Empty, files};
use crate::app::world;

/// The key of the lock: "eleva" in ASCII.
const KEY: i64 = 0x65_6c_65_76_61;

/// Waits until as many runs have asked for the lock in vain.
async fn wait_for_waiting_runs(owner: &Client, count: i64) {
    let waiting = "
        select count(*)
          from pg_stat_activity
         where datname = current_database() and application_name = 'eleva ops' and query like '%pg_try_advisory_lock%'";
    let waited = async {
        while owner.query_one(waiting, &[]).await.expect("a count").get::<_, i64>(0) < count {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), waited).await.expect("they ask for the lock");
}

#[tokio::test]
async fn b18_two_at_once_follow_one_another() {
    let empty = Empty::new().await;
    empty.owner.query_one("select pg_advisory_lock($1)::text", &[&KEY]).await.expect("locked");
    let runs = [empty.migrate().start(), empty.migrate().start()];
    wait_for_waiting_runs(&empty.owner, 2).await;
    assert!(!empty.has("schema refinery").await, "nothing before the lock is theirs");
    empty.owner.query_one("select pg_advisory_unlock($1)", &[&KEY]).await.expect("unlocked");

    let [one, other] = runs;
    let (one, other) = tokio::join!(one.end(), other.end());
    assert_eq!((one.code, other.code), (0, 0), "{one}\n{other}");
    let all = format!("{} migrations applied", files().len());
    let applied = [&one, &other].into_iter().filter(|report| report.out.contains(&all)).count();
    let idle = [&one, &other].into_iter().filter(|report| report.out.contains("no migration is pending")).count();
    assert_eq!((applied, idle), (1, 1), "{one}\n{other}");
    assert!(one.out.contains("another migration of this database is running, waiting up to 60 s"), "{one}");
    assert_eq!(empty.applied().await, files());
}

#[tokio::test]
async fn b18_who_waits_in_vain_changes_nothing() {
    let empty = Empty::new().await;
    empty.owner.query_one("select pg_advisory_lock($1)::text", &[&KEY]).await.expect("locked");
    let report = empty.migrate().arguments(&["--wait", "1"]).fail().await;
    assert!(report.err.contains("did not finish within 1 seconds; nothing was changed"), "{report}");
    for schema in ["schema refinery", "schema app"] {
        assert!(!empty.has(schema).await, "{schema}");
    }
    let is_there_anyway = world().auth == AuthFunctions::Extension;
    assert_eq!(empty.has("schema auth").await, is_there_anyway);
    // Looking needs no lock.
    assert!(empty.status().fail().await.out.contains("0 applied"));
}

#[tokio::test]
async fn b18_the_lock_is_one_database_s() {
    let (held, free) = (Empty::new().await, Empty::new().await);
    held.owner.query_one("select pg_advisory_lock($1)::text", &[&KEY]).await.expect("locked");
    free.migrate().arguments(&["--wait", "0"]).succeed().await;
}
