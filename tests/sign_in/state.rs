//! A return from AuthKit belongs to the browser and the ten minutes in which it was started, and counts once.

use super::{assert_explained, codes_presented};
use crate::app::{
    TestApp,
    sealed::{self, FLOW, SESSION},
};

const OWNER: &str = "owner@aurora.example";

#[tokio::test]
async fn a3_another_browsers_state_is_refused_and_spends_nothing() {
    let app = TestApp::start().await;
    let (own, foreign) = (app.browser(), app.browser());
    let callback = own.code_in_hand("/sign-in", OWNER).await;
    for start in [None, Some("/sign-in")] {
        if let Some(start) = start {
            foreign.get_once(start).await;
        }
        assert_explained(&foreign.get(&callback).await, "state_invalid");
        assert!(foreign.jar().value(SESSION).is_none());
    }
    assert_eq!(codes_presented(&app), 0);
    assert_eq!(own.get(&callback).await.path(), "/dashboard", "whose it is can still use it");
}

#[tokio::test]
async fn a3_an_edited_state_is_refused() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in", OWNER).await;
    let (rest, state) = callback.split_once("state=").expect("a state");
    let last = if state.ends_with('0') { '1' } else { '0' };
    let cut = &state[..state.len() - 1];
    for edited in [format!("{cut}{last}"), cut.to_owned(), state.to_uppercase(), state[..8].to_owned(), "é".to_owned()]
    {
        if edited == state {
            continue;
        }
        assert_explained(&browser.get(&format!("{rest}state={edited}")).await, "state_invalid");
    }
    assert_eq!(codes_presented(&app), 0);
    assert!(browser.jar().value(SESSION).is_none());
}

#[tokio::test]
async fn a3_a_return_after_more_than_ten_minutes_is_refused() {
    let app = TestApp::start().await;
    for (age, expected) in [(590, "/dashboard"), (601, "/sign-in?error=state_invalid&return_to=%2Fdashboard")] {
        let browser = app.browser();
        let callback = browser.code_in_hand("/sign-in?organization_id=org_01SEEDAURORA", OWNER).await;
        let mut flow = sealed::flows(&browser.jar()).pop().expect("the flow");
        flow.created_at -= age;
        sealed::put_flow(&mut browser.jar(), &flow);
        assert_eq!(browser.get(&callback).await.path(), expected, "{age} s");
        assert_eq!(browser.jar().value(SESSION).is_some(), expected == "/dashboard", "{age} s");
    }
    assert_eq!(codes_presented(&app), 1);
}

#[tokio::test]
async fn a3_a_state_counts_once_also_for_who_kept_a_copy_of_the_cookies() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in", OWNER).await;
    let thief = browser.copied();
    assert_eq!(browser.get(&callback).await.path(), "/dashboard");
    assert!(browser.jar().names(FLOW).is_empty(), "the flow is over");

    assert_explained(&browser.get(&callback).await, "state_invalid");
    assert_eq!(browser.get("/dashboard").await.path(), "/dashboard", "the session is none the worse");
    assert_explained(&thief.get(&callback).await, "code_invalid");
    assert!(thief.jar().value(SESSION).is_none());
}

#[tokio::test]
async fn a3_a_planted_second_cookie_of_the_flow_is_refused() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in", OWNER).await;
    let client = browser.api();
    let name = client.jar().names(FLOW)[0].to_owned();
    let call = client.call("GET", &callback["https://app.eleva.test".len()..]).header("cookie", &format!("{name}=x"));
    let answer = client.send(call).await;
    assert!(answer.location().starts_with("/sign-in?error=state_invalid"), "{answer:?}");
    assert_eq!(codes_presented(&app), 0);
}
