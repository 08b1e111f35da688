//! Signing out: GET only asks; POST ends the session here, at WorkOS and in the browser, whatever else fails.

use dev::workos::{Effect, Fault};
use serde_json::json;

use super::{AURORA, client_in, client_with_seconds_left, document, removes_session};
use crate::app::{
    PUBLIC_URL, TestApp,
    sealed::{self, FLOW, SESSION},
};

const OWNER: &str = "owner@aurora.example";
const SIGN_OUT: &str = "/auth/sign-out";

async fn revoked(app: &TestApp, sid: &str) -> bool {
    let row = app.owner().await.query_one("select count(*) from revoked_sessions where sid = $1", &[&sid]).await;
    row.expect("a count").get::<_, i64>(0) == 1
}

fn sid(jar: &crate::web::Jar) -> String {
    sealed::claims(&sealed::session(jar).access_token)["sid"].as_str().expect("a session").to_owned()
}

#[tokio::test]
async fn a5_get_asks_and_changes_nothing() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    let before = (browser.jar().value(SESSION).map(str::to_owned), app.workos().control().sessions());
    for page in [browser.get(SIGN_OUT).await, browser.get_from("https://evil.example/", SIGN_OUT).await] {
        assert_eq!(page.status(), 200);
        assert!(page.has("form[method=post][action='/auth/sign-out'] button"), "{}", page.source());
    }
    let client = browser.api();
    for call in
        [client.call("GET", SIGN_OUT), client.call("HEAD", SIGN_OUT), client.call("GET", "/auth/sign-out?confirm=1")]
    {
        assert!(client.send(call).await.set_cookies().is_empty());
    }
    assert_eq!((browser.jar().value(SESSION).map(str::to_owned), app.workos().control().sessions()), before);
    assert_eq!(client.get("/auth/session").await.status(), 200);
    let sid = sid(&browser.jar());
    assert!(!revoked(&app, &sid).await);
}

#[tokio::test]
async fn a5_post_ends_the_session_everywhere_and_comes_back() {
    let app = TestApp::start().await;
    app.workos().control().remember_browsers(true);
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    browser.get_once("/sign-in").await;
    let sid = sid(&browser.jar());
    let page = browser.get(SIGN_OUT).await.press("Sign out").await;
    assert_eq!(page.url().as_str(), format!("{PUBLIC_URL}/"));
    assert_eq!(page.hops()[0].status, 303);
    assert!(page.hops()[0].to.path().ends_with("/sessions/logout"), "{:?}", page.hops());
    assert!(app.workos().control().sessions().is_empty(), "it ended at WorkOS");
    assert!(revoked(&app, &sid).await, "and here");
    assert!(browser.jar().names("__Host-").is_empty(), "{:?}", browser.jar().names(""));
    assert_eq!(browser.get("/dashboard").await.url().path(), "/user_management/authorize");
}

#[tokio::test]
async fn a5_in_json_the_address_is_given_and_every_cookie_of_ours_goes() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    browser.get_once("/sign-in").await;
    let flow = browser.jar().names(FLOW)[0].to_owned();
    let client = browser.api();
    let sid = sid(&client.jar());
    let answer = client.post(SIGN_OUT, &json!({})).await;
    assert_eq!(answer.status(), 200);
    let logout: url::Url = answer.json()["logout_url"].as_str().expect("an address").parse().expect("an address");
    let parameters: Vec<(String, String)> = logout.query_pairs().into_owned().collect();
    let expected = [("session_id", sid.as_str()), ("return_to", "https://app.eleva.test/")];
    assert_eq!(parameters, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(answer.header("clear-site-data"), Some("\"cache\", \"cookies\", \"storage\""));
    assert!(removes_session(&answer));
    assert!(answer.set_cookies().iter().any(|cookie| cookie.starts_with(&format!("{flow}=; Max-Age=0"))));
    assert!(client.jar().names("").is_empty());
    // Before the browser has followed anything, the session is over at WorkOS already.
    assert!(app.workos().control().sessions().is_empty());
}

#[tokio::test]
async fn a5_a_session_whose_token_has_expired_is_ended_too() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, OWNER, AURORA, -3_000).await;
    let sid = sid(&client.jar());
    assert_eq!(client.post(SIGN_OUT, &json!({})).await.status(), 200);
    assert!(app.workos().control().sessions().is_empty());
    assert!(revoked(&app, &sid).await);
    assert_eq!(super::refreshes(&app), 0, "nothing is renewed to be ended");
}

#[tokio::test]
async fn a5_an_unreadable_cookie_or_none_ends_on_the_start_page() {
    let app = TestApp::start().await;
    for cookie in [None, Some("garbage"), Some("1.k1.AAAA")] {
        let browser = app.browser();
        if let Some(cookie) = cookie {
            browser.sign_in_to(OWNER, AURORA).await;
            browser.jar().edit(SESSION, cookie);
        }
        let client = browser.api();
        let page = browser.get(SIGN_OUT).await.press("Sign out").await;
        assert_eq!(page.url().as_str(), format!("{PUBLIC_URL}/"), "{cookie:?}");
        assert_eq!((page.hops().len(), page.hops()[0].status), (1, 303), "{cookie:?}");
        assert!(browser.jar().value(SESSION).is_none(), "{cookie:?}");
        let answer = client.post(SIGN_OUT, &json!({})).await;
        assert_eq!(answer.json()["logout_url"], format!("{PUBLIC_URL}/"), "{cookie:?}");
        assert!(removes_session(&answer), "{cookie:?}");
    }
}

#[tokio::test]
async fn a5_no_failure_of_workos_keeps_anybody_signed_in() {
    let app = TestApp::start().await;
    let control = app.workos().control();
    for (what, path, effect) in [
        ("revocation fails", "/user_management/sessions/revoke", Effect::status(500, "")),
        ("revocation is cut off", "/user_management/sessions/revoke", Effect::DropRequest),
        ("the keys cannot be had", "/sso/jwks", Effect::status(503, "")),
    ] {
        let client = client_in(&app, OWNER, AURORA).await;
        let sid = sid(&client.jar());
        app.function("sign-out").stop().await;
        control.add_fault(Fault::new(path, effect));
        let answer = client.post(SIGN_OUT, &json!({})).await;
        control.clear_faults();
        assert_eq!(answer.status(), 200, "{what}");
        assert!(answer.json()["logout_url"].as_str().is_some_and(|url| url.contains(&sid)), "{what}");
        assert!(client.jar().names("").is_empty() && revoked(&app, &sid).await, "{what}");
    }
}

#[tokio::test]
async fn a5_who_signs_in_afterwards_gets_a_session_of_their_own() {
    let app = TestApp::start().await;
    app.workos().control().remember_browsers(true);
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    let first = sealed::session(&browser.jar());
    let first_id = sid(&browser.jar());
    browser.get(SIGN_OUT).await.press("Sign out").await;

    let page = browser.get("/sign-in").await;
    assert_eq!(page.url().path(), "/user_management/authorize", "WorkOS asks again: its own session is over too");
    page.press_value("member@aurora.example").await;
    let second = sealed::session(&browser.jar());
    assert_ne!(sid(&browser.jar()), first_id);
    assert_ne!(second.refresh_token, first.refresh_token);
    let document = document(&browser.api()).await;
    assert_eq!((&document["user"]["email"], &document["role"]), (&json!("member@aurora.example"), &json!("member")));
}
