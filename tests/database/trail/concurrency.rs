//! Many who write to one organization's chain at the same moment (hardening D6).

use std::time::{Duration, Instant};

use dev::world::Login;
use futures_util::future::join_all;
use tokio::time::timeout;

use super::{APPEND, refusal};
use crate::{
    app::{BeginClaims, TestApp},
    database::{
        clinics::{AURORA, AURORA_OWNER},
        signed::Signed,
    },
    events::event,
    trail::rows,
};

/// How many write at once.
const WRITERS: usize = 64;
/// How often each of them does.
const TURNS: usize = 8;

#[tokio::test]
async fn d6_many_writers_leave_no_gap_and_no_duplicate_and_times_rise_with_seq() {
    let app = TestApp::start().await;
    let clients = join_all((0..WRITERS).map(|_| app.connect_as(Login::App))).await;
    let signed = Signed::from(&BeginClaims::new(AURORA_OWNER, AURORA));
    let kept: Vec<usize> = join_all(clients.iter().enumerate().map(|(writer, client)| {
        let signed = &signed;
        async move {
            let mut kept = 0;
            for turn in 0..TURNS {
                client.batch_execute("begin").await.expect("a transaction");
                signed.call(client).await.expect("begun");
                // Whoever is not served in time gives up, as the product does.
                let is_appended = refusal(client, APPEND).await.is_none();
                let keeps = is_appended && (writer + turn) % 3 != 0;
                client.batch_execute(if keeps { "commit" } else { "rollback" }).await.expect("its end");
                kept += usize::from(keeps);
            }
            kept
        }
    }))
    .await;
    let kept: usize = kept.iter().sum();
    assert!(kept > WRITERS, "{kept} rows");
    let owner = app.owner().await;
    let chain = "
        select count(*) as rows, count(distinct seq) as seqs, min(seq) as first, max(seq) as last,
               bool_and(rises is not false) as rises, bool_and(links is not false) as links
          from (
            select seq, created_at > lag(created_at) over chain as rises, prev_hash = lag(hash) over chain as links
              from audit_logs
            window chain as (order by seq)
          ) as l";
    let row = owner.query_one(chain, &[]).await.expect("the chain");
    let count = |name: &str| usize::try_from(row.get::<_, i64>(name)).expect("a count");
    assert_eq!((count("rows"), count("seqs"), count("first"), count("last")), (kept, kept, 1, kept));
    assert!(row.get::<_, bool>("rises"), "times rise with seq");
    assert!(row.get::<_, bool>("links"), "and every row hangs on the one before");
    let head = owner.query_one("select seq from audit_heads", &[]).await.expect("the head");
    assert_eq!(head.get::<_, i64>(0), row.get::<_, i64>("last"));
}

#[tokio::test]
async fn a_client_that_hangs_holds_others_for_two_seconds_at_most_and_nothing_is_lost() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let hanging = app.begin_as(AURORA_OWNER, AURORA).await;
    hanging.client.batch_execute(APPEND).await.expect("appended, and not committed");

    let waiting = app.begin_as(AURORA_OWNER, AURORA).await;
    let started = Instant::now();
    assert_eq!(refusal(&waiting.client, APPEND).await.as_deref(), Some("55P03"));
    let waited = started.elapsed();
    assert!((Duration::from_millis(1_900)..Duration::from_millis(4_000)).contains(&waited), "{waited:?}");

    let answer = timeout(Duration::from_secs(5), client.post("/events", &event("Consulta"))).await;
    let answer = answer.expect("an answer within five seconds");
    assert_eq!(answer.problem(), (503, "unavailable".to_owned()));
    assert!(client.get_json("/events").await["items"].as_array().expect("a list").is_empty(), "nothing was kept");

    hanging.client.batch_execute("rollback").await.expect("it lets go");
    assert_eq!(client.post("/events", &event("Consulta")).await.status(), 201);
    let rows = rows(&app).await.into_iter().filter(|row| row.workos_org_id.as_deref() == Some(AURORA));
    assert_eq!(rows.map(|row| row.seq).collect::<Vec<_>>(), [1, 2], "a sign-in and an event");
}

#[tokio::test]
async fn under_a_stricter_isolation_a_chain_does_not_fork() {
    let app = TestApp::start().await;
    let signed = Signed::from(&BeginClaims::new(AURORA_OWNER, AURORA));
    let [one, other] = [app.connect_as(Login::App).await, app.connect_as(Login::App).await];
    for client in [&one, &other] {
        client.batch_execute("begin isolation level repeatable read").await.expect("a transaction");
        signed.call(client).await.expect("begun");
    }
    one.batch_execute(&format!("{APPEND}; commit")).await.expect("the first one's row");
    assert_eq!(refusal(&other, APPEND).await.as_deref(), Some("40001"), "what was seen is old");
    other.batch_execute("rollback").await.expect("its end");
    assert_eq!(rows(&app).await.len(), 1);
}
