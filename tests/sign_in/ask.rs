//! Another site sends somebody here who is signed in: nobody is made to change who they are without being asked.

use crate::app::{
    TestApp,
    sealed::{self, FLOW, SESSION},
};

const ELSEWHERE: &str = "https://elsewhere.example/";

#[tokio::test]
async fn a3_who_is_signed_in_and_comes_from_another_site_is_asked_first() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let address = "/sign-in?return_to=%2Fevents&login_hint=member%40aurora.example&organization_id=org_01SEEDAURORA";
    let page = browser.get_from(ELSEWHERE, address).await;
    assert_eq!((page.status(), page.path()), (200, address));
    assert!(browser.jar().names(FLOW).is_empty(), "nothing has begun");
    assert!(page.text().contains("signed in already"), "{}", page.text());

    assert_eq!(page.follow("Stay signed in").await.path(), "/events");
    let at_workos = page.follow("Sign in again").await;
    assert_eq!(at_workos.url().path(), "/user_management/authorize");
    let kept = |name: &str| at_workos.url().query_pairs().any(|(own, _)| own == name);
    assert!(kept("login_hint") && kept("organization_id"), "{}", at_workos.url());
}

#[tokio::test]
async fn a3_who_is_not_signed_in_or_comes_from_here_is_not_asked() {
    let app = TestApp::start().await;
    let browser = app.browser();
    assert_eq!(browser.get_from(ELSEWHERE, "/sign-in").await.url().path(), "/user_management/authorize");
    browser.sign_in_as("owner@aurora.example").await;
    assert_eq!(browser.get("/sign-in").await.url().path(), "/user_management/authorize");
}

#[tokio::test]
async fn a3_a_session_that_is_over_is_not_asked_about() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let mut session = sealed::session(&browser.jar());
    session.seen_at -= 2 * 3_600;
    sealed::put_session(&mut browser.jar(), &session);
    assert_eq!(browser.get_from(ELSEWHERE, "/sign-in").await.url().path(), "/user_management/authorize");
    browser.jar().edit(SESSION, "garbage");
    assert_eq!(browser.get_from(ELSEWHERE, "/sign-in").await.url().path(), "/user_management/authorize");
}
