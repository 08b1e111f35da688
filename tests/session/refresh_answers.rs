//! What a refresh brings must be the same session's: same person, same session, same organization, same impersonator.

use dev::workos::{Effect, Fault};
use serde_json::{Value, json};

use super::{AURORA, NORTE, assert_signed_out, client_with_seconds_left, document};
use crate::app::{TestApp, sealed};

fn answer(app: &TestApp, token: &str) {
    let user = r#"{"id":"user_01SEEDAURORAOWNER","email":"owner@aurora.example"}"#;
    let body = format!(r#"{{"user":{user},"access_token":"{token}","refresh_token":"next"}}"#);
    let fault = Fault::new("/user_management/authenticate", Effect::status(200, &body));
    app.workos().control().add_fault(fault.for_grant("refresh_token").times(1));
}

#[tokio::test]
async fn a1_a_new_token_of_another_session_is_refused() {
    let app = TestApp::start().await;
    let changes: [(&str, Value); 7] = [
        ("sub", json!("user_01SEEDAURORAADMIN")),
        ("sid", json!("session_of_somebody")),
        ("org_id", json!(NORTE)),
        ("org_id", Value::Null),
        ("act", json!({"sub": "support@workos.example"})),
        ("iss", json!("https://evil.example")),
        ("client_id", json!("client_other")),
    ];
    for (name, value) in changes {
        let client = client_with_seconds_left(&app, "owner@aurora.example", AURORA, -100).await;
        let mut claims = sealed::claims(&sealed::session(&client.jar()).access_token);
        claims["exp"] = (sealed::now() + 300).into();
        claims[name] = value.clone();
        answer(&app, &app.workos().control().sign(&claims).expect("signed"));
        assert_signed_out(&client.get("/auth/session").await, &format!("{name} {value}"));
    }
}

#[tokio::test]
async fn a1_the_same_with_nothing_but_a_later_end_is_taken() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, "owner@aurora.example", AURORA, -100).await;
    let mut claims = sealed::claims(&sealed::session(&client.jar()).access_token);
    claims["exp"] = (sealed::now() + 300).into();
    answer(&app, &app.workos().control().sign(&claims).expect("signed"));
    assert_eq!(document(&client).await["user"]["email"], "owner@aurora.example");
    assert_eq!(sealed::session(&client.jar()).refresh_token, "next");
}
