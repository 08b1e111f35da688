//! AuthKit comes back with an error: a page says what that means, in our words only, and never loops.

use super::{assert_explained, codes_presented};
use crate::{
    app::{
        TestApp,
        sealed::{self, FLOW, SESSION},
    },
    web::Browser,
};

/// What WorkOS documents for the authorize endpoint, and where each leads.
const KNOWN: [(&str, &str); 9] = [
    ("access_denied", "access_denied"),
    ("organization_invalid", "organization_invalid"),
    ("server_error", "unavailable"),
    ("ambiguous_connection_selector", "failed"),
    ("connection_invalid", "failed"),
    ("connection_strategy_invalid", "failed"),
    ("connection_unlinked", "failed"),
    ("invalid_connection_selector", "failed"),
    ("oauth_failed", "failed"),
];

const PLANTED: &str = "Call+evil.example+now+%3Cb%3E%3Cscript%3Ealert(1)%3C/script%3E";

async fn state_of_a_new_flow(browser: &Browser) -> String {
    browser.get_once("/sign-in?return_to=%2Fevents").await;
    sealed::flows(&browser.jar()).pop().expect("the flow").state
}

#[tokio::test]
async fn every_error_of_authkit_ends_on_a_page_that_says_nothing_of_the_address() {
    let app = TestApp::start().await;
    let unknown = [("brand_new_error", "failed"), (PLANTED, "failed"), ("state_invalid", "failed"), ("%00", "failed")];
    for (error, explained) in KNOWN.into_iter().chain(unknown) {
        let browser = app.browser();
        let state = state_of_a_new_flow(&browser).await;
        let address = format!("/auth/callback?error={error}&error_description={PLANTED}&state={state}");
        let page = browser.get(&address).await;
        assert_explained(&page, explained);
        assert_eq!(page.hops().len(), 1, "{error}: {:?}", page.hops());
        assert!(!page.source().contains("evil.example") && !page.source().contains("<script"), "{}", page.source());
        assert!(!page.path().contains("evil.example"), "{}", page.path());
        assert!(browser.jar().names(FLOW).is_empty(), "{error}: the flow is over");
        assert!(browser.jar().value(SESSION).is_none());

        let again = page.follow("Try again").await;
        assert_eq!(again.url().path(), "/user_management/authorize", "{error}");
        assert_eq!(sealed::flows(&browser.jar())[0].return_to, "/events", "{error}: it still leads where it was to");
    }
    assert_eq!(codes_presented(&app), 0);
}

#[tokio::test]
async fn an_error_without_a_state_ends_on_a_page_as_well() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let page = browser.get(&format!("/auth/callback?error=access_denied&error_description={PLANTED}")).await;
    assert_explained(&page, "failed");
    assert_eq!(page.hops().len(), 1, "no new flow is started: {:?}", page.hops());
    assert!(browser.jar().names(FLOW).is_empty());
}

#[tokio::test]
async fn an_error_with_a_foreign_state_takes_nobodys_flow_away() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in", "owner@aurora.example").await;
    let page = browser.get(&format!("/auth/callback?error=access_denied&state={}", "0".repeat(64))).await;
    assert_explained(&page, "state_invalid");
    assert_eq!(browser.get(&callback).await.path(), "/dashboard");
}

#[tokio::test]
async fn the_page_that_explains_never_redirects_whoever_asks() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let ours = ["state_invalid", "code_invalid", "more_needed", "account_conflict", "session_too_large", "unavailable"];
    for is_signed_in in [false, true] {
        if is_signed_in {
            browser.sign_in_as("owner@aurora.example").await;
        }
        let codes = KNOWN.iter().map(|(error, _)| *error).chain(ours).chain([PLANTED, "organization_unavailable"]);
        for code in codes {
            for address in [format!("/sign-in?error={code}"), format!("/sign-in?error={code}&restarted=1&ended=1")] {
                for page in [browser.get(&address).await, browser.get_from("https://evil.example/", &address).await] {
                    assert!(page.hops().is_empty(), "{code}: {:?}", page.hops());
                    assert_eq!(page.status(), if code == "unavailable" { 503 } else { 200 }, "{code}");
                    assert!(page.has("a[href^='/sign-in?return_to=']"), "{code}: there is a way on");
                    assert!(!page.source().contains("evil.example"), "{code}");
                }
            }
        }
    }
    assert!(browser.jar().names(FLOW).is_empty(), "no flow was started");
}

#[tokio::test]
async fn f11_api_clients_get_the_explanation_as_a_document() {
    let app = TestApp::start().await;
    let answer = app.client().get(&format!("/sign-in?error={PLANTED}")).await;
    assert_eq!((answer.status(), answer.json()["code"].as_str()), (200, Some("failed")));
    let answer = app.client().get("/sign-in?error=unavailable").await;
    assert_eq!((answer.status(), answer.header("retry-after")), (503, Some("5")));
}
