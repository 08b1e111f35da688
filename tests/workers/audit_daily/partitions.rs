//! The trail has partitions for a year to come, also when nobody has made any for a year (hardening B5).

use futures_util::future::join;
use tokio_postgres::Client;

use super::{invoke, run};
use crate::{
    app::{TestApp, world},
    database::check::check,
};

/// The partitions after this quarter's.
const TO_COME: &str = "
    select c.oid::regclass::text
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'audit_logs'::regclass
       and c.relname > 'audit_logs_' || to_char(now() at time zone 'UTC', 'YYYY\"q\"Q')
     order by c.relname";

/// A row in every month until 15 months from now; whatever it says, it has a place.
const ROWS: &str = "
    insert into audit_logs (
      org_id, seq, created_at, id, actor_type, action, resource_type, outcome, salt, prev_hash, hash
    )
    select o.id, row_number() over (), m.at, gen_random_uuid(), 'system', 'EVENT_CREATED', 'event', 'success',
           substr(sha256(''), 1, 16), sha256(''), sha256('')
      from organizations o,
           generate_series(now(), now() + interval '15 months', interval '1 month') as m (at)
     where o.type = 'platform'";

/// What is wrong with the partitions' rights and bounds.
const FAULTS: &str = "
    with partitions as (
      select c.relname, c.relrowsecurity and c.relforcerowsecurity as is_guarded, c.relacl,
             regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''(.*)''\\) TO \\(''(.*)''\\)') as bounds
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'audit_logs'::regclass
    ),
    ordered as (
      select *, lag(bounds[2]) over (order by relname) as until from partitions
    )
    select relname
      from ordered
     where not is_guarded
        or exists (select from aclexplode(relacl) a where a.grantee <> 'eleva_owner'::regrole)
        or bounds[1]::timestamptz <> coalesce(until, bounds[1])::timestamptz
        or bounds[2]::timestamptz <> bounds[1]::timestamptz + interval '3 months'";

async fn names(owner: &Client, statement: &str) -> Vec<String> {
    owner.query(statement, &[]).await.expect("names").iter().map(|row| row.get(0)).collect()
}

/// Takes away what a year of runs had made.
async fn forget_the_year(owner: &Client) {
    for partition in names(owner, TO_COME).await {
        let drop = format!("alter table audit_logs detach partition {partition}; drop table {partition}");
        owner.batch_execute(&drop).await.expect("the owner may");
    }
    assert!(owner.execute(ROWS, &[]).await.is_err(), "there is no place for the rows of next year");
}

async fn assert_complete(app: &TestApp, owner: &Client) {
    owner.batch_execute("set timezone = 'UTC'").await.expect("bounds are shown in UTC");
    assert_eq!(names(owner, TO_COME).await.len(), 5);
    assert_eq!(names(owner, FAULTS).await, Vec::<String>::new());
    owner.batch_execute("begin").await.expect("a transaction");
    assert_eq!(owner.execute(ROWS, &[]).await.expect("every row has its place"), 16);
    owner.batch_execute("rollback").await.expect("it ends");
    check(&world().owner_url(app.database())).succeed().await;
}

#[tokio::test]
async fn b5_after_a_year_without_a_run_every_quarter_to_come_has_its_partition() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    forget_the_year(&owner).await;
    run(&app).await;
    assert_complete(&app, &owner).await;
    let before = names(&owner, TO_COME).await;
    run(&app).await;
    assert_eq!(names(&owner, TO_COME).await, before);
}

#[tokio::test]
async fn two_workers_at_once_make_the_same_partitions() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    for _ in 0..3 {
        forget_the_year(&owner).await;
        let (one, other) = join(invoke(&app), invoke(&app)).await;
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        assert_complete(&app, &owner).await;
    }
    assert_eq!(app.function("audit-daily").started(), 2, "they ran at once");
}
