//! What fails for one organization fails for no other, is named, and is made up for.

use std::time::Duration;

use dev::{lambda::InvokeError, world::Login};
use eleva::audit::Action;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use super::{
    expected::stored,
    invoke, run,
    trail::{Entry, organization, write},
    worker_at,
};
use crate::app::{TestApp, connect_directly, world};

/// Has the figures of one organization be refused.
const FAULT: &str = "
    create function app.fault() returns trigger
    language plpgsql
    as $function$
    begin
      raise exception 'an injected fault';
    end
    $function$;
    create trigger fault before insert on audit_stats
      for each row when (new.org_id = '{org_id}') execute function app.fault()";

fn entry() -> Entry {
    let at = Timestamp::now() - 1.hours();
    Entry { at, user: Some("user_01A"), action: Action::EventCreated, has_succeeded: true }
}

#[tokio::test]
async fn an_organization_that_fails_stops_no_other_and_fails_the_invocation() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let mut org_ids = Vec::new();
    for slug in ["clinica-aurora", "centro-norte", "platform"] {
        let org_id = organization(&owner, slug, "UTC").await;
        write(&owner, org_id, &[entry()]).await;
        org_ids.push(org_id);
    }
    org_ids.sort();
    let failing = org_ids[1];
    owner.batch_execute(&FAULT.replace("{org_id}", &failing.to_string())).await.expect("a fault");
    let Err(InvokeError::Failed { error, .. }) = invoke(&app).await else { panic!("the invocation fails") };
    assert_eq!(error.error_message, "1 of 3 organizations failed");
    let mut counted = Vec::new();
    for org_id in &org_ids {
        counted.push(stored(&owner, *org_id).await.len());
    }
    assert_eq!(counted, [1, 0, 1]);
    let logs = app.logs();
    let named = |line: &&str| line.contains(&failing.to_string()) && line.contains("an organization failed");
    assert_eq!(logs.lines().filter(named).count(), 1, "{logs}");
    assert_eq!(logs.matches("1 of 3 organizations failed").count(), 1, "it is logged once: {logs}");
    assert!(!logs.contains("an injected fault"), "the database's messages stay out: {logs}");

    owner.batch_execute("drop trigger fault on audit_stats").await.expect("the fault is mended");
    run(&app).await;
    assert_eq!(stored(&owner, failing).await.len(), 1);
}

#[tokio::test]
async fn without_time_no_organization_is_begun_and_the_next_invocation_goes_on() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora", "UTC").await;
    write(&owner, org_id, &[entry()]).await;
    let url = &app.settings()["EXPORT_DATABASE_URL"];
    let worker = worker_at(&app, url).with_timeout(Duration::from_secs(4));
    let error = worker.invoke(json!({})).await.expect_err("it fails");
    assert!(error.to_string().contains("the time was up before every organization was done"), "{error}");
    assert_eq!(stored(&owner, org_id).await.len(), 0);
    assert_eq!(run(&app).await["organizations"], 1);
    assert_eq!(stored(&owner, org_id).await.len(), 1);
}

#[tokio::test]
async fn a_worker_needs_no_key_to_sessions_and_says_what_it_lacks() {
    let app = TestApp::setup().without("SESSION_KEYS").without("DATABASE_URL").without("BEGIN_KEYS").start().await;
    run(&app).await;
    let app = TestApp::setup().without("EXPORT_DATABASE_URL").start().await;
    let error = app.function("audit-daily").start().await.expect_err("it cannot start");
    assert!(error.to_string().contains("the setting EXPORT_DATABASE_URL is missing"), "{error}");
}

#[tokio::test]
async fn an_outage_of_the_database_fails_the_invocation_and_the_next_one_works() {
    let app = TestApp::start().await;
    // Without PgBouncer, which remembers an outage for a while.
    let worker = worker_at(&app, &world().direct_url(Login::Exporter, app.database()));
    let superuser = connect_directly(&world().superuser_url("postgres")).await;
    let allow = |is_allowed: bool| format!("alter database {} allow_connections {is_allowed}", app.database());
    superuser.batch_execute(&allow(false)).await.expect("nobody may connect");
    let error = worker.invoke(json!({})).await.expect_err("it fails");
    assert!(matches!(error, InvokeError::Failed { .. }), "{error}");
    superuser.batch_execute(&allow(true)).await.expect("everybody may connect");
    assert_eq!(worker.invoke(json!({})).await.expect("it works")["failed"], 0);
    assert_eq!(worker.started(), 1, "in the same sandbox");
}
