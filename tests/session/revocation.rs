//! Access ends with the next transaction after we know of it, not when the token runs out.

use serde_json::json;

use super::{AURORA, BOTH, NORTE, assert_signed_out, client_in, document};
use crate::{
    app::{TestApp, sealed::SESSION},
    web::{ApiClient, Browser},
};

/// What asks the database who is asking, one per function.
const ROUTES: [&str; 3] = ["/auth/session", "/dashboard", "/events"];

async fn as_owner(app: &TestApp, statement: &str) {
    app.owner().await.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

async fn assert_inactive(client: &ApiClient, what: &str) {
    for route in ROUTES {
        let answer = client.get(route).await;
        assert_eq!(answer.problem(), (403, "membership_inactive".to_owned()), "{what}: {route}");
    }
    assert!(client.jar().value(SESSION).is_some(), "{what}: the person stays signed in, to go elsewhere");
}

#[tokio::test]
async fn a11_a_copied_cookie_is_dead_after_sign_out() {
    let app = TestApp::start().await;
    let client = client_in(&app, BOTH, AURORA).await;
    let copies: Vec<ApiClient> = (0..=ROUTES.len()).map(|_| client.copied()).collect();
    assert_eq!(copies[0].get("/auth/session").await.status(), 200);
    client.post("/auth/sign-out", &json!({})).await;
    for (copy, route) in copies.iter().zip(ROUTES) {
        assert_signed_out(&copy.get(route).await, route);
    }
    let switch = copies[ROUTES.len()].post("/auth/switch-organization", &json!({"organization_id": NORTE})).await;
    assert_signed_out(&switch, "switching");
}

#[tokio::test]
async fn a11_the_thief_in_a_browser_is_sent_to_sign_in() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let thief = browser.copied();
    browser.get("/auth/sign-out").await.press("Sign out").await;
    for address in ["/dashboard", "/events", "/"] {
        let page = thief.copied().get(address).await;
        assert_eq!(page.url().path(), "/user_management/authorize", "{address}: {:?}", page.hops());
    }
}

#[tokio::test]
async fn a11_who_is_suspended_while_signed_in_is_told_and_offered_other_organizations() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_to(BOTH, AURORA).await;
    let client = browser.api();
    let suspend = "update user_org_memberships m set status = 'suspended' from organizations o
        where o.id = m.org_id and o.workos_org_id = 'org_01SEEDAURORA' and m.workos_user_id = 'user_01SEEDBOTH'";
    as_owner(&app, suspend).await;
    assert_inactive(&client, "suspended").await;

    let page = browser.get("/dashboard").await;
    assert_eq!((page.status(), page.path()), (403, "/dashboard"));
    assert!(page.text().contains("suspended"), "{}", page.text());
    assert!(!page.has(&format!("button[value='{AURORA}']")), "the organization itself is not on offer");
    let page = page.press_value(NORTE).await;
    assert_eq!((page.status(), page.path()), (200, "/dashboard"));
    assert_eq!(document(&browser.api()).await["organization"]["workos_org_id"], NORTE);
}

#[tokio::test]
async fn a11_suspended_at_workos_and_here_it_counts_although_the_token_lives() {
    let app = TestApp::start().await;
    let client = client_in(&app, "member@aurora.example", AURORA).await;
    let status = dev::workos::MembershipStatus::Inactive;
    let control = app.workos().control();
    control.set_membership_status("user_01SEEDAURORAMEMBER", AURORA, status).expect("a member");
    as_owner(
        &app,
        "update user_org_memberships set status = 'suspended' where workos_membership_id = 'om_01SEEDAURORAMEMBER'",
    )
    .await;
    assert_inactive(&client, "suspended").await;
    as_owner(
        &app,
        "update user_org_memberships set status = 'active' where workos_membership_id = 'om_01SEEDAURORAMEMBER'",
    )
    .await;
    assert_eq!(client.get("/auth/session").await.status(), 200, "and at once again");
}

#[tokio::test]
async fn a11_removed_merely_invited_or_without_an_organization_any_more() {
    let app = TestApp::start().await;
    let client = client_in(&app, "member@aurora.example", AURORA).await;
    for status in ["removed", "invited"] {
        let statement = format!(
            "update user_org_memberships set status = '{status}' where workos_membership_id = 'om_01SEEDAURORAMEMBER'"
        );
        as_owner(&app, &statement).await;
        assert_inactive(&client, status).await;
    }
    as_owner(
        &app,
        "update user_org_memberships set status = 'active' where workos_membership_id = 'om_01SEEDAURORAMEMBER';
         update organizations set deleted_at = now() where workos_org_id = 'org_01SEEDAURORA'",
    )
    .await;
    assert_inactive(&client, "a deleted organization").await;
    let page: Browser = app.browser();
    let page = page.get("/dashboard").await;
    assert_eq!(page.url().path(), "/user_management/authorize");
}

#[tokio::test]
async fn a11_a_deleted_person_is_nobody() {
    let app = TestApp::start().await;
    let client = client_in(&app, "member@aurora.example", AURORA).await;
    as_owner(&app, "update users set deleted_at = now() where email = 'member@aurora.example'").await;
    for route in ROUTES {
        assert_signed_out(&client.copied().get(route).await, route);
    }
}
