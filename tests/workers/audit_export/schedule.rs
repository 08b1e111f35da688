//! The month's exports: one for every organization with rows, however often and by however many workers they are made.

use std::time::Duration;

use dev::lambda::InvokeError;
use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

use super::{
    at, finished, run, status,
    trail::{Rows, grow, organization},
    verified_by_python, worker,
};
use crate::app::{TestApp, connect_directly, world};

const MONTHLY: &str = r#"{"schedule": "monthly", "period": "2026-10"}"#;

fn monthly() -> serde_json::Value {
    serde_json::from_str(MONTHLY).expect("an event")
}

#[tokio::test]
async fn every_organization_with_rows_gets_one_export_of_the_month() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let aurora = organization(&owner, "clinica-aurora").await;
    let norte = organization(&owner, "centro-norte").await;
    let platform = organization(&owner, "platform").await;
    let october = Rows { first: at("2026-10-05T00:00:00Z"), step: 3600, count: 10, padding: 0 };
    grow(&app, aurora, october).await;
    grow(&app, platform, october).await;
    grow(&app, norte, Rows { first: at("2026-11-05T00:00:00Z"), ..october }).await;
    // As much time as there is: with little, a worker begins no second one.
    let worker = worker(&app, &[]).with_timeout(Duration::from_secs(900));
    let answer = worker.invoke(monthly()).await.expect("the month");
    assert_eq!(answer, json!({"queued": 2, "done": 2}));
    let answer = worker.invoke(monthly()).await.expect("the month again");
    assert_eq!(answer, json!({"queued": 0, "done": 0}));
    let exports = owner.query("select id, org_id from audit_log_exports order by org_id", &[]).await.expect("exports");
    let mut expected = [aurora, platform];
    expected.sort();
    assert_eq!(exports.iter().map(|row| row.get(1)).collect::<Vec<Uuid>>(), expected);
    for export in &exports {
        let export = finished(&app, &owner, export.get(0)).await;
        assert_eq!(verified_by_python(&export).await["rows"], 10);
        assert_eq!(export.row.get::<_, Option<&str>>("workos_user_id"), None);
        assert_eq!(export.row.get::<_, &str>("export_format"), "jsonl");
    }
    let told = "
        select count(*)
          from audit_logs
         where action = 'AUDIT_LOG_EXPORTED' and outcome = 'success' and actor_type = 'system'
           and metadata->>'trigger' = 'scheduled' and length(metadata->>'manifest_sha256') = 64";
    assert_eq!(owner.query_one(told, &[]).await.expect("the trail").get::<_, i64>(0), 2);
}

#[tokio::test]
async fn one_that_failed_is_tried_again_when_the_month_is_asked_for_again() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, Rows { first: at("2026-10-05T00:00:00Z"), step: 3600, count: 10, padding: 0 }).await;
    let failed = "
        insert into audit_log_exports (org_id, trigger, start_date, end_date, export_format, status, error_code, attempt)
        values ($1, 'scheduled', '2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', 'jsonl', 'failed', 'store_denied', 8)
        returning id";
    let id = owner.query_one(failed, &[&org_id]).await.expect("a failed one").get(0);
    run(&app).await;
    assert_eq!(status(&owner, id).await.0, "failed", "nobody asked");
    let answer = app.function("audit-export").invoke(monthly()).await.expect("the month");
    assert_eq!(answer, json!({"queued": 1, "done": 1}));
    finished(&app, &owner, id).await;
}

#[tokio::test]
async fn an_event_that_no_schedule_sends_fails_and_queues_nothing() {
    let app = TestApp::start().await;
    for (event, message) in [
        (json!({"schedule": "weekly"}), "the event asks for another schedule than \"monthly\""),
        (json!({"schedule": "monthly", "period": "10/2026"}), "the event's period is not a month like \"2026-10\""),
        (json!({"schedule": "monthly", "period": "2999-01"}), "the event's period is not over yet"),
    ] {
        let Err(InvokeError::Failed { error, .. }) = app.function("audit-export").invoke(event).await else {
            panic!("{message}")
        };
        assert_eq!(error.error_message, message);
    }
}

#[tokio::test]
async fn two_thousand_organizations_and_three_workers_at_once_make_one_export_each() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let platform = organization(&owner, "platform").await;
    // Makes the function and the partitions, too.
    grow(&app, platform, Rows { first: at("2026-10-05T00:00:00Z"), step: 60, count: 3, padding: 0 }).await;
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    let crowd = "
        insert into organizations (workos_org_id, slug, name, type)
        select 'org_' || number, 'crowd-' || number, 'Crowd ' || number, 'clinic'
          from generate_series(1, 1999) as number";
    superuser.batch_execute(crowd).await.expect("organizations");
    superuser.batch_execute(super::trail::GROW).await.expect("a function");
    let grown = "
        select pg_temp.grow(o.id, '2026-10-05T00:00:00Z', interval '60 s', 3, 0)
          from organizations o
         where o.slug like 'crowd-%'";
    superuser.batch_execute(grown).await.expect("rows");

    let workers: Vec<_> = (0..3).map(|_| worker(&app, &[]).with_timeout(Duration::from_secs(600))).collect();
    // The schedule fires twice, and the minute's does, too.
    let events = [monthly(), monthly(), json!({})];
    let answers = join_all(workers.iter().zip(events).map(|(worker, event)| worker.invoke(event))).await;
    let answers: Vec<_> = answers.into_iter().map(|answer| answer.unwrap_or_else(|error| panic!("{error}"))).collect();
    let sum = |name: &str| answers.iter().map(|answer| answer[name].as_i64().expect("a number")).sum::<i64>();
    assert_eq!((sum("queued"), sum("done")), (2000, 2000), "{answers:?}");
    let counts = "
        select count(*), count(distinct org_id), count(*) filter (where status = 'done'), count(distinct object_key)
          from audit_log_exports";
    let counts = owner.query_one(counts, &[]).await.expect("counts");
    let counts: Vec<i64> = (0..4).map(|column| counts.get(column)).collect();
    assert_eq!(counts, [2000; 4]);
    let told = "select count(*) from audit_logs where action = 'AUDIT_LOG_EXPORTED'";
    assert_eq!(owner.query_one(told, &[]).await.expect("the trail").get::<_, i64>(0), 2000);
    let any = owner.query_one("select id from audit_log_exports order by id limit 1", &[]).await.expect("one").get(0);
    assert_eq!(verified_by_python(&finished(&app, &owner, any).await).await["rows"], 3);
}
