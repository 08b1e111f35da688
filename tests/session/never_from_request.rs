//! Neither kind of organization nor role nor anything else of an identity ever comes from a request.

use serde_json::json;

use super::{AURORA, NORTE, client_in, document};
use crate::app::TestApp;

/// Whatever a request might call what it wants to be.
const WISHES: &str = "type=clinic&organization_type=expert_individual&org_type=expert_individual&expert=true&role=owner\
    &user_type=expert&org=org_01SEEDNORTE&org_id=org_01SEEDNORTE&user_id=user_01SEEDNORTEOWNER&_org=org_01SEEDNORTE\
    &_user=user_01SEEDNORTEOWNER&permissions=audit:read&sub=user_01SEEDNORTEOWNER&metadata[type]=clinic";

#[tokio::test]
async fn a18_a_newcomer_is_a_patient_whatever_the_links_said() {
    let app = TestApp::start().await;
    let before = types(&app).await;
    let browser = app.browser();
    let page = browser.get(&format!("/sign-in?{WISHES}&screen_hint=sign-up&return_to=%2Fdashboard")).await;
    for wish in ["type", "role", "user_type", "permissions"] {
        assert!(!page.url().query_pairs().any(|(name, _)| name == wish), "{wish} went on to WorkOS: {}", page.url());
    }
    let form = page.form("#email").fill("email", "ana@newcomer.example").fill("first_name", "Ana");
    let callback = form.submit_once().await.location().to_owned();
    browser.get(&format!("{callback}&{WISHES}")).await;
    let document = document(&browser.api()).await;
    assert_eq!((&document["organization"]["type"], &document["role"]), (&json!("patient_personal"), &json!("owner")));
    let mut expected = before;
    expected.push("patient_personal".to_owned());
    expected.sort();
    assert_eq!(types(&app).await, expected, "a personal organization and nothing else");
}

/// The types of all organizations.
async fn types(app: &TestApp) -> Vec<String> {
    let rows = app.owner().await.query("select type from organizations order by type", &[]).await.expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a18_a_query_or_header_changes_nothing_about_who_is_asking() {
    let app = TestApp::start().await;
    let client = client_in(&app, "member@aurora.example", AURORA).await;
    let plain = document(&client).await;
    assert_eq!(document_at(&client, &format!("/auth/session?{WISHES}")).await, plain);
    let call = client
        .call("GET", "/auth/session")
        .header("x-organization-id", NORTE)
        .header("x-user-id", "user_01SEEDNORTEOWNER")
        .header("x-role", "owner")
        .header("authorization", "Bearer anything");
    assert_eq!(client.send(call).await.json(), plain);
    let mut dashboard = plain.clone();
    for name in ["expires_at", "impersonator"] {
        dashboard.as_object_mut().expect("an object").remove(name);
    }
    dashboard["next_meetings"] = json!([]);
    assert_eq!(document_at(&client, &format!("/dashboard?{WISHES}")).await, dashboard);
}

async fn document_at(client: &crate::web::ApiClient, target: &str) -> serde_json::Value {
    client.get_json(target).await
}

#[tokio::test]
async fn a18_the_fields_of_a_switch_change_nothing_but_the_organization() {
    let app = TestApp::start().await;
    let client = client_in(&app, "both@eleva.example", NORTE).await;
    let wishes = json!({
        "organization_id": AURORA, "role": "owner", "type": "expert_individual", "permissions": ["audit:read"],
        "user_id": "user_01SEEDAURORAOWNER",
    });
    let answer = client.post("/auth/switch-organization", &wishes).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let document = answer.json();
    assert_eq!((&document["role"], &document["organization"]["type"]), (&json!("member"), &json!("clinic")));
    assert_eq!(document["user"]["email"], "both@eleva.example");
    assert!(!document["permissions"].as_array().expect("a list").contains(&json!("audit:read")));
}

#[tokio::test]
async fn a18_what_is_made_belongs_to_the_session_and_not_to_what_the_body_says() {
    let app = TestApp::start().await;
    let client = client_in(&app, "member@aurora.example", AURORA).await;
    let event = json!({"name": "First visit", "duration_in_minutes": 30, "price": 0, "currency": "eur"});
    for (field, value) in [
        ("org_id", json!("0193fa6e-0000-7000-8000-000000000000")),
        ("workos_user_id", json!("user_01SEEDNORTEOWNER")),
        ("expert", json!("user_01SEEDNORTEOWNER")),
        ("role", json!("owner")),
    ] {
        let mut wishful = event.clone();
        wishful[field] = value;
        let answer = client.post("/events", &wishful).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{field}");
    }
    let answer = client.post(&format!("/events?{WISHES}"), &event).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    let row = app
        .owner()
        .await
        .query_one(
            "select e.workos_user_id, o.workos_org_id from events e join organizations o on o.id = e.org_id",
            &[],
        )
        .await
        .expect("one event");
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("user_01SEEDAURORAMEMBER", AURORA));
}
