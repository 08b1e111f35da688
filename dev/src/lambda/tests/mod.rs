//! The harness against a function that does what it is told, in Python.

use std::{path::PathBuf, time::Duration};

use serde_json::{Value, json};

use super::{Function, InvokeError};

fn actor(act: &str) -> Function {
    let binary = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lambda/tests/actor"));
    Function::new(binary, vec![("ACT".to_owned(), act.to_owned())])
}

async fn process_of(function: &Function, payload: Value) -> Value {
    function.invoke(payload).await.expect("an answer")["process"].clone()
}

#[tokio::test]
async fn a_function_gets_event_deadline_and_environment_and_nothing_of_ours() {
    let answer =
        actor("answer").with_timeout(Duration::from_secs(9)).invoke(json!({"a": "é"})).await.expect("an answer");
    assert_eq!(answer["payload"], json!({"a": "é"}));
    assert!((0.0..=9_000.0).contains(&answer["remaining_ms"].as_f64().expect("a number")), "{answer}");
    let environment = &answer["environment"];
    assert_eq!(environment["ACT"], "answer");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_NAME"], "actor");
    assert!(environment["CARGO_MANIFEST_DIR"].is_null(), "the environment of this process stays out");
}

#[tokio::test]
async fn an_idle_sandbox_is_reused_and_a_concurrent_event_gets_its_own() {
    let function = actor("answer");
    let first = process_of(&function, json!({})).await;
    assert_eq!(process_of(&function, json!({})).await, first);
    let (one, other) =
        tokio::join!(process_of(&function, json!({"seconds": 1})), process_of(&function, json!({"seconds": 1})));
    assert_ne!(one, other);
    assert_eq!(function.started(), 2);
}

#[tokio::test]
async fn a_start_is_timed_and_its_sandbox_kept() {
    let function = actor("answer");
    let start = function.start().await.expect("started");
    assert!(start.duration() > Duration::ZERO);
    process_of(&function, json!({})).await;
    assert_eq!(function.started(), 1);
    function.stop().await;
    process_of(&function, json!({})).await;
    assert_eq!(function.started(), 2);
}

#[tokio::test]
async fn what_it_writes_is_there_when_it_has_answered() {
    let function = actor("answer");
    process_of(&function, json!({})).await;
    assert!(function.logs().starts_with("got "), "{}", function.logs());
}

#[tokio::test]
async fn a_binary_that_was_not_built_is_named_with_what_to_run() {
    let error = Function::new("/nowhere/sign-in".into(), Vec::new()).invoke(json!({})).await.expect_err("missing");
    assert!(matches!(error, InvokeError::BinaryMissing(_)));
    assert!(error.to_string().contains("/nowhere/sign-in") && error.to_string().contains("cargo dev test"), "{error}");
}

#[tokio::test]
async fn a_sandbox_that_exits_at_its_start_shows_its_last_lines() {
    let error = actor("exit at start").invoke(json!({})).await.expect_err("exited");
    assert!(matches!(error, InvokeError::Exited { .. }));
    assert!(error.to_string().contains("before it asked for its first event"), "{error}");
    assert!(error.to_string().contains("the setting PUBLIC_URL is missing"), "{error}");
}

#[tokio::test]
async fn a_sandbox_that_refuses_to_start_is_quoted() {
    let error = actor("refuse to start").invoke(json!({})).await.expect_err("refused");
    assert!(matches!(&error, InvokeError::Init { error, .. } if error.error_message == "no key"), "{error}");
}

#[tokio::test]
async fn after_an_error_the_sandbox_stays_and_after_an_exit_the_next_event_gets_another() {
    let function = actor("answer");
    let first = process_of(&function, json!({})).await;
    let error = function.invoke(json!({"act": "fail"})).await.expect_err("failed");
    assert!(matches!(&error, InvokeError::Failed { error, .. } if error.error_message == "a bug"), "{error}");
    assert_eq!(process_of(&function, json!({})).await, first);
    let error = function.invoke(json!({"act": "exit"})).await.expect_err("exited");
    assert!(matches!(&error, InvokeError::Exited { status, .. } if status.code() == Some(4)), "{error}");
    assert_ne!(process_of(&function, json!({})).await, first);
}

#[tokio::test]
async fn silence_and_garbage_are_errors_and_not_a_wait() {
    let function = actor("answer").with_timeout(Duration::from_millis(300));
    function.start().await.expect("started");
    let error = function.invoke(json!({"act": "hang"})).await.expect_err("silent");
    assert!(matches!(error, InvokeError::TimedOut { .. }), "{error}");
    let function = actor("answer");
    for act in ["garble", "stay silent"] {
        let error = function.invoke(json!({"act": act})).await.expect_err("unusable");
        assert!(matches!(error, InvokeError::Unusable { .. }), "{act}: {error}");
    }
}

#[tokio::test]
async fn a_dropped_invocation_ends_its_sandbox() {
    let function = actor("answer");
    let first = process_of(&function, json!({})).await;
    let hanging = function.invoke(json!({"act": "hang"}));
    tokio::time::timeout(Duration::from_millis(300), hanging).await.expect_err("dropped half-way");
    assert_ne!(process_of(&function, json!({})).await, first);
}
