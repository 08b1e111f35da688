//! Coming back without a state, as after an invitation or a sign-in that was started at WorkOS: the code could be
//! anybody's, so it is discarded and the flow begins anew, once.

use super::{assert_explained, codes_presented};
use crate::{
    app::{
        TestApp,
        sealed::{FLOW, SESSION},
    },
    web::Page,
};

const ARRIVAL: &str =
    "/auth/callback?code=planted&organization_id=org_01SEEDAURORA&invitation_token=Z1uX3RbwcIl5fIGJJJCXXisdI";

fn authorize_parameter(page: &Page, name: &str) -> Option<String> {
    assert_eq!(page.url().path(), "/user_management/authorize", "{:?}", page.hops());
    page.url().query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a3_without_a_state_the_code_is_discarded_and_the_flow_begins_anew() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let page = browser.get(ARRIVAL).await;
    assert_eq!(page.hops().len(), 2, "{:?}", page.hops());
    assert_eq!(authorize_parameter(&page, "organization_id").as_deref(), Some("org_01SEEDAURORA"));
    assert_eq!(authorize_parameter(&page, "invitation_token").as_deref(), Some("Z1uX3RbwcIl5fIGJJJCXXisdI"));
    assert!(page.hops().iter().all(|hop| !hop.to.as_str().contains("planted")), "{:?}", page.hops());
    assert_eq!(codes_presented(&app), 0);

    let page = page.press_value("owner@aurora.example").await;
    assert_eq!(page.path(), "/dashboard", "and the sign-in can be finished");
    assert_eq!(codes_presented(&app), 1);
}

#[tokio::test]
async fn a3_a_real_code_without_a_state_signs_nobody_in() {
    let app = TestApp::start().await;
    let (attacker, victim) = (app.browser(), app.browser());
    let callback = attacker.code_in_hand("/sign-in", "member@aurora.example").await;
    let (planted, _) = callback.split_once("&state=").expect("a state");
    let page = victim.get_from("https://evil.example/", planted).await;
    assert_eq!(page.url().path(), "/user_management/authorize");
    assert!(victim.jar().value(SESSION).is_none());
    assert_eq!(codes_presented(&app), 0);
}

#[tokio::test]
async fn a3_it_begins_anew_once_and_then_stops_at_a_page() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.get(ARRIVAL).await;
    for _ in 0..2 {
        let page = browser.get(ARRIVAL).await;
        assert_explained(&page, "state_invalid");
        assert_eq!(page.hops().len(), 1, "{:?}", page.hops());
    }
    assert_eq!(browser.jar().names(FLOW).len(), 1, "no further flow was started");
    let page = browser.get(ARRIVAL).await.follow("Try again").await;
    assert_eq!(authorize_parameter(&page, "organization_id"), None);
    assert_eq!(page.press_value("owner@aurora.example").await.path(), "/dashboard");
}

#[tokio::test]
async fn a3_after_the_sign_in_another_arrival_begins_anew_again() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for _ in 0..2 {
        let page = browser.get(ARRIVAL).await;
        assert_eq!(page.press_value("owner@aurora.example").await.path(), "/dashboard");
    }
}

#[tokio::test]
async fn a3_what_is_kept_cannot_change_the_request() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let address = "/auth/callback?code=x&organization_id=org_1%26client_id%3Devil&invitation_token=a%0d%0ab";
    let page = browser.get(address).await;
    assert_eq!(authorize_parameter(&page, "organization_id"), None, "it is no id");
    assert_eq!(authorize_parameter(&page, "invitation_token"), None, "it is no token");
    let clients = page.url().query_pairs().filter(|(name, _)| name == "client_id").count();
    assert_eq!(clients, 1);
}
