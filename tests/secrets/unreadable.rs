//! A secret that cannot be read stops the start, and the log says what to do; what it holds is never shown.

use dev::lambda::InvokeError;
use serde_json::json;

use super::Kept;

/// What a function that cannot start has logged.
async fn refusal(kept: &Kept, secret_id: &str, port: Option<u16>) -> String {
    let function = kept.function("events", secret_id, port);
    let error = function.start().await.expect_err("it cannot start");
    assert!(matches!(error, InvokeError::Exited { .. } | InvokeError::Init { .. }), "{error}");
    function.logs()
}

#[tokio::test]
async fn a17_a_secret_that_is_missing_malformed_or_incomplete_is_named() {
    let kept = Kept::start("unreadable").await;
    let log = refusal(&kept, "eleva-typo", None).await;
    assert!(log.contains("the secret eleva-typo (ELEVA_SECRET_ID) does not exist"), "{log}");

    for content in ["hunter2", "[\"hunter2\"]", "{\"SESSION_KEYS\": {\"a\": \"hunter2\"}}", "{\"SESSION_KEYS\": 1}"] {
        kept.put(content).await;
        let log = refusal(&kept, "eleva", None).await;
        assert!(log.contains("it is not a JSON object of names and texts"), "{content}: {log}");
        assert!(!log.contains("hunter2"), "{log}");
    }
    kept.call("PutSecretValue", json!({"SecretId": "eleva", "SecretBinary": "aHVudGVyMg=="})).await;
    let log = refusal(&kept, "eleva", None).await;
    assert!(log.contains("it holds bytes and no text"), "{log}");
    let mut secret = kept.secret();
    secret.as_object_mut().expect("an object").remove("BEGIN_KEYS");
    kept.put(&secret.to_string()).await;
    let log = refusal(&kept, "eleva", None).await;
    assert!(log.contains("the setting BEGIN_KEYS is missing"), "{log}");
}

#[tokio::test]
async fn a17_a_secrets_manager_that_is_away_is_told_apart_from_a_missing_secret() {
    let kept = Kept::start("away").await;
    let log = refusal(&kept, "eleva", Some(dev::ports::find_free().expect("a port"))).await;
    assert!(log.contains("cannot be read at the moment"), "{log}");
}
