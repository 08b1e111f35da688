//! Bodies of errors say what a caller can do about it, by stable codes, and nothing of what is inside.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::assert_discreet;
use crate::{
    app::{
        TestApp,
        sealed::{self, SESSION},
    },
    web::{Answer, ApiClient},
};

/// What a problem may hold (RFC 9457, and `code`, `request_id`, `errors` of ours).
const MEMBERS: [&str; 7] = ["type", "title", "status", "detail", "code", "request_id", "errors"];

fn assert_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.problem(), (status, code.to_owned()));
    let Value::Object(document) = answer.json() else { panic!("{answer:?}") };
    let members: BTreeSet<&str> = document.keys().map(String::as_str).collect();
    assert!(members.is_subset(&MEMBERS.into()), "{members:?}");
    assert_eq!(document["status"], status);
    assert_eq!(document["request_id"].as_str(), answer.header("x-request-id"), "it is found in the log by this");
    assert_discreet(answer, code);
    assert!(!answer.text().contains('@') && !answer.text().contains("user_01"), "{}", answer.text());
}

async fn break_events(app: &TestApp, statement: &str) {
    app.owner().await.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

async fn get(client: &ApiClient, target: &str) -> Answer {
    client.get(target).await
}

#[tokio::test]
async fn f11_refusals_are_problems_with_stable_codes_and_nothing_more() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let token = sealed::session(&client.jar()).access_token;
    let huge = "x".repeat(2 * 1024 * 1024);
    let call = |method: &str, target: &str| client.call(method, target);
    for (call, status, code) in [
        (call("GET", "/events?limit=select"), 400, "malformed"),
        (call("GET", "/events/%27%20or%201%3D1%20--"), 404, "not_found"),
        (call("GET", "/nothing/here"), 404, "not_found"),
        (call("POST", "/events").body("application/json", "{\"name\":"), 400, "malformed"),
        (
            call("POST", "/events").body("application/xml", "<x/>").header("sec-fetch-site", "none"),
            415,
            "unsupported_media_type",
        ),
        (call("POST", "/events").body("application/json", huge), 413, "too_large"),
        (call("POST", "/events").json(&json!({"name": token})), 422, "invalid"),
        (call("POST", "/events").json(&json!({})).header("origin", "https://evil.example"), 403, "cross_site"),
        (
            call("POST", "/auth/switch-organization").json(&json!({"organization_id": "org_01SEEDNORTE"})),
            403,
            "membership_inactive",
        ),
    ] {
        assert_problem(&client.send(call).await, status, code);
    }
    let nothing = json!({});
    for answer in [
        client.put("/auth/session", &nothing).await,
        client.patch("/auth/session", &nothing).await,
        client.delete("/auth/session").await,
    ] {
        assert_problem(&answer, 405, "method_not_allowed");
    }
    assert_problem(&app.client().get("/auth/session").await, 401, "unauthenticated");
    let billing = app.client_of("billing-admin@aurora.example").await;
    assert_problem(&billing.get("/events").await, 403, "forbidden");
}

#[tokio::test]
async fn f11_a_defect_of_ours_is_a_500_that_says_no_more_than_that() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    for statement in [
        "alter table events rename column name to name_gone",
        "alter table events rename to events_gone",
        "drop table events_gone cascade",
    ] {
        break_events(&app, statement).await;
        assert_problem(&get(&client, "/events").await, 500, "internal");
        let page = client.send(client.call("GET", "/events").header("accept", "text/html")).await;
        assert_eq!(page.status(), 500);
        assert!(!page.text().contains("events_gone") && !page.text().contains("42P01"), "{}", page.text());
        let id = page.header("x-request-id").expect("an id").to_owned();
        assert!(app.logs().contains(&id), "the log has it under the request's id");
    }
    assert!(client.jar().value(SESSION).is_some());
    assert_eq!(client.get("/auth/session").await.status(), 200);
    assert!(app.gateway().take_failures().is_empty(), "the function itself did not fail");
}
