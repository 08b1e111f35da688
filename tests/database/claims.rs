//! Claims that are signed and yet not to be taken: malformed or expired ones, each with an SQLSTATE of its own
//! (hardening B6).

use std::time::{SystemTime, UNIX_EPOCH};

use dev::world::Login;
use serde_json::{Value, json};

use super::{clinics::aurora_owner, signed::Signed};
use crate::app::{BeginClaims, TestApp};

/// The claims of Aurora's owner with one field changed, or left out for `None`.
fn with(field: &str, value: Option<Value>) -> BeginClaims {
    let mut claims = aurora_owner();
    let fields = claims.0.as_object_mut().expect("claims are an object");
    match value {
        Some(value) => fields.insert(field.to_owned(), value),
        None => fields.remove(field),
    };
    claims
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

#[tokio::test]
async fn b6_a_field_that_is_missing_or_of_another_type_is_malformed() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    let values = [None, Some(json!(null)), Some(json!(true)), Some(json!([])), Some(json!({})), Some(json!([1]))];
    let strings = [Some(json!("")), Some(json!(7))];
    let numbers = [Some(json!("")), Some(json!("4102444800")), Some(json!("infinity"))];
    for field in ["sub", "sid", "org_id", "exp"] {
        for value in values.iter().chain(if field == "exp" { numbers.iter() } else { strings.iter() }) {
            let claims = with(field, value.clone());
            let refused = Signed::from(&claims).refusal(&client).await;
            assert_eq!(refused.as_deref(), Some("EL002"), "{}", claims.text());
        }
    }
    for actor in [json!(null), json!("support"), json!({}), json!({"sub": ""}), json!({"sub": 7}), json!([])] {
        let claims = with("act", Some(actor));
        assert_eq!(Signed::from(&claims).refusal(&client).await.as_deref(), Some("EL002"), "{}", claims.text());
    }
}

#[tokio::test]
async fn b6_what_is_no_object_is_malformed() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    let valid = aurora_owner().text();
    let texts = [
        "",
        " ",
        "null",
        "7",
        "\"sub\"",
        "[]",
        "{}",
        "not JSON",
        "{'sub': 'x'}",
        "\\",
        "'; select 1; --",
        "{\"sub\": \"\\u0000\"}",
        "{\"exp\": 1e999999}",
        "{\"exp\": NaN}",
    ];
    let texts = texts.map(str::to_owned).into_iter().chain([
        format!("[{valid}]"),
        format!("{valid}{valid}"),
        valid[..valid.len() - 1].to_owned(),
        valid.replace("session_test", "\\u0000"),
        valid.replace("\"exp\":", "\"exp\":1e999999,\"other\":"),
    ]);
    for text in texts {
        assert_eq!(Signed::new(text.clone()).refusal(&client).await.as_deref(), Some("EL002"), "{text}");
    }
}

#[tokio::test]
async fn b6_nesting_and_size_break_nothing() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    let valid = aurora_owner().text();
    let deep = |depth: usize| {
        let nested = "[".repeat(depth) + &"]".repeat(depth);
        Signed::new(valid.replacen('{', &format!("{{\"more\":{nested},"), 1))
    };
    assert_eq!(deep(100).refusal(&client).await, None, "what else the claims say is no matter");
    assert_eq!(deep(1_000_000).refusal(&client).await.as_deref(), Some("EL002"));
    let long = "x".repeat(8 * 1024 * 1024);
    for (field, sqlstate) in [("sub", Some("EL010")), ("org_id", Some("EL004")), ("more", None)] {
        let refused = Signed::from(&with(field, Some(json!(long)))).refusal(&client).await;
        assert_eq!(refused.as_deref(), sqlstate, "{field}");
    }
    assert_eq!(Signed::new(valid).refusal(&client).await, None, "the server is well");
}

#[tokio::test]
async fn b6_claims_expire_five_seconds_after_their_time() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    for exp in [json!(now() + 60.0), json!(now() - 2.0), json!(4_102_444_800_u64)] {
        assert_eq!(Signed::from(&with("exp", Some(exp.clone()))).refusal(&client).await, None, "{exp}");
    }
    for exp in [json!(now() - 5.5), json!(now() - 3600.0), json!(0), json!(-1), json!(-1e300)] {
        let refused = Signed::from(&with("exp", Some(exp.clone()))).refusal(&client).await;
        assert_eq!(refused.as_deref(), Some("EL003"), "{exp}");
    }
}

#[tokio::test]
async fn b6_the_clock_of_expiry_runs_on_within_a_transaction() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    // A transaction that is kept open must not keep claims good: not its start counts, but the moment of the call.
    client.batch_execute("begin; select pg_sleep(1)").await.expect("an old transaction");
    let refused = super::refusal(Signed::from(&with("exp", Some(json!(now() - 5.0)))).call(&client).await);
    assert_eq!(refused.as_deref(), Some("EL003"));
}
