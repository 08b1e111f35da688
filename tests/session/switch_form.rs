//! Switching by the form of a page, which says for whom it was made: with two tabs, one may have switched meanwhile.

use super::{AURORA, BOTH, NORTE, client_in, document, sets_session};
use crate::{
    app::{PUBLIC_URL, TestApp},
    web::{Answer, ApiClient},
};

const SWITCH: &str = "/auth/switch-organization";
const USER: &str = "user_01SEEDBOTH";

async fn send(client: &ApiClient, fields: &[(&str, &str)]) -> Answer {
    client.send(client.call("POST", SWITCH).header("origin", PUBLIC_URL).form(fields)).await
}

#[tokio::test]
async fn a6_a_form_made_for_another_organization_or_person_changes_nothing() {
    let app = TestApp::start().await;
    let client = client_in(&app, BOTH, AURORA).await;
    for (organization, user) in [(NORTE, USER), ("", USER), (AURORA, "user_01SEEDAURORAOWNER"), (AURORA, "")] {
        let answer = send(&client, &[("_org", organization), ("_user", user), ("organization_id", NORTE)]).await;
        assert_eq!(answer.problem(), (409, "organization_changed".to_owned()), "{organization:?} {user:?}");
        assert!(!sets_session(&answer));
    }
    assert_eq!(document(&client).await["organization"]["workos_org_id"], AURORA);
}

#[tokio::test]
async fn a6_a_form_that_does_not_say_for_whom_it_was_made_is_refused() {
    let app = TestApp::start().await;
    let client = client_in(&app, BOTH, AURORA).await;
    for fields in [
        &[("organization_id", NORTE)][..],
        &[("_org", AURORA), ("organization_id", NORTE)],
        &[("_user", USER), ("organization_id", NORTE)],
    ] {
        assert_eq!(send(&client, fields).await.problem(), (400, "malformed".to_owned()), "{fields:?}");
    }
    assert_eq!(document(&client).await["organization"]["workos_org_id"], AURORA);
}

#[tokio::test]
async fn a3_a6_a_form_leads_back_to_a_path_of_ours() {
    let app = TestApp::start().await;
    for (return_to, expected) in [
        (Some("/events?active=true"), "/events?active=true"),
        (Some("//evil.example"), "/dashboard"),
        (Some("https://evil.example/"), "/dashboard"),
        (Some("/\\evil.example"), "/dashboard"),
        (None, "/dashboard"),
    ] {
        let client = client_in(&app, BOTH, AURORA).await;
        let mut fields = vec![("_org", AURORA), ("_user", USER), ("organization_id", NORTE)];
        fields.extend(return_to.map(|return_to| ("return_to", return_to)));
        let answer = send(&client, &fields).await;
        assert_eq!((answer.status(), answer.location()), (303, format!("{PUBLIC_URL}{expected}").as_str()));
        assert_eq!(document(&client).await["organization"]["workos_org_id"], NORTE);
    }
}

#[tokio::test]
async fn a6_of_two_tabs_the_one_that_was_left_behind_is_told() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_to(BOTH, AURORA).await;
    let (one, other) = (browser.get("/dashboard").await, browser.get("/dashboard").await);
    let switched = one.press_value(NORTE).await;
    assert_eq!((switched.status(), switched.path()), (200, "/dashboard"));
    assert!(switched.text().contains("Administrator"), "{}", switched.text());
    let refused = other.press_value(NORTE).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().contains("switched in the meantime"), "{}", refused.text());
}
