//! Several tabs sign in at once.

use super::codes_presented;
use crate::app::{
    TestApp,
    sealed::{self, FLOW, SESSION},
};

#[tokio::test]
async fn a3_tabs_do_not_clobber_one_another_and_each_ends_where_it_wanted_to() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let mut callbacks = Vec::new();
    for return_to in ["/events?active=true", "/dashboard", "/events?active=false"] {
        let start = format!("/sign-in?return_to={}", return_to.replace('?', "%3F").replace('=', "%3D"));
        callbacks.push((return_to, browser.code_in_hand(&start, "owner@aurora.example").await));
    }
    assert_eq!(browser.jar().names(FLOW).len(), 3);
    for (index, (return_to, callback)) in callbacks.iter().enumerate().rev() {
        let page = browser.get(callback).await;
        assert_eq!((page.status(), page.path()), (200, *return_to));
        assert_eq!(browser.jar().names(FLOW).len(), index, "each takes its own cookie away");
    }
    assert_eq!(codes_presented(&app), 3);
}

#[tokio::test]
async fn a3_there_are_at_most_five_flows_and_the_newest_are_kept() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for number in 1..=9 {
        browser.get_once(&format!("/sign-in?return_to=%2Fevents%3Ftab%3D{number}")).await;
        let flows = sealed::flows(&browser.jar());
        let kept: Vec<&str> = flows.iter().map(|flow| flow.return_to.as_str()).collect();
        assert_eq!(kept.len(), number.min(5), "{kept:?}");
        for young in (number.saturating_sub(4)).max(1)..=number {
            assert!(kept.contains(&format!("/events?tab={young}").as_str()), "after {number}: {kept:?}");
        }
    }
}

#[tokio::test]
async fn a3_what_is_no_flow_makes_room_for_one() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.get_once("/sign-in").await;
    let name = browser.jar().names(FLOW)[0].to_owned();
    browser.jar().edit(&name, "garbage");
    browser.get_once("/sign-in").await;
    assert!(browser.jar().value(&name).is_none());
    assert_eq!(browser.jar().names(FLOW).len(), 1);
}

#[tokio::test]
async fn a13_many_flows_beside_the_largest_session_stay_within_the_gateways_limit() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    // The largest token that still fits: found from above, as only the product knows how much that is.
    let session = sealed::session(&browser.jar());
    let largest = (0..400).map(|step| 6_000 - 20 * step).find_map(|length| {
        let claims = sealed::claims(&session.access_token);
        let mut claims = claims.as_object().expect("claims").clone();
        claims.insert("padding".to_owned(), "p".repeat(length).into());
        let token = app.workos().control().sign(&claims.into()).expect("signed");
        sealed::fits(&eleva::session::SessionCookie { access_token: token.clone(), ..session.clone() }).then_some(token)
    });
    sealed::put_access_token(&mut browser.jar(), largest.expect("some length fits"));
    let long = format!("/events?q={}", "a".repeat(490));
    for _ in 0..7 {
        let start = format!("/sign-in?return_to={}", long.replace('?', "%3F").replace('=', "%3D"));
        let page = browser.get_once(&start).await;
        assert_eq!(page.status(), 302, "{}", page.source());
        let jar = browser.jar();
        let bytes: usize =
            jar.names("__Host-").iter().map(|name| name.len() + jar.value(name).map_or(0, str::len) + 3).sum();
        assert!(bytes <= 8 * 1024, "{bytes} bytes of cookies: {:?}", jar.names(""));
    }
    assert!(browser.jar().value(SESSION).is_some() && !browser.jar().names(FLOW).is_empty());
    assert_eq!(browser.get("/dashboard").await.status(), 200);
}
