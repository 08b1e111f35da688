//! What is left to somebody whose organization, token or tab has fallen behind: a way on, never a dead end.

use dev::workos::{MembershipStatus, OldKeys};
use serde_json::json;

use super::{AURORA, BOTH, NORTE, client_in, client_with_seconds_left, document, removes_session, sets_session};
use crate::app::{
    TestApp,
    sealed::{self, SESSION},
};

const SWITCH: &str = "/auth/switch-organization";

#[tokio::test]
async fn a11_who_lost_an_organization_and_whose_token_has_ended_goes_on_in_another() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, BOTH, NORTE, -100).await;
    // WorkOS ends the sessions of a membership that it suspends; a refusal of the organization alone is what is meant.
    let refused = dev::workos::Fault::new(
        "/user_management/authenticate",
        dev::workos::Effect::status(400, r#"{"code":"invalid_organization_id","message":"m"}"#),
    );
    app.workos().control().add_fault(refused.for_grant("refresh_token").times(2));
    assert_eq!(client.get("/dashboard").await.problem(), (403, "membership_inactive".to_owned()));
    let page = client.send(client.call("GET", "/dashboard").header("accept", "text/html")).await;
    assert_eq!(page.status(), 403);
    assert!(page.text().contains("Switch to Clínica Aurora"), "{}", page.text());
    assert!(page.set_cookies().is_empty(), "the session goes on");

    let answer = client.post(SWITCH, &json!({"organization_id": AURORA})).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert_eq!(answer.json()["organization"]["workos_org_id"], AURORA);
}

#[tokio::test]
async fn a11_a_membership_that_workos_suspends_ends_its_sessions_there() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, BOTH, NORTE, -100).await;
    app.workos().control().set_membership_status("user_01SEEDBOTH", NORTE, MembershipStatus::Inactive).expect("one");
    super::assert_signed_out(&client.get("/dashboard").await, "its session has ended at WorkOS");
}

#[tokio::test]
async fn a_second_switch_from_the_same_page_says_so_and_signs_nobody_out() {
    let app = TestApp::start().await;
    let client = client_in(&app, BOTH, AURORA).await;
    let second_tab = client.copied();
    assert_eq!(client.post(SWITCH, &json!({"organization_id": NORTE})).await.status(), 200);
    let answer = second_tab.post(SWITCH, &json!({"organization_id": NORTE})).await;
    assert_eq!(answer.problem(), (409, "organization_changed".to_owned()));
    assert!(!removes_session(&answer) && !sets_session(&answer), "{:?}", answer.set_cookies());
    assert_eq!(document(&client).await["organization"]["workos_org_id"], NORTE);
}

#[tokio::test]
async fn a8_a_refresh_that_lost_a_race_does_not_put_the_spent_token_back() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, BOTH, AURORA, 30).await;
    let mut session = sealed::session(&client.jar());
    session.seen_at -= 1_000;
    sealed::put_session(&mut client.jar(), &session);
    let slower = client.copied();
    assert!(sets_session(&client.get("/auth/session").await));
    let answer = slower.get("/auth/session").await;
    assert_eq!(answer.status(), 200, "its token still lives");
    assert!(answer.set_cookies().is_empty(), "{:?}", answer.set_cookies());
}

#[tokio::test]
async fn a5_a_session_whose_key_is_withdrawn_still_ends_at_workos() {
    let app = TestApp::start().await;
    let client = client_in(&app, BOTH, AURORA).await;
    app.workos().control().rotate_signing_key(OldKeys::Withdrawn).await.expect("another key");
    app.function("sign-out").stop().await;
    let answer = client.post("/auth/sign-out", &json!({})).await;
    assert!(answer.json()["logout_url"].as_str().is_some_and(|url| url.contains("session_id=session_")), "{answer:?}");
    assert!(app.workos().control().sessions().is_empty(), "ended there");
    assert!(client.jar().value(SESSION).is_none());
}

#[tokio::test]
async fn a3_who_comes_from_another_site_is_asked_although_their_token_has_ended() {
    let app = TestApp::start().await;
    let browser = app.browser();
    app.workos().control().set_clock_offset(-400);
    browser.get("/sign-in?organization_id=org_01SEEDAURORA").await.press_value(BOTH).await;
    app.workos().control().set_clock_offset(0);
    let page = browser.get_from("https://elsewhere.example/", "/sign-in").await;
    assert_eq!((page.status(), page.path()), (200, "/sign-in"), "{}", page.text());
    assert!(page.text().contains("signed in already"));
}
