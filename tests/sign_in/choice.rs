//! AuthKit leaves the choice among several organizations to us (`organization_selection_required`).

use serde_json::json;

use super::assert_explained;
use crate::{
    app::{
        PUBLIC_URL, TestApp,
        sealed::{self, FLOW, SESSION},
    },
    web::{ApiClient, Browser, Page},
};

const BOTH: &str = "both@eleva.example";
const CHOICE: &str = "/auth/callback/organization";

async fn asked(app: &TestApp) -> (Browser, Page) {
    app.workos().control().let_application_select_organization(true);
    let browser = app.browser();
    let page = browser.get("/sign-in?return_to=%2Fevents").await.press_value(BOTH).await;
    (browser, page)
}

async fn organization(client: &ApiClient) -> String {
    let session = client.get_json("/auth/session").await;
    session["organization"]["workos_org_id"].as_str().expect("an organization").to_owned()
}

#[tokio::test]
async fn a_page_offers_the_organizations_and_choosing_one_signs_in_to_it() {
    let app = TestApp::start().await;
    for chosen in ["org_01SEEDAURORA", "org_01SEEDNORTE"] {
        let (browser, page) = asked(&app).await;
        assert_eq!((page.status(), page.url().path()), (200, CHOICE));
        let offered = page.attributes("button[name=organization_id]", "value");
        assert_eq!(offered[..2], ["org_01SEEDAURORA", "org_01SEEDNORTE"]);
        assert!(browser.jar().value(SESSION).is_none(), "nobody is signed in yet");
        let page = page.press_value(chosen).await;
        assert_eq!((page.status(), page.path()), (200, "/events"), "and it leads where the sign-in was to lead");
        assert_eq!(organization(&browser.api()).await, chosen);
        assert!(browser.jar().names(FLOW).is_empty(), "the flow is over");
    }
}

#[tokio::test]
async fn a_choice_can_be_made_in_json() {
    let app = TestApp::start().await;
    let (browser, _) = asked(&app).await;
    let client = browser.api();
    let offered = client.get_json(CHOICE).await;
    assert_eq!(offered["organizations"][1]["id"], "org_01SEEDNORTE");
    assert!(offered["organizations"][1]["name"].is_string());
    let answer = client.post(CHOICE, &json!({"organization_id": "org_01SEEDNORTE"})).await;
    assert_eq!((answer.status(), answer.location()), (303, format!("{PUBLIC_URL}/events").as_str()));
    assert_eq!(organization(&client).await, "org_01SEEDNORTE");
}

#[tokio::test]
async fn a6_an_organization_that_was_not_offered_is_refused() {
    let app = TestApp::start().await;
    // A newcomer's own organization exists at WorkOS, but not for this person.
    let newcomer = app.browser();
    newcomer.sign_up("ana@newcomer.example", "Ana", "Reis").await;
    let foreign = organization(&newcomer.api()).await;
    for id in [foreign.as_str(), "org_01NOSUCHORGANIZATION"] {
        let (browser, _) = asked(&app).await;
        let client = browser.api();
        let answer = client.post(CHOICE, &json!({"organization_id": id})).await;
        assert_eq!(answer.problem(), (403, "membership_inactive".to_owned()), "{id}");
        assert!(client.jar().value(SESSION).is_none(), "{id}");

        let (browser, page) = asked(&app).await;
        let flow = page.attributes("input[name=flow]", "value").remove(0);
        let client = browser.api();
        let call = client.call("POST", CHOICE).header("accept", "text/html").header("origin", PUBLIC_URL);
        let answer = client.send(call.form(&[("flow", &flow), ("organization_id", id)])).await;
        assert!(answer.location().starts_with("/sign-in?error=organization_unavailable"), "{id}: {answer:?}");
        assert!(client.jar().value(SESSION).is_none(), "{id}");
    }
    let (browser, _) = asked(&app).await;
    let answer = browser.api().post(CHOICE, &json!({"organization_id": ""})).await;
    assert_eq!(answer.problem(), (422, "invalid".to_owned()));
}

#[tokio::test]
async fn a_choice_whose_fields_are_no_texts_is_refused_and_can_be_made_again() {
    let app = TestApp::start().await;
    let (browser, _) = asked(&app).await;
    let client = browser.api();
    for flow in [json!({}), json!([]), json!(1), json!(null)] {
        let answer = client.post(CHOICE, &json!({"organization_id": "org_01SEEDNORTE", "flow": flow})).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{flow}");
        assert_eq!(answer.json()["errors"][0]["field"], "flow", "{flow}");
    }
    let answer = client.post(CHOICE, &json!({"organization_id": ["org_01SEEDNORTE"]})).await;
    assert_eq!(answer.json()["errors"][0]["field"], "organization_id");
    assert_eq!(client.post(CHOICE, &json!({"organization_id": "org_01SEEDNORTE"})).await.status(), 303);
}

#[tokio::test]
async fn a3_a_choice_that_comes_too_late_is_refused() {
    let app = TestApp::start().await;
    let (browser, page) = asked(&app).await;
    let mut flow = sealed::flows(&browser.jar()).pop().expect("the flow");
    flow.created_at -= 601;
    sealed::put_flow(&mut browser.jar(), &flow);
    let answer = browser.api().post(CHOICE, &json!({"organization_id": "org_01SEEDNORTE"})).await;
    assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()));
    assert_explained(&page.press_value("org_01SEEDNORTE").await, "state_invalid");
    assert_explained(&browser.get(CHOICE).await, "state_invalid");

    let (browser, page) = asked(&app).await;
    let client = browser.api();
    app.workos().control().set_clock_offset(3_600);
    let answer = client.post(CHOICE, &json!({"organization_id": "org_01SEEDNORTE"})).await;
    assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()), "WorkOS has forgotten the sign-in");
    let page = page.press_value("org_01SEEDNORTE").await;
    assert_eq!((page.url().path(), page.status()), ("/sign-in", 200));
    assert!(browser.jar().value(SESSION).is_none());
}

#[tokio::test]
async fn a3_a_choice_counts_once_and_only_in_its_own_browser() {
    let app = TestApp::start().await;
    let (browser, page) = asked(&app).await;
    let (copy, stranger) = (browser.copied(), app.browser());
    assert_explained(&stranger.get(page.path()).await, "state_invalid");
    assert_eq!(page.press_value("org_01SEEDAURORA").await.path(), "/events");
    let answer = copy.api().post(CHOICE, &json!({"organization_id": "org_01SEEDNORTE"})).await;
    assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()));
    assert_explained(&browser.get(CHOICE).await, "state_invalid");
}

#[tokio::test]
async fn two_tabs_that_are_both_asked_answer_each_for_itself() {
    let app = TestApp::start().await;
    app.workos().control().let_application_select_organization(true);
    let browser = app.browser();
    let mut pages = Vec::new();
    for return_to in ["/events", "/dashboard"] {
        let start = browser.get(&format!("/sign-in?return_to={return_to}")).await;
        pages.push((return_to, start.press_value(BOTH).await));
    }
    for (return_to, page) in pages {
        assert_eq!(page.press_value("org_01SEEDNORTE").await.path(), return_to);
    }
}
