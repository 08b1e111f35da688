//! A suspicious day is told to the trail once.

use eleva::audit::Action;
use futures_util::future::join;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    invoke, run,
    trail::{Entry, Further, organization, refuse, write},
};
use crate::app::TestApp;

const REFUSED: &str = "user_01A";
const CURIOUS: &str = "user_01B";

/// What the trail says of it, by day.
async fn told(owner: &Client, org_id: Uuid) -> Vec<Value> {
    let select = "
        select metadata, actor_type, resource_type, workos_user_id
          from audit_logs
         where org_id = $1 and action = 'SUSPICIOUS_ACTIVITY_DETECTED'
         order by metadata ->> 'date'";
    let rows = owner.query(select, &[&org_id]).await.expect("rows");
    let told = rows.iter().map(|row| {
        assert_eq!((row.get::<_, &str>("actor_type"), row.get::<_, &str>("resource_type")), ("system", "security"));
        assert_eq!(row.get::<_, Option<&str>>("workos_user_id"), None);
        row.get("metadata")
    });
    told.collect()
}

/// So many times the same, one every five seconds until noon (UTC) so many days ago.
fn times(action: Action, user: &'static str, days_ago: i64, count: i64) -> Vec<Entry> {
    let noon = Timestamp::from_second(Timestamp::now().as_second() / 86_400 * 86_400 + 43_200).expect("a time");
    let end = noon - (24 * days_ago).hours();
    let entry = |number: i64| Entry { at: end - (5 * number).seconds(), user: Some(user), action, has_succeeded: true };
    (0..count).map(entry).collect()
}

fn date(days_ago: i64) -> String {
    let day = Timestamp::now() - (24 * days_ago).hours();
    day.to_string()[..10].to_owned()
}

#[tokio::test]
async fn a_suspicious_day_is_told_once_however_many_workers_count_it() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora", "UTC").await;
    let mut entries = times(Action::MedicalRecordViewed, CURIOUS, 5, 1_001);
    entries.extend(times(Action::UnauthorizedAccessAttempt, REFUSED, 4, 11));
    entries.extend(times(Action::UnauthorizedAccessAttempt, REFUSED, 3, 10));
    entries.extend(times(Action::MedicalRecordViewed, CURIOUS, 3, 1_000));
    write(&owner, org_id, &entries).await;
    let expected =
        vec![json!({"date": date(5), "reason": "record_views"}), json!({"date": date(4), "reason": "refusals"})];
    let (one, other) = join(invoke(&app), invoke(&app)).await;
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_eq!(told(&owner, org_id).await, expected);
    run(&app).await;
    assert_eq!(told(&owner, org_id).await, expected, "and never again");
    let outbox = "select count(*) from workos_audit_outbox where event ->> 'action' = 'suspicious_activity_detected'";
    assert_eq!(owner.query_one(outbox, &[]).await.expect("a count").get::<_, i64>(0), 2, "WorkOS is told too");
}

#[tokio::test]
async fn a_day_that_turns_suspicious_later_is_told_then() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora", "UTC").await;
    write(&owner, org_id, &times(Action::UnauthorizedAccessAttempt, REFUSED, 1, 10)).await;
    run(&app).await;
    assert_eq!(told(&owner, org_id).await, Vec::<Value>::new(), "ten are not too many");
    let minute = times(Action::UnauthorizedAccessAttempt, REFUSED, 1, 1)[0].at;
    refuse(&owner, org_id, &[Further { minute, user: REFUSED, refusals: 1 }]).await;
    run(&app).await;
    assert_eq!(told(&owner, org_id).await, [json!({"date": date(1), "reason": "refusals"})]);
    write(&owner, org_id, &times(Action::MedicalRecordViewed, CURIOUS, 1, 1_001)).await;
    run(&app).await;
    assert_eq!(told(&owner, org_id).await.len(), 1, "a day is told once");
}
