//! Credentials that are rotated while a sandbox lives: the request that notices is answered all the same.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{Kept, front::in_front_of};
use crate::{app::sealed::SESSION, records, trail::rows, web::ApiClient};

/// A ring without the world's key.
const OUTDATED_RING: &str = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

async fn session_event(kept: &Kept) -> Value {
    let client = kept.app.client_of("owner@aurora.example").await;
    event_of(&client, "/events")
}

fn event_of(client: &ApiClient, path: &str) -> Value {
    let cookie = client.jar().value(SESSION).expect("a session").to_owned();
    json!({
        "version": "2.0", "rawPath": path, "cookies": [format!("{SESSION}={cookie}")],
        "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.9"}, "requestId": "r"},
    })
}

/// The functions' URL of the database, as this setting has it, with a password that Postgres does not take.
fn url_with_wrong_password(kept: &Kept, setting: &str) -> String {
    let (before, after) = kept.app.settings()[setting].split_once('@').expect("a password");
    let (before, _) = before.rsplit_once(':').expect("a password");
    format!("{before}:not-the-password@{after}")
}

#[tokio::test]
async fn a_sandbox_whose_database_password_was_rotated_reads_its_secret_again() {
    let kept = Kept::start("rotated-password").await;
    let event = session_event(&kept).await;
    let function =
        kept.started_with_outdated("events", "DATABASE_URL", &url_with_wrong_password(&kept, "DATABASE_URL")).await;
    for _ in 0..2 {
        let answer = function.invoke(event.clone()).await.expect("an answer");
        assert_eq!(answer["statusCode"], 200, "{answer} {}", function.logs());
    }
    assert_eq!(function.started(), 1, "in the same sandbox");
    assert_eq!(function.logs().matches("the settings were read again").count(), 1, "{}", function.logs());
}

#[tokio::test]
async fn a_worker_whose_database_password_was_rotated_reads_its_secret_again() {
    let kept = Kept::start("rotated-password-of-a-worker").await;
    let outdated = url_with_wrong_password(&kept, "EXPORT_DATABASE_URL");
    let function = kept.started_with_outdated("audit-daily", "EXPORT_DATABASE_URL", &outdated).await;
    let answer = function.invoke(serde_json::json!({})).await.expect("an answer");
    assert_eq!(answer["failed"], 0, "{answer} {}", function.logs());
    assert_eq!(function.logs().matches("the settings were read again").count(), 1, "{}", function.logs());
}

#[tokio::test]
async fn a_sandbox_whose_begin_key_was_rotated_reads_its_secret_again() {
    let kept = Kept::start("rotated-begin-keys").await;
    let event = session_event(&kept).await;
    let function = kept.started_with_outdated("events", "BEGIN_KEYS", OUTDATED_RING).await;
    let answer = function.invoke(event).await.expect("an answer");
    assert_eq!(answer["statusCode"], 200, "{answer} {}", function.logs());
}

#[tokio::test]
async fn e1_a_sandbox_that_lacks_the_master_key_reads_its_secret_again_and_calls_nothing_undecryptable() {
    let kept = Kept::start("rotated-master-key").await;
    let client = kept.app.client_of(records::OWNER).await;
    let meeting = records::meeting(&kept.app, records::OWNER_ID, records::AURORA).await;
    let record = records::write(&client, meeting, "A record").await;
    for path in [records::path(&record), records::records_of(meeting)] {
        let function = kept.started_with_outdated("records", "ENCRYPTION_KEYS", OUTDATED_RING).await;
        let answer = function.invoke(event_of(&client, &path)).await.expect("an answer");
        assert_eq!(answer["statusCode"], 200, "{answer} {}", function.logs());
        assert!(answer["body"].as_str().is_some_and(|body| body.contains("A record")), "{answer}");
        assert_eq!(function.logs().matches("the settings were read again").count(), 1, "{}", function.logs());
    }

    let mut without = kept.secret();
    without["ENCRYPTION_KEYS"] = OUTDATED_RING.into();
    kept.put(&without.to_string()).await;
    let function = kept.function("records", "eleva", None);
    let answer = function.invoke(event_of(&client, &records::path(&record))).await.expect("an answer");
    assert_eq!(answer["statusCode"], 503, "a key that is nowhere is an outage: {answer}");
    assert!(rows(&kept.app).await.iter().all(|row| row.action != "RECORD_UNDECRYPTABLE"));
}

#[tokio::test]
async fn a_sandbox_whose_workos_key_was_rotated_reads_its_secret_again() {
    let kept = Kept::start("rotated-api-key").await;
    let control = kept.app.workos().control();
    // A token in its last minute is refreshed, which takes the key.
    control.set_clock_offset(-400);
    let event = session_event(&kept).await;
    control.set_clock_offset(0);
    let function = kept.started_with_outdated("events", "WORKOS_API_KEY", "sk_outdated").await;
    let answer = function.invoke(event).await.expect("an answer");
    assert_eq!(answer["statusCode"], 200, "{answer} {}", function.logs());
}

#[tokio::test]
async fn credentials_that_are_refused_for_good_are_a_503_and_no_flood_of_reads() {
    let kept = Kept::start("refused-for-good").await;
    let event = session_event(&kept).await;
    let mut outdated = kept.secret();
    outdated["DATABASE_URL"] = url_with_wrong_password(&kept, "DATABASE_URL").into();
    kept.put(&outdated.to_string()).await;
    let (port, asked) = in_front_of(&kept, 0, "").await;
    let function = kept.function("events", "eleva", Some(port));
    for _ in 0..3 {
        let answer = function.invoke(event.clone()).await.expect("an answer");
        assert_eq!(answer["statusCode"], 503, "{answer}");
        assert!(answer["cookies"].as_array().is_some_and(Vec::is_empty), "cookies stay: {answer}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2, "once at start, once when the password was refused");
    assert!(!function.logs().contains("not-the-password"), "{}", function.logs());
}
