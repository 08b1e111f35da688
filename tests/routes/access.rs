//! Without a session that holds, nothing is reached and nothing changes.

use serde_json::json;

use super::{Access, ROUTES, Route};
use crate::{
    app::{PUBLIC_URL, TestApp},
    web::{Answer, ApiClient, Call},
};

async fn call_api(client: &ApiClient, route: &Route) -> Answer {
    let call = client.call(route.method, &route.target());
    let call = if route.is_unsafe() { call.json(&json!({"organization_id": "org_01SEEDAURORA"})) } else { call };
    client.send(call).await
}

fn navigation(route: &Route) -> Call {
    let call = Call::new(route.method, &route.target()).header("accept", "text/html").header("sec-fetch-site", "none");
    if route.is_unsafe() { call.form(&[("organization_id", "org_01SEEDAURORA")]) } else { call }
}

/// What every response carries, whatever it is.
fn assert_headers(answer: &Answer, what: &str) {
    assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()), "{what}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{what}");
    assert!(answer.header("strict-transport-security").is_some(), "{what}");
    let policy = answer.header("content-security-policy").unwrap_or_default();
    for part in ["default-src 'none'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action"] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
}

#[tokio::test]
async fn f1_f2_f4_a15_without_a_session_api_calls_get_401_and_no_redirect() {
    let app = TestApp::start().await;
    for route in &ROUTES {
        let answer = call_api(&app.client(), route).await;
        let what = format!("{route:?}: {answer:?}");
        match route.access {
            Access::Public(status) => assert_eq!(answer.status(), status, "{what}"),
            _ => {
                assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()), "{what}");
                assert!(answer.header("www-authenticate").is_some(), "{what}");
            }
        }
        assert_headers(&answer, &what);
    }
}

#[tokio::test]
async fn a15_without_a_session_navigations_are_sent_to_sign_in() {
    let app = TestApp::start().await;
    for route in ROUTES.iter().filter(|route| !matches!(route.access, Access::Public(_))) {
        let answer = app.send(navigation(route)).await;
        assert_eq!(answer.status(), 302, "{route:?}");
        assert!(answer.location().starts_with("/sign-in?return_to="), "{route:?}: {}", answer.location());
        assert_eq!(answer.location().contains("&ended=1"), route.is_unsafe(), "a form ends at a page: {route:?}");
    }
    let events = app.send(Call::new("GET", "/events?active=true").header("accept", "text/html")).await;
    assert_eq!(events.location(), "/sign-in?return_to=%2Fevents%3Factive%3Dtrue");
}

#[tokio::test]
async fn a1_a_broken_cookie_is_as_good_as_none_and_is_taken_away() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let whole = client.jar().value("__Host-eleva-session").expect("a session").to_owned();
    let broken = format!("{}A{}", &whole[..whole.len() - 9], &whole[whole.len() - 8..]);
    assert_ne!(broken, whole);
    for value in [broken.as_str(), "", "garbage", "1.k.AAAA"] {
        for route in ROUTES.iter().filter(|route| !matches!(route.access, Access::Public(_))) {
            // An answer takes the broken cookie away, so that each request needs one of its own.
            let thief = client.copied();
            thief.jar().edit("__Host-eleva-session", value);
            let answer = call_api(&thief, route).await;
            assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()), "{value:?} {route:?}");
            assert!(
                answer.set_cookies().iter().any(|cookie| cookie.starts_with("__Host-eleva-session=; Max-Age=0")),
                "{value:?} {route:?}: {:?}",
                answer.set_cookies()
            );
        }
    }
}

#[tokio::test]
async fn another_sites_request_is_refused_on_every_route_that_changes_something() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let before = client.get_json("/events").await;
    for route in ROUTES.iter().filter(|route| route.is_unsafe()) {
        for headers in [
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..],
            &[("sec-fetch-site", "same-site"), ("origin", "https://other.eleva.test")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        ] {
            let mut call = client.call(route.method, &route.target()).json(&json!({"name": "Planted"}));
            for (name, value) in headers {
                call = call.header(name, value);
            }
            let answer = client.send(call).await;
            assert_eq!(answer.problem(), (403, "cross_site".to_owned()), "{route:?} {headers:?}");
        }
        // No browser, no JSON: what a form of another site would look like from a browser without either header.
        let form = client.call(route.method, &route.target()).form(&[("name", "Planted")]);
        assert_eq!(client.send(form).await.problem(), (403, "cross_site".to_owned()), "{route:?}");
    }
    assert_eq!(client.get_json("/events").await, before);
    assert_eq!(client.get("/auth/session").await.status(), 200, "nobody was signed out");

    let own = client.call("POST", "/auth/sign-out").header("origin", PUBLIC_URL).form(&[("stay", "no")]);
    assert_eq!(client.send(own).await.status(), 303, "our own origin is taken");
}

#[tokio::test]
async fn nothing_for_a_signed_in_person_may_be_cached() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    for route in ROUTES.iter().filter(|route| !route.is_unsafe() && !route.path.contains('.')) {
        if route.path == "/assets/{name}" {
            continue;
        }
        let answer = call_api(&client, route).await;
        assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{route:?}");
        assert_eq!(answer.header("vary"), Some("Cookie, Accept"), "{route:?}");
    }
}
