//! The membership that a token names is taken over as WorkOS states it at that moment.

use dev::workos::{Effect, Fault};
use serde_json::json;

use crate::{
    app::TestApp,
    trail::{rows, rows_since},
    web::ApiClient,
};

const EMAIL: &str = "member@aurora.example";

/// Signs in while WorkOS states the membership so: status, role, and the years since it last changed.
async fn signed_in(app: &TestApp, memberships: serde_json::Value) -> ApiClient {
    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in?organization_id=org_01SEEDAURORA", EMAIL).await;
    let list = json!({"data": memberships, "list_metadata": {"before": null, "after": null}}).to_string();
    let fault = Fault::new("/user_management/organization_memberships", Effect::status(200, &list));
    app.workos().control().add_fault(fault.times(1));
    let page = browser.get_once(&callback).await;
    assert_eq!(page.location(), "https://app.eleva.test/dashboard");
    assert!(app.workos().control().faults().is_empty(), "the membership was asked for");
    browser.api()
}

fn membership(status: &str, role: &str, updated_at: &str) -> serde_json::Value {
    json!([{
        "id": "om_01SEEDAURORAMEMBER", "user_id": "user_01SEEDAURORAMEMBER", "organization_id": "org_01SEEDAURORA",
        "status": status, "role": {"slug": role}, "updated_at": updated_at,
    }])
}

async fn stored(app: &TestApp) -> (String, String) {
    let statement = "select m.status, m.role from user_org_memberships m join organizations o on o.id = m.org_id
        where m.workos_user_id = 'user_01SEEDAURORAMEMBER' and o.workos_org_id = 'org_01SEEDAURORA'";
    let row = app.owner().await.query_one(statement, &[]).await.expect("one membership");
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn a11_suspended_invited_unknown_role_and_removed_all_give_nothing() {
    let app = TestApp::start().await;
    // The personal organization exists from here on, so that one membership is asked for and no more.
    app.client_of(EMAIL).await;
    for (year, list, expected) in [
        (2031, membership("inactive", "member", "2031-01-01T00:00:00.000Z"), ("suspended", "member")),
        (2032, membership("pending", "member", "2032-01-01T00:00:00.000Z"), ("invited", "member")),
        (2033, membership("active", "member", "2033-01-01T00:00:00.000Z"), ("active", "member")),
        (2034, membership("active", "superuser", "2034-01-01T00:00:00.000Z"), ("suspended", "member")),
        (2035, membership("active", "admin", "2035-01-01T00:00:00.000Z"), ("active", "admin")),
        (2036, json!([]), ("removed", "admin")),
    ] {
        let client = signed_in(&app, list).await;
        assert_eq!(stored(&app).await, (expected.0.to_owned(), expected.1.to_owned()), "{year}");
        let answer = client.get("/auth/session").await;
        match expected.0 {
            "active" => assert_eq!(answer.json()["role"], expected.1, "{year}"),
            _ => assert_eq!(answer.problem(), (403, "membership_inactive".to_owned()), "{year}"),
        }
    }
}

#[tokio::test]
async fn d7_what_changes_of_a_membership_is_recorded_with_what_was_before() {
    let app = TestApp::start().await;
    app.client_of(EMAIL).await;
    for (list, action, old, new) in [
        (
            membership("active", "admin", "2031-01-01T00:00:00.000Z"),
            Some("ORG_MEMBER_ROLE_CHANGED"),
            json!({"role": "member"}),
            json!({"role": "admin"}),
        ),
        (membership("active", "admin", "2031-01-01T00:00:00.000Z"), None, json!({}), json!({})),
        (membership("active", "owner", "2030-01-01T00:00:00.000Z"), None, json!({}), json!({})),
        (
            membership("inactive", "admin", "2032-01-01T00:00:00.000Z"),
            Some("ORG_MEMBER_SUSPENDED"),
            json!({"status": "active"}),
            json!({"status": "suspended"}),
        ),
        (
            membership("active", "member", "2033-01-01T00:00:00.000Z"),
            Some("ORG_MEMBER_ADDED"),
            json!({"role": "admin", "status": "suspended"}),
            json!({"role": "member", "status": "active"}),
        ),
        (json!([]), Some("ORG_MEMBER_REMOVED"), json!({"status": "active"}), json!({"status": "removed"})),
        (json!([]), None, json!({}), json!({})),
    ] {
        let before = rows(&app).await.len();
        signed_in(&app, list).await;
        let mut written = rows_since(&app, before).await;
        written.retain(|row| row.action.starts_with("ORG_"));
        assert_eq!(written.first().map(|row| row.action.as_str()), action, "{new}");
        assert!(written.len() <= 1, "{written:#?}");
        if let Some(row) = written.first() {
            assert_eq!((&row.old_values, &row.new_values), (&Some(old), &Some(new)));
            assert_eq!(row.resource_id.as_deref(), Some("user_01SEEDAURORAMEMBER"));
            assert_eq!((row.actor_type.as_str(), &row.workos_user_id), ("system", &None), "d3: WorkOS states it");
        }
    }
}

#[tokio::test]
async fn what_is_older_than_what_we_know_changes_nothing() {
    let app = TestApp::start().await;
    app.client_of(EMAIL).await;
    signed_in(&app, membership("inactive", "member", "2031-01-01T00:00:00.000Z")).await;
    signed_in(&app, membership("active", "owner", "2030-12-31T23:59:59.999Z")).await;
    assert_eq!(stored(&app).await, ("suspended".to_owned(), "member".to_owned()));
}
