//! Credentials that are rotated while a sandbox lives: the request that notices is answered all the same.

use serde_json::{Value, json};

use super::Kept;
use crate::app::sealed::SESSION;

async fn session_event(kept: &Kept) -> Value {
    let client = kept.app.client_of("owner@aurora.example").await;
    let cookie = client.jar().value(SESSION).expect("a session").to_owned();
    json!({
        "version": "2.0", "rawPath": "/events", "cookies": [format!("{SESSION}={cookie}")],
        "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.9"}, "requestId": "r"},
    })
}

/// Gives a login role of this test's server another password; returns the URL with it.
async fn with_wrong_password(kept: &Kept, setting: &str) -> String {
    let url = kept.app.settings()[setting].clone();
    let (before, after) = url.split_once('@').expect("a password");
    let (before, _) = before.rsplit_once(':').expect("a password");
    format!("{before}:not-the-password@{after}")
}

#[tokio::test]
async fn a_sandbox_whose_database_password_was_rotated_reads_its_secret_again() {
    let kept = Kept::start("rotated-password").await;
    let event = session_event(&kept).await;
    let good = kept.secret();
    let mut outdated = good.clone();
    outdated["DATABASE_URL"] = with_wrong_password(&kept, "DATABASE_URL").await.into();
    kept.put(&outdated.to_string()).await;
    let function = kept.function("events", "eleva", None);
    function.start().await.expect("a password is not tried at start");
    kept.put(&good.to_string()).await;
    for _ in 0..2 {
        let answer = function.invoke(event.clone()).await.expect("an answer");
        assert_eq!(answer["statusCode"], 200, "{answer} {}", function.logs());
    }
    assert_eq!(function.started(), 1, "in the same sandbox");
    assert_eq!(function.logs().matches("the settings were read again").count(), 1, "{}", function.logs());
}

#[tokio::test]
async fn a_sandbox_whose_begin_key_was_rotated_reads_its_secret_again() {
    let kept = Kept::start("rotated-begin-keys").await;
    let event = session_event(&kept).await;
    let good = kept.secret();
    let mut outdated = good.clone();
    outdated["BEGIN_KEYS"] = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".into();
    kept.put(&outdated.to_string()).await;
    let function = kept.function("events", "eleva", None);
    function.start().await.expect("started");
    kept.put(&good.to_string()).await;
    let answer = function.invoke(event).await.expect("an answer");
    assert_eq!(answer["statusCode"], 200, "{answer} {}", function.logs());
}

#[tokio::test]
async fn credentials_that_are_refused_for_good_are_a_503_and_no_flood_of_reads() {
    let kept = Kept::start("refused-for-good").await;
    let event = session_event(&kept).await;
    let mut outdated = kept.secret();
    outdated["DATABASE_URL"] = with_wrong_password(&kept, "DATABASE_URL").await.into();
    kept.put(&outdated.to_string()).await;
    let function = kept.function("events", "eleva", None);
    for _ in 0..3 {
        let answer = function.invoke(event.clone()).await.expect("an answer");
        assert_eq!(answer["statusCode"], 503, "{answer}");
        assert!(answer["cookies"].as_array().is_some_and(Vec::is_empty), "cookies stay: {answer}");
    }
    assert!(!function.logs().contains("not-the-password"), "{}", function.logs());
}

#[tokio::test]
async fn a_sandbox_whose_workos_key_was_rotated_reads_its_secret_again() {
    let kept = Kept::start("rotated-api-key").await;
    let control = kept.app.workos().control();
    // A token in its last minute is refreshed, which takes the key.
    control.set_clock_offset(-400);
    let event = session_event(&kept).await;
    control.set_clock_offset(0);
    let good = kept.secret();
    let mut outdated = good.clone();
    outdated["WORKOS_API_KEY"] = "sk_outdated".into();
    kept.put(&outdated.to_string()).await;
    let function = kept.function("events", "eleva", None);
    function.start().await.expect("started");
    kept.put(&good.to_string()).await;
    let answer = function.invoke(event).await.expect("an answer");
    assert_eq!(answer["statusCode"], 200, "{answer} {}", function.logs());
}
