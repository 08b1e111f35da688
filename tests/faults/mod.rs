//! What the product depends on is away, slow, broken or lies (hardening A8, F11): nobody is signed out, every answer
//! comes in time, says so and gives nothing away, and everything works again afterwards without a restart.

mod another_client;
mod bodies;
mod garbage;
mod host;
mod postgres;
mod workos;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use crate::{
    app::PUBLIC_URL,
    routes::{Access, ROUTES, Route},
    web::{Answer, ApiClient, Call},
};

/// The longest that an answer may take. The product promises five seconds; the rest is for a machine that is busy with
/// a dozen unoptimised functions at once.
const PATIENCE: Duration = Duration::from_secs(8);

/// Every route that needs a session.
fn session_routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| !matches!(route.access, Access::Public(_)))
}

/// A request to a route that is complete enough to come as far as the database.
fn api_call(client: &ApiClient, route: &Route) -> Call {
    let call = client.call(route.method, &route.target());
    let document = match (route.method, route.path) {
        (_, "/auth/switch-organization") => json!({"organization_id": "org_01SEEDAURORA"}),
        // Named anew each time, since the address that is made of the name is taken once.
        ("POST", "/events") => {
            let name = format!("Visit {}", uuid::Uuid::new_v4());
            json!({"name": name, "duration_in_minutes": 30, "price": 0, "currency": "eur"})
        }
        ("POST", "/meetings") => json!({
            "event_id": "0193fa6e-0000-7000-8000-000000000000", "start_time": "2027-01-11T10:00:00Z", "timezone": "UTC",
            "guest_email": "guest@eleva.example", "guest_name": "Guest",
        }),
        ("POST", "/audit/exports") => json!({
            "from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "format": "jsonl", "reason": "An audit",
        }),
        ("PATCH", "/meetings/{id}") => json!({"status": "completed"}),
        ("POST", "/meetings/{meeting_id}/records") => json!({"content": "A record"}),
        ("PUT", "/records/{id}") => json!({"content": "A record", "metadata": null, "version": 1}),
        ("PATCH", _) => json!({"name": "Second visit"}),
        ("PUT", _) => json!({"ids": ["0193fa6e-0000-7000-8000-000000000000"]}),
        _ => return call,
    };
    call.json(&document)
}

/// The same as a navigation, for routes that a browser can navigate to.
fn navigation(client: &ApiClient, route: &Route) -> Option<Call> {
    let call = client.call("GET", &route.target()).header("accept", "text/html").header("sec-fetch-site", "none");
    (route.method == "GET").then_some(call)
}

/// A call to each route, as a document and where possible as a page: what it is, the call, and whether it is a page.
fn calls<'a>(client: &'a ApiClient, what: &'a str) -> impl Iterator<Item = (String, Call, bool)> + 'a {
    session_routes().flat_map(move |route| {
        let document = (format!("{what}: {} {}", route.method, route.path), api_call(client, route), false);
        let page = navigation(client, route).map(|call| (format!("{what}: page {}", route.path), call, true));
        std::iter::once(document).chain(page)
    })
}

/// Makes as many sandboxes as [`assert_unavailable`] needs, and has each of them take the signing keys: a function that
/// starts in an outage of WorkOS goes without for some seconds longer.
async fn warm(client: &ApiClient) {
    join_all(calls(client, "warming").map(|(_, call, _)| client.send(call))).await;
}

/// Asserts that every route that needs a session answers 503 in time, as a document and as a page, and leaves every
/// cookie alone.
async fn assert_unavailable(client: &ApiClient, what: &str) {
    join_all(calls(client, what).map(|(what, call, is_page)| async move {
        let started = Instant::now();
        let answer = client.send(call).await;
        assert!(started.elapsed() < PATIENCE, "{what}: {:?}", started.elapsed());
        assert_eq!(answer.status(), 503, "{what}: {answer:?}");
        assert_eq!(answer.header("retry-after"), Some("5"), "{what}");
        assert!(answer.set_cookies().is_empty(), "{what}: {:?}", answer.set_cookies());
        match is_page {
            true => {
                assert!(answer.text().contains("<h1>Not available at the moment</h1>"), "{what}: {}", answer.text())
            }
            false => assert_eq!(answer.code(), "unavailable", "{what}"),
        }
        assert_discreet(&answer, &what);
    }))
    .await;
}

/// Asserts that every route works: what is read is there, what is changed is taken or not found.
async fn assert_available(client: &ApiClient, what: &str) {
    for route in session_routes() {
        let answer = client.send(api_call(client, route)).await;
        let works = matches!(answer.status(), 200..300 | 303 | 404 | 422);
        assert!(works, "{what}: {} {}: {answer:?}", route.method, route.path);
    }
}

/// Asserts that an answer gives away nothing of what is inside.
fn assert_discreet(answer: &Answer, what: &str) {
    let text = answer.text().to_lowercase();
    for giveaway in [
        "select ",
        "insert ",
        "update ",
        "delete from",
        "relation",
        "sqlstate",
        "pg_",
        "postgres",
        "pgbouncer",
        "constraint",
        "user_org_memberships",
        "eleva_app",
        "workos.com",
        "reqwest",
        "tokio",
        "panicked",
        "src/",
        ".rs:",
        "stack",
        "eyj",
        "bearer",
        "refresh_token",
        "127.0.0.1",
        "localhost",
        "password",
        "secret",
    ] {
        assert!(!text.contains(giveaway), "{what} says {giveaway:?}: {}", answer.text());
    }
}

/// What works without anything behind it.
async fn assert_public_pages(client: &ApiClient, what: &str) {
    let page = |target: &str| Call::new("GET", target).header("accept", "text/html");
    let landing = client.send(page("/")).await;
    assert_eq!(landing.status(), 200, "{what}");
    let stylesheet =
        landing.text().split('"').find(|text| text.starts_with("/assets/")).expect("a stylesheet").to_owned();
    for (target, status) in
        [(stylesheet.as_str(), 200), ("/favicon.ico", 200), ("/auth/sign-out", 200), ("/sign-in?error=failed", 200)]
    {
        assert_eq!(client.send(page(target)).await.status(), status, "{what}: {target}");
    }
    let started = client.send(page("/sign-in")).await;
    assert_eq!(started.status(), 302, "{what}");
    assert!(started.location().contains("/user_management/authorize?"), "{what}: {}", started.location());
    assert!(!started.location().starts_with(PUBLIC_URL), "{what}");
}
