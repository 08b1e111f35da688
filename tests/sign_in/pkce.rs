//! A code is worth nothing without the verifier of the flow that it was given for (RFC 7636).

use url::Url;

use super::{assert_explained, codes_presented};
use crate::app::{
    TestApp,
    sealed::{self, SESSION},
};

fn parameter(address: &str, name: &str) -> String {
    let url: Url = address.parse().expect("an address");
    url.query_pairs().find(|(own, _)| own == name).unwrap_or_else(|| panic!("no {name} in {address}")).1.into_owned()
}

#[tokio::test]
async fn a4_a_code_with_another_flows_verifier_is_refused() {
    let app = TestApp::start().await;
    let (victim, thief) = (app.browser(), app.browser());
    let stolen = victim.code_in_hand("/sign-in", "owner@aurora.example").await;
    let own = thief.code_in_hand("/sign-in", "member@aurora.example").await;
    let mixed = format!("/auth/callback?code={}&state={}", parameter(&stolen, "code"), parameter(&own, "state"));
    assert_explained(&thief.get(&mixed).await, "code_invalid");
    assert!(thief.jar().value(SESSION).is_none());
    assert_eq!(codes_presented(&app), 1);
    assert_eq!(victim.get(&stolen).await.path(), "/dashboard");
}

#[tokio::test]
async fn a4_the_challenge_goes_to_authkit_and_the_verifier_stays_sealed() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let page = browser.get_once("/sign-in").await;
    let flow = sealed::flows(&browser.jar()).pop().expect("the flow");
    assert_eq!(parameter(page.location(), "code_challenge_method"), "S256");
    assert_eq!(parameter(page.location(), "code_challenge"), flow.code_challenge());
    assert_eq!(parameter(page.location(), "state"), flow.state);
    let name = flow.cookie_name();
    let shown = format!("{}{}", page.location(), browser.jar().value(&name).expect("the cookie"));
    assert!(!shown.contains(&flow.code_verifier));
}

#[tokio::test]
async fn a4_every_flow_has_a_verifier_and_a_state_of_its_own() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for _ in 0..3 {
        browser.get_once("/sign-in").await;
    }
    let flows = sealed::flows(&browser.jar());
    for (index, flow) in flows.iter().enumerate() {
        for other in &flows[index + 1..] {
            assert!(flow.code_verifier != other.code_verifier && flow.state != other.state);
        }
    }
    assert_eq!(flows.len(), 3);
}
