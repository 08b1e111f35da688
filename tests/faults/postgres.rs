//! Postgres is away, or silent.

use std::time::Instant;

use dev::wire::Wire;
use serde_json::json;

use super::{PATIENCE, assert_available, assert_public_pages, assert_unavailable};
use crate::app::{TestApp, sealed::SESSION, world};

async fn app_on(wire: &Wire) -> TestApp {
    TestApp::setup().pgbouncer_port(wire.port()).start().await
}

async fn outage(break_wire: fn(&Wire), what: &str) {
    let wire = Wire::to(world().pgbouncer_port).expect("a wire");
    let app = app_on(&wire).await;
    let client = app.client_of("owner@aurora.example").await;
    assert_available(&client, "before").await;
    let cookie = client.jar().value(SESSION).map(str::to_owned);

    break_wire(&wire);
    assert_unavailable(&client, what).await;
    assert_eq!(client.jar().value(SESSION).map(str::to_owned), cookie, "{what}");
    assert_public_pages(&app.client(), what).await;
    let home = client.send(client.call("GET", "/").header("accept", "text/html")).await;
    assert_eq!(
        (home.status(), home.location()),
        (302, "/dashboard"),
        "{what}: who is signed in needs no database there"
    );

    let sandboxes = || app.gateway().functions().map(|function| function.started()).collect::<Vec<_>>();
    let started = sandboxes();
    // What was stalled ends with this, and new connections are carried.
    wire.cut();
    wire.mend();
    assert_available(&client, "afterwards").await;
    assert_eq!(sandboxes(), started, "{what}: no function was restarted");
    assert!(app.gateway().take_failures().is_empty(), "{what}");
}

#[tokio::test]
async fn a8_postgres_cut_off_is_a_503_everywhere_and_over_when_it_is_back() {
    outage(Wire::cut, "cut off").await;
}

#[tokio::test]
async fn a8_a_silent_postgres_is_a_503_in_time() {
    outage(Wire::stall, "silent").await;
}

#[tokio::test]
async fn a5_signing_out_works_without_postgres() {
    let wire = Wire::to(world().pgbouncer_port).expect("a wire");
    let app = app_on(&wire).await;
    for break_wire in [Wire::cut, Wire::stall] {
        wire.mend();
        let browser = app.browser();
        browser.sign_in_to("owner@aurora.example", "org_01SEEDAURORA").await;
        let client = browser.api();
        break_wire(&wire);
        let started = Instant::now();
        let answer = client.post("/auth/sign-out", &json!({})).await;
        assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
        assert_eq!(answer.status(), 200);
        assert!(client.jar().names("").is_empty(), "the cookies are gone");
        assert!(app.workos().control().sessions().is_empty(), "and so is the session at WorkOS");
        wire.cut();
    }
}

#[tokio::test]
async fn a10_signing_in_without_postgres_is_told_and_works_afterwards() {
    let wire = Wire::to(world().pgbouncer_port).expect("a wire");
    let app = app_on(&wire).await;
    for break_wire in [Wire::cut, Wire::stall] {
        wire.mend();
        let browser = app.browser();
        let callback = browser.code_in_hand("/sign-in?organization_id=org_01SEEDAURORA", "owner@aurora.example").await;
        break_wire(&wire);
        let started = Instant::now();
        let page = browser.get(&callback).await;
        assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
        assert_eq!((page.status(), page.header("retry-after")), (503, Some("5")), "{}", page.text());
        assert!(browser.jar().value(SESSION).is_none());
        let target = callback.strip_prefix(crate::app::PUBLIC_URL).expect("our origin").to_owned();
        let client = browser.api();
        let answer = client.send(client.call("GET", &target)).await;
        assert!(matches!(answer.status(), 302 | 503), "a spent code, or an API client that is told: {answer:?}");
        wire.cut();
        wire.mend();
        let page = page.follow("Try again").await.press_value("owner@aurora.example").await;
        let page = if page.path() == "/dashboard" { page } else { page.press_value("org_01SEEDAURORA").await };
        assert_eq!((page.status(), page.path()), (200, "/dashboard"));
    }
}
