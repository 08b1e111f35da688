//! WorkOS does not give tokens for a code: what is refused ends on a page, what may pass can be tried again.

use dev::workos::{Effect, Fault};

use super::assert_explained;
use crate::{
    app::{
        TestApp,
        sealed::{FLOW, SESSION},
    },
    web::Browser,
};

const OWNER: &str = "owner@aurora.example";

fn answer(app: &TestApp, status: u16, body: &str) {
    let effect = Effect::status(status, body);
    app.workos().control().add_fault(Fault::new("/user_management/authenticate", effect).times(1));
}

async fn returned(app: &TestApp, status: u16, body: &str) -> (Browser, String, crate::web::Page) {
    let browser = app.browser();
    let start = "/sign-in?return_to=%2Fevents&organization_id=org_01SEEDAURORA";
    let callback = browser.code_in_hand(start, OWNER).await;
    answer(app, status, body);
    let page = browser.get(&callback).await;
    (browser, callback, page)
}

#[tokio::test]
async fn whatever_workos_refuses_ends_on_a_page_in_our_words() {
    let app = TestApp::start().await;
    let step_up = |code: &str| {
        format!(
            r#"{{"code":"{code}","message":"owner@aurora.example must","pending_authentication_token":"t","email":"x"}}"#
        )
    };
    for (status, body, explained) in [
        (403, r#"{"error":"sso_required","error_description":"d","connection_ids":["c"]}"#.to_owned(), "more_needed"),
        (400, r#"{"error":"sso_required","error_description":"d"}"#.to_owned(), "more_needed"),
        (403, r#"{"error":"organization_authentication_methods_required"}"#.to_owned(), "more_needed"),
        (403, step_up("mfa_enrollment"), "more_needed"),
        (403, step_up("mfa_challenge"), "more_needed"),
        (403, step_up("email_verification_required"), "more_needed"),
        (403, step_up("passkey_progressive_enrollment"), "more_needed"),
        (403, step_up("radar_challenge"), "more_needed"),
        (403, step_up("something_new"), "failed"),
        (400, r#"{"code":"code_challenge_not_found","message":"m"}"#.to_owned(), "failed"),
        (400, r#"{"code":"invalid_organization_id","message":"m"}"#.to_owned(), "organization_unavailable"),
        (400, r#"{"message":"Must use SSO for selected organization"}"#.to_owned(), "failed"),
        (400, r#"{"error":"invalid_grant","error_description":"The code 'x' has expired"}"#.to_owned(), "code_invalid"),
        (400, r#"{"error":"access_denied"}"#.to_owned(), "access_denied"),
        (400, r#"{"error":"<script>alert(1)</script>"}"#.to_owned(), "failed"),
        (422, r#"{"code":"invalid_request_parameters","errors":[]}"#.to_owned(), "failed"),
        (404, String::new(), "failed"),
        (403, "<html><script>alert(1)</script></html>".to_owned(), "failed"),
    ] {
        let (browser, callback, page) = returned(&app, status, &body).await;
        assert_explained(&page, explained);
        assert_eq!(page.hops().len(), 1, "{body}: {:?}", page.hops());
        assert!(!page.source().contains("<script") && !page.source().contains("owner@"), "{}", page.source());
        assert!(browser.jar().value(SESSION).is_none(), "{body}");
        assert!(browser.jar().names(FLOW).is_empty(), "{body}: what is refused is over");
        assert_explained(&browser.get(&callback).await, "state_invalid");
        let again = page.follow("Try again").await;
        assert_eq!(again.url().path(), "/user_management/authorize", "{body}: AuthKit's pages take over");
    }
}

#[tokio::test]
async fn what_may_pass_is_told_so_and_the_same_return_can_be_tried_again() {
    let app = TestApp::start().await;
    let huge = format!(r#"{{"user":"{}"}}"#, "x".repeat(3 * 1024 * 1024));
    for (status, body) in [
        (500, "{}"),
        (502, "<html>Bad gateway</html>"),
        (429, r#"{"message":"Too many requests."}"#),
        (408, ""),
        // Our key is wrong: that is not the person's doing, and a new setting mends it.
        (401, r#"{"message":"Unauthorized"}"#),
        (400, r#"{"error":"invalid_client"}"#),
        (400, r#"{"error":"unauthorized_client"}"#),
        // A proxy's page with a success, or the wrong document.
        (200, "<html>Welcome</html>"),
        (200, "{}"),
        (200, r#"{"user":{"id":"user_1"},"access_token":"a"}"#),
        (200, huge.as_str()),
    ] {
        let (browser, callback, page) = returned(&app, status, body).await;
        let what = &body[..body.len().min(40)];
        assert_explained(&page, "unavailable");
        assert_eq!(page.header("retry-after"), Some("5"), "{status} {what}");
        assert!(browser.jar().value(SESSION).is_none(), "{status} {what}");
        assert_eq!(browser.jar().names(FLOW).len(), 1, "{status} {what}: the flow waits");
        assert_eq!(browser.get(&callback).await.path(), "/events", "{status} {what}: the code was not spent");
    }
}

#[tokio::test]
async fn a1_tokens_that_are_not_whose_they_should_be_make_no_session() {
    let app = TestApp::start().await;
    let claims = |changes: serde_json::Value| {
        let mut claims = serde_json::json!({
            "iss": format!("{}/user_management/{}", app.workos().url(), crate::app::world().secrets.workos_client_id),
            "sub": "user_01SEEDAURORAOWNER", "sid": "session_1", "org_id": "org_01SEEDAURORA",
            "iat": crate::app::sealed::now(), "exp": crate::app::sealed::now() + 300,
        });
        claims.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
        app.workos().control().sign(&claims).expect("signed")
    };
    for (what, token) in [
        ("somebody else's", claims(serde_json::json!({"sub": "user_01SEEDAURORAADMIN"}))),
        ("another client's", claims(serde_json::json!({"client_id": "client_other"}))),
        ("another issuer's", claims(serde_json::json!({"iss": "https://evil.example"}))),
        ("nobody's", "a.b.c".to_owned()),
    ] {
        let user = r#"{"id":"user_01SEEDAURORAOWNER","email":"owner@aurora.example"}"#;
        let body = format!(r#"{{"user":{user},"access_token":"{token}","refresh_token":"r"}}"#);
        let (browser, _, page) = returned(&app, 200, &body).await;
        assert_explained(&page, "unavailable");
        assert!(browser.jar().value(SESSION).is_none(), "{what}");
    }
    let good = claims(serde_json::json!({}));
    let user = r#"{"id":"user_01SEEDAURORAOWNER","email":"owner@aurora.example"}"#;
    let body = format!(r#"{{"user":{user},"access_token":"{good}","refresh_token":"r"}}"#);
    let (_, _, page) = returned(&app, 200, &body).await;
    assert_eq!(page.path(), "/events", "the same with nothing changed is taken");
}
