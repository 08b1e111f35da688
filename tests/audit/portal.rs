//! The way to the audit log at WorkOS.

use std::time::Duration;

use dev::workos::{Effect, Fault};
use serde_json::{Value, json};

use super::{AURORA, OWNER, Trail};
use crate::app::{PUBLIC_URL, TestApp, world};

#[tokio::test]
async fn an_administrator_is_sent_to_the_admin_portal_of_their_organization_and_back() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let browser = app.browser();
    browser.sign_in_as("admin@aurora.example").await;
    let page = browser.get("/audit/logs").await.follow("Open at WorkOS").await;
    assert_eq!(page.hops().iter().map(|hop| hop.status).collect::<Vec<_>>(), [303]);
    assert!(page.url().as_str().starts_with(app.workos().url()), "{}", page.url());
    assert_eq!(page.heading(), "Admin Portal of Clínica Aurora");
    assert!(page.text().contains("audit logs"), "{}", page.text());
    let back = page.follow("Back to the application").await;
    assert_eq!((back.url().as_str(), back.heading()), (&*format!("{PUBLIC_URL}/audit/logs"), "Audit log".to_owned()));

    let looks = trail.stored("AUDIT_LOG_VIEWED").await;
    let views: Vec<&Value> = looks.iter().map(|look| &look["metadata"]["view"]).collect();
    assert_eq!(views, ["list", "portal", "list"]);
    assert_eq!(looks[1]["metadata"], json!({"view": "portal"}), "the link is nobody else's");
    assert_eq!(looks[1]["workos_user_id"], "user_01SEEDAURORAADMIN");
}

#[tokio::test]
async fn every_request_has_a_link_of_its_own_also_an_api_clients() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let [one, other] = [client.get("/audit/portal").await, client.get("/audit/portal").await];
    assert_eq!((one.status(), one.text()), (303, ""));
    assert_eq!(one.header("cache-control"), Some("private, no-store"));
    assert_ne!(one.location(), other.location());
}

#[tokio::test]
async fn an_outage_of_workos_is_an_outage_and_gives_nothing_away() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let control = app.workos().control();
    let refusal = r#"{"message":"Organization not found: 'org_01SEEDAURORA'."}"#;
    let effects = [
        Effect::rate_limited(60),
        Effect::status(500, r#"{"message":"select * from pg_class"}"#),
        Effect::status(404, refusal),
        Effect::status(201, r#"{"link":"javascript:alert(1)"}"#),
        Effect::status(201, "{}"),
        Effect::DropRequest,
        Effect::delay(Duration::from_secs(30)),
    ];
    for (number, effect) in effects.into_iter().enumerate() {
        control.add_fault(Fault::new("/portal/generate_link", effect.clone()));
        let answer = client.get("/audit/portal").await;
        assert_eq!(answer.problem(), (503, "unavailable".to_owned()), "{effect:?}");
        assert_eq!(answer.header("retry-after"), Some("5"), "{effect:?}");
        assert!(answer.header("location").is_none() && answer.set_cookies().is_empty(), "{effect:?}");
        for giveaway in ["org_01", "workos", "pg_class", "127.0.0.1", "javascript", "portal"] {
            assert!(!answer.text().to_lowercase().contains(giveaway), "{effect:?}: {}", answer.text());
        }
        control.clear_faults();
        assert_eq!(trail.stored("AUDIT_LOG_VIEWED").await.len(), number + 1, "who set out is recorded: {effect:?}");
    }
    assert_eq!(client.get("/audit/portal").await.status(), 303, "and afterwards it works");
}

/// What the stand-in answers to a request for a link.
async fn generate(app: &TestApp, key: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/portal/generate_link", app.workos().url());
    let request = reqwest::Client::new().post(url).bearer_auth(key).json(body);
    let response = request.send().await.expect("the stand-in answers");
    (response.status().as_u16(), response.json().await.expect("JSON"))
}

#[tokio::test]
async fn the_stand_in_makes_links_as_workos_does() {
    let app = TestApp::start().await;
    let key = world().secrets.workos_api_key.as_str();
    let body = json!({"organization": AURORA, "intent": "audit_logs"});
    let (status, answer) = generate(&app, key, &body).await;
    assert_eq!(status, 201, "{answer}");
    let link = answer["link"].as_str().expect("a link").to_owned();
    for (key, body, expected) in [
        ("sk_wrong", &body, 401),
        (key, &json!({"organization": "org_01NOBODYS", "intent": "audit_logs"}), 404),
        (key, &json!({"organization": AURORA, "intent": "anything"}), 422),
        (key, &json!({"intent": "audit_logs"}), 422),
    ] {
        let (status, answer) = generate(&app, key, body).await;
        assert_eq!(status, expected, "{answer}");
        assert!(answer["message"].is_string(), "{answer}");
    }
    let opened = async || reqwest::get(&link).await.expect("the stand-in answers").status().as_u16();
    assert_eq!(opened().await, 200);
    app.workos().control().set_clock_offset(5 * 60 + 1);
    assert_eq!(opened().await, 400, "a link lives five minutes");
}
