//! Who may export the trail, and whose.

use serde_json::{Map, json};

use super::{AURORA, NORTE, OWNER, Trail, ask, finished, path, paths, wanted};
use crate::{app::TestApp, web::ApiClient};

/// Every route refuses this client, and nothing is made.
async fn assert_refused(client: &ApiClient, paths: &[String], who: &str) {
    let forbidden = (403, "forbidden".to_owned());
    assert_eq!(client.get("/audit/exports").await.problem(), forbidden, "{who}");
    assert_eq!(client.post("/audit/exports", &wanted()).await.problem(), forbidden, "{who}");
    for path in paths {
        assert_eq!(client.get(path).await.problem(), forbidden, "{who} {path}");
    }
}

#[tokio::test]
async fn d5_d16_owners_and_administrators_export_the_log_and_nobody_else() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    for email in [OWNER, "admin@aurora.example"] {
        let client = app.client_of(email).await;
        let export = ask(&client, &wanted()).await;
        let listed = client.get_json("/audit/exports").await;
        assert_eq!(listed["items"][0]["id"], export["id"], "{email}");
    }
    let id = finished(&app, AURORA).await;
    let made = trail.stored("AUDIT_LOG_EXPORTED").await.len();
    for email in ["member@aurora.example", "billing-admin@aurora.example"] {
        assert_refused(&app.client_of(email).await, &paths(id), email).await;
    }
    let refusals = trail.stored("UNAUTHORIZED_ACCESS_ATTEMPT").await;
    let routes: Vec<_> = refusals.iter().map(|row| row["metadata"]["route"].as_str().unwrap_or_default()).collect();
    for route in [
        "GET /audit/exports",
        "POST /audit/exports",
        "GET /audit/exports/{id}",
        "GET /audit/exports/{id}/download",
        "GET /audit/exports/{id}/left-out",
        "GET /audit/exports/{id}/manifest",
    ] {
        assert_eq!(routes.iter().filter(|own| **own == route).count(), 2, "d7 {route}: {routes:?}");
    }
    assert_eq!(trail.stored("AUDIT_LOG_EXPORTED").await.len(), made);
    assert!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.is_empty());
    let count = trail.owner().query_one("select count(*) from audit_log_exports", &[]).await.expect("a count");
    assert_eq!(count.get::<_, i64>(0), 3);
}

#[tokio::test]
async fn d5_whoever_impersonates_reads_the_log_and_exports_nothing() {
    let app = TestApp::start().await;
    app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    let claims = Map::from_iter([("act".to_owned(), json!({"sub": "support@eleva.example"}))]);
    app.workos().control().set_extra_claims(claims);
    let impersonated = app.client_of_organization(OWNER, AURORA).await;
    app.workos().control().set_extra_claims(Map::new());
    assert!(impersonated.get_json("/auth/session").await["impersonator"].is_string());
    assert_eq!(impersonated.get("/audit/logs").await.status(), 200);
    assert_refused(&impersonated, &paths(id), "support").await;
}

#[tokio::test]
async fn d5_a_token_opens_less_than_the_role() {
    let app = TestApp::start().await;
    app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    let claims = Map::from_iter([("permissions".to_owned(), json!(["audit:read"]))]);
    app.workos().control().set_extra_claims(claims);
    let reader = app.client_of_organization(OWNER, AURORA).await;
    assert_refused(&reader, &paths(id), "who may only read").await;
}

#[tokio::test]
async fn d16_an_administrator_who_is_none_any_more_gets_nothing_although_the_token_still_says_so() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of("admin@aurora.example").await;
    let id = finished(&app, AURORA).await;
    assert_eq!(client.get(&path(id)).await.status(), 200);
    let lower = "update user_org_memberships set role = 'member' where workos_user_id = 'user_01SEEDAURORAADMIN'";
    trail.owner().batch_execute(lower).await.expect("the role is lowered");
    assert_refused(&client, &paths(id), "a former administrator").await;
    let count = trail.owner().query_one("select count(*) from audit_log_exports", &[]).await.expect("a count");
    assert_eq!(count.get::<_, i64>(0), 1, "nothing was asked for");
    assert!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.is_empty());
}

#[tokio::test]
async fn d5_the_exports_of_another_organization_are_not_there_and_the_attempt_is_recorded() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, NORTE).await;
    app.client_of(OWNER).await;
    let of_aurora = finished(&app, AURORA).await;
    let client = app.client_of("owner@norte.example").await;
    let own = finished(&app, NORTE).await;
    let listed = client.get_json("/audit/exports").await;
    let ids: Vec<_> = listed["items"].as_array().expect("items").iter().map(|item| item["id"].clone()).collect();
    assert_eq!(ids, [json!(own)]);
    for path in paths(of_aurora) {
        assert_eq!(client.get(&path).await.problem(), (404, "not_found".to_owned()), "{path}");
    }
    let refusals = trail.stored("UNAUTHORIZED_ACCESS_ATTEMPT").await;
    assert_eq!(refusals.len(), 4, "{refusals:#?}");
    assert!(refusals.iter().all(|row| row["metadata"]["resource_id"] == json!(of_aurora)), "{refusals:#?}");
    assert!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.is_empty());
}

#[tokio::test]
async fn f4_what_is_no_id_names_nothing() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    for id in ["x", "0193fa6e00007000800000000000000", "%00", "..", "0193fa6e-0000-7000-8000-000000000000"] {
        for path in ["", "/download", "/left-out", "/manifest"] {
            let target = format!("/audit/exports/{id}{path}");
            assert_eq!(client.get(&target).await.problem(), (404, "not_found".to_owned()), "{target}");
        }
    }
    let id = finished(&app, AURORA).await;
    for path in ["/rows", "/download/", "/", "/files/download"] {
        let target = format!("/audit/exports/{id}{path}");
        assert_eq!(client.get(&target).await.problem(), (404, "not_found".to_owned()), "{target}");
    }
}
