//! The session's cookies as a browser sees them.

use serde_json::{Map, Value};

use super::{AURORA, NORTE, client_with_seconds_left, document, sets_session};
use crate::{
    app::{
        TestApp,
        sealed::{SECOND, SESSION},
    },
    web::Jar,
};

/// The most bytes of a cookie that a browser keeps, attributes aside.
const LARGEST: usize = 4_096;

fn pad(app: &TestApp, bytes: usize) {
    let padding = Map::from_iter([("padding".to_owned(), Value::from("p".repeat(bytes)))]);
    app.workos().control().set_extra_claims(padding);
}

fn parts(jar: &Jar) -> usize {
    jar.names(SESSION).len()
}

#[tokio::test]
async fn a13_every_cookie_has_prefix_and_attributes() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let client = browser.api();
    let started = client.get("/sign-in").await;
    let client = client_with_seconds_left(&app, "owner@aurora.example", AURORA, 20).await;
    let refreshed = client.get("/auth/session").await;
    let ended = client.post("/auth/sign-out", &serde_json::json!({})).await;
    let mut lifetimes = Vec::new();
    for cookie in [&started, &refreshed, &ended].into_iter().flat_map(|answer| answer.set_cookies()) {
        assert!(cookie.starts_with("__Host-eleva-"), "{cookie}");
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(cookie.split("; ").any(|own| own == attribute), "{attribute} of {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        let lifetime = cookie.split("; ").find_map(|own| own.strip_prefix("Max-Age=")).expect("a lifetime");
        lifetimes.push((cookie.split_once('=').expect("a pair").0.to_owned(), lifetime.to_owned()));
    }
    assert_eq!(lifetimes[0].1, "600", "a flow lives ten minutes");
    assert!(lifetimes.contains(&(SESSION.to_owned(), "43200".to_owned())), "a session twelve hours: {lifetimes:?}");
}

#[tokio::test]
async fn a13_a_session_too_large_for_one_cookie_works_in_two() {
    let app = TestApp::start().await;
    pad(&app, 3_000);
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    assert_eq!(parts(&browser.jar()), 2);
    for name in [SESSION, SECOND] {
        let length = browser.jar().value(name).map_or(0, str::len);
        assert!(length > 0 && name.len() + length <= LARGEST, "{name}: {length}");
    }
    for address in ["/dashboard", "/events"] {
        assert_eq!((browser.get(address).await.status(), parts(&browser.jar())), (200, 2));
    }
    assert_eq!(document(&browser.api()).await["organization"]["workos_org_id"], AURORA);
    browser.get("/auth/sign-out").await.press("Sign out").await;
    assert_eq!(parts(&browser.jar()), 0, "both parts go");
}

#[tokio::test]
async fn a13_a_session_far_too_large_is_explained_and_leaves_none_behind() {
    let app = TestApp::start().await;
    pad(&app, 9_000);
    let browser = app.browser();
    let page = browser.sign_in_as("owner@aurora.example").await;
    assert!(page.path().starts_with("/sign-in?error=session_too_large&"), "{}", page.path());
    assert!(page.text().contains("more permissions than a browser can hold"), "{}", page.text());
    assert_eq!((page.hops().len(), parts(&browser.jar())), (2, 0));
}

#[tokio::test]
async fn a13_a_session_grows_and_shrinks_with_its_token_and_no_part_is_left_over() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, "owner@norte.example", NORTE, 20).await;
    assert_eq!(parts(&client.jar()), 1);
    pad(&app, 3_000);
    app.workos().control().set_clock_offset(-280);
    assert!(sets_session(&client.get("/auth/session").await));
    assert_eq!(parts(&client.jar()), 2, "a refresh brought a larger token");

    pad(&app, 1);
    app.workos().control().set_clock_offset(0);
    let answer = client.get("/auth/session").await;
    assert_eq!(answer.status(), 200);
    assert!(
        answer.set_cookies().iter().any(|cookie| cookie.starts_with(&format!("{SECOND}=; Max-Age=0"))),
        "{answer:?}"
    );
    assert_eq!(parts(&client.jar()), 1);
    document(&client).await;
}

#[tokio::test]
async fn a13_half_a_session_is_none() {
    let app = TestApp::start().await;
    pad(&app, 3_000);
    let client = app.client_of("owner@aurora.example").await;
    for name in [SESSION, SECOND] {
        let half = app.client();
        let url = crate::app::PUBLIC_URL.parse().expect("an address");
        let value = client.jar().value(name).expect("a part").to_owned();
        half.jar().store(&url, &format!("{name}={value}; Path=/; Secure"));
        super::assert_signed_out(&half.get("/auth/session").await, name);
    }
}
