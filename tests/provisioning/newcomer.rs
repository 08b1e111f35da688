//! Somebody new signs up.

use super::{assert_one_of_each, user_id};
use crate::app::TestApp;

fn count(app: &TestApp, method: &str, path: &str) -> usize {
    let requests = app.workos().control().requests();
    requests.iter().filter(|request| request.method == method && request.path == path).count()
}

#[tokio::test]
async fn a10_g5_a_newcomer_gets_one_of_each_and_is_signed_in_there() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let page = browser.sign_up("ana@newcomer.example", "Ana", "Reis").await;
    assert_eq!((page.status(), page.path()), (200, "/dashboard"));
    assert_eq!(page.hops().len(), 2, "no loop: {:?}", page.hops());
    assert_one_of_each(&app, "ana@newcomer.example", "Ana Reis's Account").await;
    let session = browser.api().get_json("/auth/session").await;
    assert_eq!(
        (session["role"].as_str(), session["organization"]["type"].as_str()),
        (Some("owner"), Some("patient_personal"))
    );
    assert_eq!(session["organization"]["name"], "Ana Reis's Account");
    assert_eq!(session["organizations"].as_array().map(Vec::len), Some(1));
    assert_eq!((&session["user"]["first_name"], &session["user"]["last_name"]), (&"Ana".into(), &"Reis".into()));
}

#[tokio::test]
async fn a10_signing_in_again_makes_nothing_more() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        let page = app.browser().sign_up("ana@newcomer.example", "Ana", "Reis").await;
        assert_eq!((page.status(), page.path()), (200, "/dashboard"));
        assert_one_of_each(&app, "ana@newcomer.example", "Ana Reis's Account").await;
    }
    assert_eq!(count(&app, "POST", "/organizations"), 1);
    assert_eq!(count(&app, "POST", "/user_management/organization_memberships"), 1);
}

#[tokio::test]
async fn a10_an_organization_is_never_named_after_an_address() {
    let app = TestApp::start().await;
    for (email, first_name, last_name, name) in [
        ("nameless@newcomer.example", "", "", "Personal Account"),
        ("first@newcomer.example", "Ana", "", "Ana's Account"),
        ("last@newcomer.example", "", "Reis", "Reis's Account"),
    ] {
        let browser = app.browser();
        assert_eq!(browser.sign_up(email, first_name, last_name).await.status(), 200, "{email}");
        assert_one_of_each(&app, email, name).await;
        let own = format!("user-{}", user_id(&app, email));
        let directory = app.workos().control().directory();
        let organization = directory.organizations.iter().find(|known| known.external_id.as_ref() == Some(&own));
        assert!(organization.is_some_and(|known| !known.name.contains('@')), "{email}");
    }
}

#[tokio::test]
async fn a10_names_that_are_long_or_strange_keep_nobody_out() {
    let app = TestApp::start().await;
    let (long, strange) = ("é".repeat(100), "O'Brien\"; drop table users; --");
    for (index, (first_name, last_name)) in [(long.as_str(), long.as_str()), (strange, "<b>")].into_iter().enumerate() {
        let email = format!("person{index}@newcomer.example");
        let page = app.browser().sign_up(&email, first_name, last_name).await;
        assert_eq!((page.status(), page.path()), (200, "/dashboard"));
        assert!(!page.source().contains("<b>'s"), "{}", page.source());
        assert_one_of_each(&app, &email, &format!("{first_name} {last_name}'s Account")).await;
    }
}

#[tokio::test]
async fn g9_who_was_invited_first_still_gets_an_organization_of_their_own() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let page = browser.sign_in_as("invited@aurora.example").await;
    assert_eq!((page.status(), page.path()), (200, "/dashboard"));
    let session = browser.api().get_json("/auth/session").await;
    assert_eq!(session["organization"]["type"], "patient_personal");
    let status = "select status from user_org_memberships where workos_membership_id = 'om_01SEEDINVITED'";
    let status: String = app.owner().await.query_one(status, &[]).await.expect("the invitation").get(0);
    assert_eq!(status, "invited", "which accepts no invitation");
}

#[tokio::test]
async fn g9_who_is_a_member_elsewhere_already_gets_one_as_well() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("member@aurora.example").await;
    let session = browser.api().get_json("/auth/session").await;
    assert_eq!(session["organization"]["workos_org_id"], "org_01SEEDAURORA", "and is signed in where the token says");
    let kinds: Vec<&str> =
        session["organizations"].as_array().expect("a list").iter().filter_map(|own| own["type"].as_str()).collect();
    assert_eq!(kinds.len(), 2);
    assert!(kinds.contains(&"patient_personal"), "{kinds:?}");
}
