//! The context is read once a statement, not once a row, and no statement looks at other organizations' rows
//! (hardening B23).

mod crowd;
mod findings;
mod nested;
mod source;
mod statements;
mod tables;

use serde_json::Value;
use tokio_postgres::{
    Client, Error, SimpleQueryMessage,
    types::{ToSql, Type},
};

use super::clinics::{AURORA, BOTH, Clinics};
use crate::app::{TestApp, connect_directly, world};

/// Makes hundreds of events in both organizations.
const MANY_EVENTS: &str = "
    insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
    select m.org_id, m.workos_user_id, 'An event', 'many-' || n, 30
      from generate_series(1, 300) as n,
           user_org_memberships m
     where m.workos_membership_id in ('om_01SEEDAURORAOWNER', 'om_01SEEDNORTEOWNER')";

/// Statements as the functions send them, and how many rows they touch.
const STATEMENTS: [(&str, u64); 7] = [
    ("select id, name from events", 303),
    ("select count(*) from events where workos_user_id = (select app.user_id())", 1),
    ("update events set name = 'Changed'", 303),
    ("delete from events", 303),
    (
        "insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
      select (select app.org_id()), (select app.user_id()), 'New', 'new-' || n, 30 from generate_series(1, 300) as n",
        300,
    ),
    ("select id from organizations", 1),
    ("select id from user_org_memberships", 1),
];

/// How often the functions of the context have been called in this transaction, all together.
async fn calls(client: &Client) -> i64 {
    let statement = "
        select coalesce(sum(calls), 0)::bigint
          from pg_stat_xact_user_functions
         where schemaname = 'app' and funcname in ('org_id', 'user_id', 'role')";
    client.query_typed_one(statement, &[]).await.expect("a count").get(0)
}

async fn many_events() -> TestApp {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    app.owner().await.batch_execute(MANY_EVENTS).await.expect("many events");
    app
}

#[tokio::test]
async fn b23_the_number_of_rows_does_not_count() {
    let app = many_events().await;
    // Only a superuser may have calls counted.
    let superuser = connect_directly(&world().superuser_url("postgres")).await;
    let count = format!("alter database {} set track_functions = 'all'", app.database());
    superuser.batch_execute(&count).await.expect("calls are counted");

    // For whom no row is settled by being their own.
    let begun = app.begin_as("user_01SEEDAURORAADMIN", AURORA).await;
    begun.client.batch_execute("select app.org_id()").await.expect("one call");
    assert_eq!(calls(&begun.client).await, 1, "calls are counted indeed");
    for (statement, expected) in STATEMENTS {
        begun.client.batch_execute("savepoint attempt").await.expect("a savepoint");
        let before = calls(&begun.client).await;
        let messages = begun.client.simple_query(statement).await.expect(statement);
        let touched = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
            _ => None,
        });
        assert_eq!(touched, Some(expected), "{statement}");
        let made = calls(&begun.client).await - before;
        // One for each place where a policy or the statement itself says so.
        assert!((1..=8).contains(&made), "{made} calls: {statement}");
        begun.client.batch_execute("rollback to savepoint attempt").await.expect("a savepoint");
    }
}

/// Every node of a plan, with those below it.
fn nodes(plan: &Value) -> Vec<&Value> {
    let below = plan["Plans"].as_array().into_iter().flatten().flat_map(nodes);
    std::iter::once(plan).chain(below).collect()
}

async fn explain(client: &Client, statement: &str) -> Value {
    let explained = client.query_typed_one(&format!("explain (analyze, verbose, format json) {statement}"), &[]).await;
    explained.expect("a plan").get::<_, Value>(0)[0]["Plan"].clone()
}

#[tokio::test]
async fn b23_plans_have_the_context_in_init_plans_that_run_once() {
    let app = many_events().await;
    app.owner().await.batch_execute("analyze events").await.expect("the planner knows how many there are");
    let begun = app.begin_as(BOTH, AURORA).await;
    for statement in ["select id from events", "update events set name = 'Changed'", "select id from organizations"] {
        let plan = explain(&begun.client, statement).await;
        let text = plan.to_string();
        let mut init_plans = 0;
        for node in nodes(&plan) {
            let relationship = node["Parent Relationship"].as_str().unwrap_or_default();
            let mentions = node["Output"].to_string().contains("app.") || node["Filter"].to_string().contains("app.");
            assert!(!mentions || relationship == "InitPlan", "{statement}: {node}");
            if relationship == "InitPlan" {
                init_plans += 1;
                assert!(node["Actual Loops"].as_f64().is_some_and(|loops| loops <= 1.0), "{statement}: {node}");
            }
            assert_ne!(relationship, "SubPlan", "a sub-query for every row: {statement}: {node}");
        }
        assert!(init_plans > 0, "{statement}: {text}");
    }
}

/// The plan of a statement that is not run.
async fn explain_only(
    client: &Client,
    statement: &str,
    parameters: &[(&(dyn ToSql + Sync), Type)],
) -> Result<Value, Error> {
    let rows = client.query_typed(&format!("explain (format json) {statement}"), parameters).await?;
    Ok(rows.first().expect("a plan").get::<_, Value>(0)[0]["Plan"].clone())
}
