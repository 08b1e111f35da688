//! A refresh that fails: while the token lives nobody notices; afterwards only `invalid_grant` signs anybody out.

use std::time::{Duration, Instant};

use dev::workos::{Effect, Fault};

use super::{AURORA, assert_signed_out, client_with_seconds_left, document, refreshes};
use crate::app::{
    TestApp,
    sealed::{self, SESSION},
};

const OWNER: &str = "owner@aurora.example";

fn fail(app: &TestApp, effect: Effect) {
    app.workos().control().add_fault(Fault::new("/user_management/authenticate", effect).for_grant("refresh_token"));
}

fn passing() -> [(&'static str, Effect); 7] {
    [
        ("500", Effect::status(500, "")),
        ("503 with a page", Effect::status(503, "<html>")),
        ("429", Effect::rate_limited(30)),
        ("a dropped connection", Effect::DropRequest),
        ("a success that is none", Effect::status(200, "{}")),
        ("a wrong key of ours", Effect::status(401, r#"{"message":"Unauthorized"}"#)),
        ("a wrong client of ours", Effect::status(400, r#"{"error":"invalid_client"}"#)),
    ]
}

#[tokio::test]
async fn a8_while_the_token_lives_a_failing_refresh_disturbs_nobody() {
    let app = TestApp::start().await;
    let ended = ("a spent refresh token", Effect::status(400, r#"{"error":"invalid_grant"}"#));
    let refused = ("a refusal", Effect::status(400, r#"{"code":"invalid_organization_id"}"#));
    for (what, effect) in passing().into_iter().chain([ended, refused]) {
        let client = client_with_seconds_left(&app, OWNER, AURORA, 30).await;
        fail(&app, effect);
        let answer = client.get("/auth/session").await;
        assert_eq!(answer.status(), 200, "{what}: {answer:?}");
        assert!(answer.set_cookies().is_empty(), "{what}: {:?}", answer.set_cookies());
        assert_eq!(refreshes(&app), 1, "{what}");
        app.workos().control().clear_faults();
        assert!(super::sets_session(&client.get("/auth/session").await), "{what}: the next one succeeds");
    }
}

#[tokio::test]
async fn a8_past_its_end_an_outage_is_a_503_that_leaves_the_cookie_alone() {
    let app = TestApp::start().await;
    for (what, effect) in passing() {
        let client = client_with_seconds_left(&app, OWNER, AURORA, -100).await;
        let cookie = client.jar().value(SESSION).map(str::to_owned);
        fail(&app, effect);
        for route in ["/auth/session", "/events", "/dashboard"] {
            let answer = client.get(route).await;
            assert_eq!(answer.problem(), (503, "unavailable".to_owned()), "{what} {route}");
            assert_eq!(answer.header("retry-after"), Some("5"), "{what} {route}");
            assert!(answer.set_cookies().is_empty(), "{what} {route}: {:?}", answer.set_cookies());
        }
        assert_eq!(client.jar().value(SESSION).map(str::to_owned), cookie, "{what}");
        app.workos().control().clear_faults();
        document(&client).await;
    }
}

#[tokio::test]
async fn a8_a_silent_workos_is_given_up_within_five_seconds() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, OWNER, AURORA, -100).await;
    fail(&app, Effect::delay(Duration::from_secs(60)));
    let started = Instant::now();
    let answer = client.get("/auth/session").await;
    assert_eq!(answer.problem(), (503, "unavailable".to_owned()));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(answer.set_cookies().is_empty());
}

#[tokio::test]
async fn a8_past_its_end_a_session_that_is_over_at_workos_is_over_here() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, OWNER, AURORA, -100).await;
    let sid = sealed::claims(&sealed::session(&client.jar()).access_token)["sid"].as_str().expect("text").to_owned();
    app.workos().control().end_session(&sid).expect("a session");
    assert_signed_out(&client.get("/auth/session").await, "ended");
    assert!(client.jar().value(SESSION).is_none());
}

#[tokio::test]
async fn a11_past_its_end_an_organization_that_shuts_its_door_is_told_as_such() {
    let app = TestApp::start().await;
    for body in [
        r#"{"code":"invalid_organization_id","message":"m"}"#,
        r#"{"error":"sso_required","error_description":"d"}"#,
        r#"{"code":"mfa_enrollment","message":"m"}"#,
    ] {
        let client = client_with_seconds_left(&app, OWNER, AURORA, -100).await;
        fail(&app, Effect::status(400, body));
        let answer = client.get("/auth/session").await;
        assert_eq!(answer.problem(), (403, "membership_inactive".to_owned()), "{body}");
        assert!(answer.set_cookies().is_empty(), "{body}: only invalid_grant ends a session");
        app.workos().control().clear_faults();
        document(&client).await;
    }
}
