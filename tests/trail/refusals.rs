//! Who was refused what (hardening D7).

use serde_json::{Value, json};

use super::{Row, rows, rows_since};
use crate::{
    app::{TestApp, sealed::SESSION},
    events::{create, event, path},
    web::{Answer, ApiClient},
};

const AURORA: &str = "org_01SEEDAURORA";
const BILLING_ADMIN: &str = "billing-admin@aurora.example";

/// The refusals since there were `before` rows.
async fn refusals(app: &TestApp, before: usize) -> Vec<Row> {
    rows_since(app, before).await.into_iter().filter(|row| row.action == "UNAUTHORIZED_ACCESS_ATTEMPT").collect()
}

/// Has somebody be refused, and gives the one row that tells of it.
async fn refused(app: &TestApp, status: u16, answer: impl Future<Output = Answer>) -> Row {
    let before = rows(app).await.len();
    let answer = answer.await;
    assert_eq!(answer.status(), status, "{answer:?}");
    let mut rows = refusals(app, before).await;
    let row = rows.pop().unwrap_or_else(|| panic!("no row tells of {answer:?}"));
    assert!(rows.is_empty(), "{rows:#?}");
    assert_eq!((row.outcome.as_str(), row.resource_type.as_str()), ("failure", "security"));
    assert_eq!(row.request_id.as_deref(), answer.header("x-request-id"));
    row
}

fn told(row: &Row) -> (&Value, &Value) {
    let metadata = row.metadata.as_ref().expect("metadata");
    (&metadata["code"], &metadata["route"])
}

#[tokio::test]
async fn d7_a_missing_permission_is_recorded() {
    let app = TestApp::start().await;
    let client = app.client_of(BILLING_ADMIN).await;
    let row = refused(&app, 403, client.post("/events", &event("Consulta"))).await;
    assert_eq!(told(&row), (&json!("forbidden"), &json!("POST /events")));
    assert_eq!(row.workos_user_id.as_deref(), Some("user_01SEEDAURORABILLINGADMIN"));
    assert_eq!(row.workos_org_id.as_deref(), Some(AURORA));
}

#[tokio::test]
async fn d7_what_is_another_expert_s_or_another_organization_s_is_recorded() {
    let app = TestApp::start().await;
    let [owner, member, stranger] = [
        app.client_of("owner@aurora.example").await,
        app.client_of("member@aurora.example").await,
        app.client_of("owner@norte.example").await,
    ];
    let event = create(&owner, "Consulta").await;
    let row = refused(&app, 403, member.patch(&path(&event), &json!({"price": 1}))).await;
    assert_eq!(told(&row), (&json!("forbidden"), &json!("PATCH /events/{id}")));
    let other = app.client_of("admin@norte.example").await;
    for (who, method, accept) in [
        (&stranger, "GET", "application/json"),
        (&other, "GET", "text/html"),
        (&stranger, "DELETE", "*/*"),
        (&stranger, "PATCH", "*/*"),
    ] {
        let call = who.call(method, &path(&event)).header("accept", accept);
        let call = if method == "GET" { call } else { call.json(&json!({"price": 1})) };
        let row = refused(&app, 404, who.send(call)).await;
        assert_eq!(told(&row), (&json!("not_found"), &json!(format!("{method} /events/{{id}}"))));
        assert_eq!(row.metadata.as_ref().expect("metadata")["resource_id"], event["id"]);
        assert_eq!(row.workos_org_id.as_deref(), Some("org_01SEEDNORTE"), "it is told where they belong");
    }
}

#[tokio::test]
async fn d7_a_session_that_has_ended_and_a_membership_that_is_not_active_are_recorded() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let copy = client.copied();
    client.post("/auth/sign-out", &json!({})).await;
    let row = refused(&app, 401, copy.get("/events")).await;
    assert_eq!(told(&row), (&json!("unauthenticated"), &json!("GET /events")));
    assert_eq!(row.workos_user_id.as_deref(), Some("user_01SEEDAURORAOWNER"));

    let member = app.client_of_organization("both@eleva.example", AURORA).await;
    let suspend = "update user_org_memberships set status = 'suspended' where workos_user_id = 'user_01SEEDBOTH'";
    app.owner().await.batch_execute(suspend).await.expect("suspended");
    let row = refused(&app, 403, member.get("/events")).await;
    assert_eq!(told(&row), (&json!("membership_inactive"), &json!("GET /events")));

    let to_norte = json!({"organization_id": "org_01SEEDNORTE"});
    let row = refused(&app, 403, member.post("/auth/switch-organization", &to_norte)).await;
    assert_eq!(told(&row), (&json!("membership_inactive"), &json!("POST /auth/switch-organization")));
}

#[tokio::test]
async fn d7_what_came_from_another_site_is_recorded() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let call = client.call("POST", "/events").header("sec-fetch-site", "cross-site").json(&event("Planted"));
    let row = refused(&app, 403, client.send(call)).await;
    assert_eq!(told(&row), (&json!("cross_site"), &json!("POST events")));
}

#[tokio::test]
async fn d7_whom_nobody_can_name_leaves_no_row() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let before = rows(&app).await.len();
    assert_eq!(app.client().get("/events").await.status(), 401);
    let broken = client.copied();
    broken.jar().edit(SESSION, "garbage");
    assert_eq!(broken.get("/events").await.status(), 401);
    assert_eq!(client.get("/nowhere").await.status(), 404);
    assert_eq!(client.get("/events/no-id").await.status(), 404);
    assert!(refusals(&app, before).await.is_empty());
}

async fn refuse_often(client: &ApiClient, times: usize) {
    for _ in 0..times {
        assert_eq!(client.post("/events", &event("Consulta")).await.status(), 403);
    }
}

/// How many refusals are counted without a row of their own.
async fn further(app: &TestApp) -> i64 {
    let counted = "select coalesce(sum(refusals - 1), 0)::bigint from audit_refusals";
    app.owner().await.query_one(counted, &[]).await.expect("a sum").get(0)
}

#[tokio::test]
async fn d7_of_many_refusals_in_a_minute_the_first_has_a_row_and_the_others_are_counted() {
    let app = TestApp::start().await;
    let client = app.client_of(BILLING_ADMIN).await;
    let before = rows(&app).await.len();
    refuse_often(&client, 6).await;
    let first = refusals(&app, before).await;
    // The minute may have turned in between.
    assert!((1..=2).contains(&first.len()), "{first:#?}");
    let counted = further(&app).await;
    assert_eq!(first.len() as i64 + counted, 6, "none is lost");

    // Another route, and another person, have rows of their own.
    let elsewhere = refused(&app, 403, client.put("/events/order", &json!({"ids": []}))).await;
    assert_eq!(told(&elsewhere).1, &json!("PUT /events/order"));
    let other = app.client_of("billing-admin@norte.example").await;
    refused(&app, 403, other.post("/events", &event("Consulta"))).await;

    let age = "update audit_refusals set minute = minute - interval '5 minutes'";
    app.owner().await.batch_execute(age).await.expect("time goes by");
    let of_last_minute = "
        select refusals - 1 from audit_refusals
         where route = 'POST /events' and workos_user_id = 'user_01SEEDAURORABILLINGADMIN'
         order by minute desc limit 1";
    let of_last_minute: i64 = app.owner().await.query_one(of_last_minute, &[]).await.expect("a count").get(0);
    let next = refused(&app, 403, client.post("/events", &event("Consulta"))).await;
    let metadata = next.metadata.expect("metadata");
    assert_eq!(metadata["further_refusals"].as_i64().unwrap_or(0), of_last_minute, "{metadata}");
}

#[tokio::test]
async fn d7_refusals_at_once_make_one_row_and_lose_no_count() {
    let app = TestApp::start().await;
    let client = app.client_of(BILLING_ADMIN).await;
    let before = rows(&app).await.len();
    let document = event("Consulta");
    let answers = futures_util::future::join_all((0..12).map(|_| client.post("/events", &document))).await;
    assert!(answers.iter().all(|answer| answer.status() == 403));
    let rows = refusals(&app, before).await.len() as i64;
    assert!((1..=2).contains(&rows), "{rows} rows");
    assert_eq!(rows + further(&app).await, 12);
}
