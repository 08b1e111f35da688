//! Switching to another organization: only to where one is an active member, and afterwards everything agrees.

use dev::workos::{Effect, Fault};
use serde_json::json;

use super::{AURORA, BOTH, NORTE, client_in, document, refreshes, sets_session};
use crate::app::{TestApp, sealed};

const SWITCH: &str = "/auth/switch-organization";

#[tokio::test]
async fn a6_who_is_no_active_member_stays_out() {
    let app = TestApp::start().await;
    for email in ["suspended@aurora.example", "invited@aurora.example", "member@norte.example"] {
        let client = app.client_of(email).await;
        let before = document(&client).await;
        let so_far = refreshes(&app);
        for id in [AURORA, "org_01NOSUCHORGANIZATION", "'; drop table users --"] {
            let answer = client.post(SWITCH, &json!({"organization_id": id})).await;
            assert_eq!(answer.problem(), (403, "membership_inactive".to_owned()), "{email} {id}");
            assert!(!sets_session(&answer), "{email} {id}");
        }
        assert_eq!(refreshes(&app), so_far, "{email}: WorkOS was not even asked");
        assert_eq!(document(&client).await["organization"], before["organization"], "{email}");
    }
}

#[tokio::test]
async fn a6_after_a_switch_token_organization_and_role_agree() {
    let app = TestApp::start().await;
    let client = client_in(&app, BOTH, AURORA).await;
    let first = sealed::session(&client.jar());
    for (id, name, role) in [(NORTE, "Norte", "admin"), (AURORA, "Aurora", "member"), (NORTE, "Norte", "admin")] {
        let answer = client.post(SWITCH, &json!({"organization_id": id})).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
        let session = sealed::session(&client.jar());
        let claims = sealed::claims(&session.access_token);
        assert_eq!((claims["org_id"].as_str(), claims["role"].as_str()), (Some(id), Some(role)));
        assert_eq!(claims["sid"], sealed::claims(&first.access_token)["sid"], "it is the same session");
        assert_eq!(session.started_at, first.started_at, "whose lifetime runs on");
        let (answered, mut asked) = (answer.json(), document(&client).await);
        asked["expires_at"] = answered["expires_at"].clone();
        assert_eq!(answered, asked);
        assert_eq!(
            (answered["organization"]["workos_org_id"].as_str(), answered["role"].as_str()),
            (Some(id), Some(role))
        );
        assert!(answered["organization"]["name"].as_str().is_some_and(|text| text.contains(name)), "{answered}");
        let may_audit = answered["permissions"].as_array().expect("a list").contains(&json!("audit:read"));
        assert_eq!(may_audit, role == "admin");
    }
}

#[tokio::test]
async fn a6_a_membership_that_is_active_here_does_not_overrule_workos() {
    let app = TestApp::start().await;
    for (status, body) in [
        (400, r#"{"code":"invalid_organization_id","message":"m"}"#),
        (400, r#"{"error":"sso_required","error_description":"d"}"#),
        (403, r#"{"code":"mfa_challenge","pending_authentication_token":"t"}"#),
        (400, r#"{"message":"Must use SSO for selected organization"}"#),
    ] {
        let client = client_in(&app, BOTH, AURORA).await;
        let fault = Fault::new("/user_management/authenticate", Effect::status(status, body));
        app.workos().control().add_fault(fault.for_grant("refresh_token").times(1));
        let answer = client.post(SWITCH, &json!({"organization_id": NORTE})).await;
        assert_eq!(answer.problem(), (403, "membership_inactive".to_owned()), "{body}");
        assert!(!sets_session(&answer), "{body}");
        assert_eq!(document(&client).await["organization"]["workos_org_id"], AURORA, "{body}: nothing has changed");
    }
}

#[tokio::test]
async fn a6_a_revoked_session_switches_nowhere() {
    let app = TestApp::start().await;
    let client = client_in(&app, BOTH, AURORA).await;
    let sid = sealed::claims(&sealed::session(&client.jar()).access_token)["sid"].clone();
    let revoke = "insert into revoked_sessions (sid, workos_user_id) values ($1, 'user_01SEEDBOTH')";
    app.owner().await.execute(revoke, &[&sid.as_str()]).await.expect("revoked");
    let so_far = refreshes(&app);
    let answer = client.post(SWITCH, &json!({"organization_id": NORTE})).await;
    super::assert_signed_out(&answer, "revoked");
    assert_eq!(refreshes(&app), so_far);
}

#[tokio::test]
async fn a_switch_without_a_usable_organization_is_invalid() {
    let app = TestApp::start().await;
    let client = client_in(&app, BOTH, AURORA).await;
    for document in [
        json!({}),
        json!({"organization_id": ""}),
        json!({"organization_id": 1}),
        json!({"organization_id": "x".repeat(65)}),
    ] {
        assert_eq!(client.post(SWITCH, &document).await.problem(), (422, "invalid".to_owned()), "{document}");
    }
    let call = client.call("POST", SWITCH).body("application/json", "{");
    assert_eq!(client.send(call).await.problem(), (400, "malformed".to_owned()));
}
