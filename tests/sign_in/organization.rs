//! Signing in to a certain organization: it must take the person, and a page says so when it does not.

use super::{assert_explained, codes_presented};
use crate::app::{
    TestApp,
    sealed::{FLOW, SESSION},
};

const TO_AURORA: &str = "/sign-in?organization_id=org_01SEEDAURORA&return_to=%2Fevents";

#[tokio::test]
async fn a6_who_is_suspended_or_merely_invited_is_told_and_not_signed_in() {
    let app = TestApp::start().await;
    for email in ["suspended@aurora.example", "invited@aurora.example", "member@norte.example"] {
        let browser = app.browser();
        let page = browser.get(TO_AURORA).await.press_value(email).await;
        assert_explained(&page, "organization_unavailable");
        assert!(page.text().contains("not an active member"), "{}", page.text());
        assert!(browser.jar().value(SESSION).is_none(), "{email}");
        assert!(browser.jar().names(FLOW).is_empty(), "{email}");

        // Without the organization the same person gets in: to one of their own.
        let page = page.follow("Try again").await.press_value(email).await;
        assert!(!page.text().contains("Clínica Aurora"), "{email}: {}", page.text());
        let session = browser.api().get_json("/auth/session").await;
        assert_ne!(session["organization"]["workos_org_id"], "org_01SEEDAURORA", "{email}");
    }
}

#[tokio::test]
async fn who_belongs_to_it_is_signed_in_to_it() {
    let app = TestApp::start().await;
    for id in ["org_01SEEDAURORA", "org_01SEEDNORTE"] {
        let browser = app.browser();
        let start = browser.get(&format!("/sign-in?organization_id={id}")).await;
        assert_eq!(start.press_value("both@eleva.example").await.path(), "/dashboard");
        let session = browser.api().get_json("/auth/session").await;
        assert_eq!(session["organization"]["workos_org_id"], id);
    }
}

#[tokio::test]
async fn an_organization_that_does_not_exist_ends_on_a_page() {
    let app = TestApp::start().await;
    let page = app.browser().get("/sign-in?organization_id=org_01NOSUCHORGANIZATION").await;
    assert_explained(&page, "organization_unavailable");
    assert_eq!(codes_presented(&app), 0);
}

#[tokio::test]
async fn an_organization_that_is_left_between_code_and_exchange_is_told_too() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let callback = browser.code_in_hand(TO_AURORA, "member@aurora.example").await;
    let status = dev::workos::MembershipStatus::Inactive;
    let control = app.workos().control();
    control.set_membership_status("user_01SEEDAURORAMEMBER", "org_01SEEDAURORA", status).expect("a member");
    assert_explained(&browser.get(&callback).await, "organization_unavailable");
    assert!(browser.jar().value(SESSION).is_none());
}
