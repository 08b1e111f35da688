//! The places that rows go to (hardening D6).

use std::time::{Duration, Instant};

use dev::world::Login;
use tokio_postgres::Client;

use super::{APPEND, refusal};
use crate::{
    app::TestApp,
    database::clinics::{AURORA, AURORA_OWNER},
};

/// The bounds of every partition that begins from now on, by time.
async fn bounds(owner: &Client) -> Vec<(String, String)> {
    let bounds = "
        select (regexp_match(b, 'FROM \\(''(.*?)''\\)'))[1]::timestamptz::text as begins,
               (regexp_match(b, 'TO \\(''(.*?)''\\)'))[1]::timestamptz::text as ends
          from pg_class c
          join pg_inherits i on i.inhrelid = c.oid
         cross join lateral pg_get_expr(c.relpartbound, c.oid) as b
         where i.inhparent = 'audit_logs'::regclass
         order by begins";
    owner.batch_execute("set timezone = 'UTC'").await.expect("a time zone");
    let rows = owner.query(bounds, &[]).await.expect("the partitions");
    rows.iter().map(|row| (row.get("begins"), row.get("ends"))).collect()
}

/// Takes the partitions away that begin after the next quarter.
async fn be_late(owner: &Client) {
    let late = "
        do $$
        declare
          partition regclass;
        begin
          for partition in
            select c.oid::regclass
              from pg_class c
              join pg_inherits i on i.inhrelid = c.oid
             where i.inhparent = 'audit_logs'::regclass
               and c.relname > to_char(now() + interval '3 months', '\"audit_logs_\"YYYY\"q\"Q')
          loop
            execute format('drop table %s', partition);
          end loop;
        end
        $$";
    owner.batch_execute(late).await.expect("the later partitions are gone");
}

#[tokio::test]
async fn partitions_are_made_whatever_the_session_s_settings_are_and_meet() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let before = bounds(&owner).await;
    be_late(&owner).await;
    assert!(bounds(&owner).await.len() < before.len());
    let exporter = app.connect_as(Login::Exporter).await;
    let ensure = "begin; set local datestyle = 'SQL, DMY'; set local timezone = 'Asia/Kolkata';
                  select app.ensure_audit_partitions(); commit";
    exporter.batch_execute(ensure).await.expect("made");
    let after = bounds(&owner).await;
    assert_eq!(after, before);
    assert!(after.windows(2).all(|pair| pair[0].1 == pair[1].0), "each begins where the one before ends: {after:?}");
    let open = "
        select count(*) from pg_class c join pg_inherits i on i.inhrelid = c.oid
         where i.inhparent = 'audit_logs'::regclass and not (c.relrowsecurity and c.relforcerowsecurity)";
    assert_eq!(owner.query_one(open, &[]).await.expect("a count").get::<_, i64>(0), 0);
}

#[tokio::test]
async fn making_partitions_waits_for_no_reader_and_nobody_who_writes_for_it() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    be_late(&owner).await;
    let reader = app.begin_as(AURORA_OWNER, AURORA).await;
    reader.client.batch_execute("select count(*) from audit_logs").await.expect("a reader that takes its time");
    let writer = app.begin_as(AURORA_OWNER, AURORA).await;
    writer.client.batch_execute(APPEND).await.expect("appended, and not committed");

    let exporter = app.connect_as(Login::Exporter).await;
    let started = Instant::now();
    exporter.batch_execute("begin; select app.ensure_audit_partitions()").await.expect("made");
    let other = app.begin_as("user_01SEEDNORTEOWNER", "org_01SEEDNORTE").await;
    assert_eq!(refusal(&other.client, APPEND).await, None, "who writes meanwhile does");
    other.client.batch_execute("commit").await.expect("its end");
    exporter.batch_execute("commit").await.expect("its end");
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    writer.client.batch_execute("commit").await.expect("its end");
}
