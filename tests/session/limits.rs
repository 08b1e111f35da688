//! How long a session lasts: idle and in all, by setting; resealing extends the first and never the second.

use super::{AURORA, assert_signed_out, client_in, document, sets_session};
use crate::{
    app::{TestApp, sealed},
    web::ApiClient,
};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;

/// The same session as if it had begun and been seen so many seconds ago.
fn aged(client: &ApiClient, started: i64, seen: i64) -> ApiClient {
    let aged = client.copied();
    let mut session = sealed::session(&aged.jar());
    session.started_at = sealed::now() - started;
    session.seen_at = sealed::now() - seen;
    sealed::put_session(&mut aged.jar(), &session);
    aged
}

async fn assert_limits(app: &TestApp, idle: i64, lifetime: i64) {
    let client = client_in(app, "owner@aurora.example", AURORA).await;
    // The edge itself is left to a clock that stands still; here it runs.
    for (started, seen) in [(0, 0), (idle - 5, idle - 5), (lifetime - 5, 0)] {
        document(&aged(&client, started, seen)).await;
    }
    for (started, seen) in [(idle, idle), (lifetime, 0), (lifetime, idle), (30 * 24 * HOUR, 0)] {
        let answer = aged(&client, started, seen).get("/auth/session").await;
        assert_signed_out(&answer, &format!("{started} s, seen {seen} s ago"));
    }
}

#[tokio::test]
async fn a8_a_session_ends_after_an_hour_idle_and_twelve_in_all() {
    assert_limits(&TestApp::start().await, HOUR, 12 * HOUR).await;
}

#[tokio::test]
async fn a8_both_limits_are_settings() {
    let app = TestApp::setup().setting("SESSION_IDLE_MINUTES", "5").setting("SESSION_MAX_HOURS", "1").start().await;
    assert_limits(&app, 5 * MINUTE, HOUR).await;
}

#[tokio::test]
async fn a8_being_there_extends_the_idle_time_and_never_the_lifetime() {
    let app = TestApp::start().await;
    let client = client_in(&app, "owner@aurora.example", AURORA).await;
    let client = aged(&client, 11 * HOUR, 50 * MINUTE);
    let before = sealed::session(&client.jar());
    let answer = client.get("/auth/session").await;
    assert!(answer.status() == 200 && sets_session(&answer), "{answer:?}");
    let after = sealed::session(&client.jar());
    assert_eq!(after.started_at, before.started_at);
    assert!(sealed::now() - after.seen_at < MINUTE);
    assert_eq!(after.access_token, before.access_token);
    assert!(!sets_session(&client.get("/auth/session").await), "not with every request");
}

#[tokio::test]
async fn a1_times_that_lie_ahead_are_not_ours() {
    let app = TestApp::start().await;
    let client = client_in(&app, "owner@aurora.example", AURORA).await;
    document(&aged(&client, -30, -30)).await;
    for (started, seen) in [(-HOUR, 0), (0, -HOUR)] {
        assert_signed_out(&aged(&client, started, seen).get("/auth/session").await, "ahead");
    }
}
