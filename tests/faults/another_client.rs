//! Another WorkOS environment: its own client id, API key, issuer and signing key. All of it is a matter of settings,
//! and what another environment signed is worth nothing.

use dev::workos::OldKeys;
use serde_json::json;

use crate::{
    app::{
        Setup, TestApp,
        sealed::{self, SESSION},
    },
    web::Browser,
};

const CLIENT_ID: &str = "client_01OTHERENVIRONMENT";
const API_KEY: &str = "sk_other_environment";
const ISSUER: &str = "https://auth.eleva.test/";
const OWNER: &str = "owner@aurora.example";

fn other_environment() -> Setup {
    TestApp::setup()
        .workos(|config| {
            config.client_id = CLIENT_ID.to_owned();
            config.api_key = API_KEY.to_owned();
            config.issuer = Some(ISSUER.to_owned());
        })
        .setting("WORKOS_CLIENT_ID", CLIENT_ID)
        .setting("WORKOS_API_KEY", API_KEY)
}

async fn returned(app: &TestApp) -> Browser {
    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in?organization_id=org_01SEEDAURORA", OWNER).await;
    browser.get_once(&callback).await;
    browser
}

#[tokio::test]
async fn b20_everything_works_in_another_environment() {
    let issuers = format!("https://api.workos.com,{ISSUER}");
    let app = other_environment().setting("WORKOS_ISSUERS", &issuers).start().await;
    app.workos().control().rotate_signing_key(OldKeys::Withdrawn).await.expect("a key of its own");
    app.workos().control().set_clock_offset(-280);
    let browser = returned(&app).await;
    app.workos().control().set_clock_offset(0);
    let client = browser.api();
    let session = client.get_json("/auth/session").await;
    assert_eq!(session["user"]["email"], OWNER);
    let claims = sealed::claims(&sealed::session(&client.jar()).access_token);
    assert_eq!((claims["iss"].as_str(), claims["client_id"].as_str()), (Some(ISSUER), Some(CLIENT_ID)));
    assert_eq!(app.workos().control().count_grants("refresh_token"), 1);
    assert_eq!(client.get("/events").await.status(), 200);
    let newcomer = app.browser();
    assert_eq!(newcomer.sign_up("ana@newcomer.example", "Ana", "Reis").await.path(), "/dashboard");
    assert_eq!(client.post("/auth/sign-out", &json!({})).await.status(), 200);
    let keys = format!("/sso/jwks/{CLIENT_ID}");
    assert!(app.workos().control().requests().iter().any(|request| request.path == keys));
}

#[tokio::test]
async fn a1_an_issuer_that_is_not_on_the_list_makes_no_session() {
    for issuers in [None, Some("https://auth.eleva.test"), Some("https://auth.eleva.test/x,https://auth.eleva")] {
        let setup = other_environment();
        let app = match issuers {
            Some(issuers) => setup.setting("WORKOS_ISSUERS", issuers),
            None => setup,
        };
        let app = app.start().await;
        let browser = returned(&app).await;
        assert!(browser.jar().value(SESSION).is_none(), "{issuers:?}");
    }
}

#[tokio::test]
async fn a1_a_session_of_another_environment_is_worth_nothing() {
    let ours = TestApp::start().await;
    let theirs = other_environment().setting("WORKOS_ISSUERS", ISSUER).start().await;
    // The seal is the same in both, the worst that could be.
    let foreign = returned(&theirs).await;
    assert_eq!(foreign.api().get("/auth/session").await.status(), 200);
    let client = ours.client_of(OWNER).await;
    let session = sealed::session(&foreign.jar());
    sealed::put_session(&mut client.jar(), &session);
    assert_eq!(client.get("/auth/session").await.problem(), (401, "unauthenticated".to_owned()));
}

#[tokio::test]
async fn a_wrong_api_key_is_an_outage_and_not_the_persons_fault() {
    let app = TestApp::setup().setting("WORKOS_API_KEY", "sk_wrong").start().await;
    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in", OWNER).await;
    let page = browser.get(&callback).await;
    assert_eq!((page.status(), page.header("retry-after")), (503, Some("5")));
    assert!(browser.jar().value(SESSION).is_none());
}
