//! A personal organization that is complete here and was taken away at WorkOS: nobody is locked out over it.

use serde_json::{Value, json};

use super::{assert_one_of_each, user_id};
use crate::app::{TestApp, world};

const EMAIL: &str = "ana@newcomer.example";
const NAME: &str = "Ana Reis's Account";

async fn manage(app: &TestApp, method: reqwest::Method, path: &str, body: Value) {
    let url = format!("{}{path}", app.workos().url());
    let request = reqwest::Client::new().request(method, url).bearer_auth(&world().secrets.workos_api_key);
    let answer = request.json(&body).send().await.expect("the stand-in answers");
    assert!(answer.status().is_success(), "{answer:?}");
}

#[tokio::test]
async fn a10_a_membership_that_was_removed_at_workos_is_made_again() {
    let app = TestApp::start().await;
    app.browser().sign_up(EMAIL, "Ana", "Reis").await;
    let user_id = user_id(&app, EMAIL);
    let directory = app.workos().control().directory();
    let membership = directory.memberships.iter().find(|membership| membership.user_id == user_id).expect("one");
    let path = format!("/user_management/organization_memberships/{}", membership.id);
    manage(&app, reqwest::Method::DELETE, &path, json!({})).await;

    let page = app.browser().sign_up(EMAIL, "Ana", "Reis").await;
    assert_eq!((page.status(), page.path()), (200, "/dashboard"), "{}", page.text());
    assert_one_of_each(&app, EMAIL, NAME).await;
}

#[tokio::test]
async fn a10_an_organization_that_was_deleted_is_followed_by_another() {
    let app = TestApp::start().await;
    app.browser().sign_up(EMAIL, "Ana", "Reis").await;
    let user_id = user_id(&app, EMAIL);
    let directory = app.workos().control().directory();
    let membership = directory.memberships.iter().find(|membership| membership.user_id == user_id).expect("one");
    // As a deletion leaves it: the external id is free, nobody is a member, and our row says when it was deleted.
    let path = format!("/organizations/{}", membership.organization_id);
    manage(&app, reqwest::Method::PUT, &path, json!({"external_id": null})).await;
    let path = format!("/user_management/organization_memberships/{}", membership.id);
    manage(&app, reqwest::Method::DELETE, &path, json!({})).await;
    let owner = app.owner().await;
    let deleted = "update organizations set deleted_at = now() where workos_org_id = $1";
    assert_eq!(owner.execute(deleted, &[&membership.organization_id]).await.expect("the owner may"), 1);

    for _ in 0..2 {
        let browser = app.browser();
        let page = browser.sign_up(EMAIL, "Ana", "Reis").await;
        assert_eq!((page.status(), page.path()), (200, "/dashboard"), "{}", page.text());
        let session = browser.api().get_json("/auth/session").await;
        assert_eq!(session["organizations"].as_array().map(Vec::len), Some(1), "{session}");
        assert_ne!(session["organization"]["workos_org_id"], membership.organization_id.as_str());
    }
    let slugs = "select slug from organizations where starts_with(slug, 'user-' || $1) order by created_at";
    let slugs: Vec<String> =
        owner.query(slugs, &[&user_id]).await.expect("organizations").iter().map(|row| row.get(0)).collect();
    assert_eq!((slugs.len(), slugs[0].as_str()), (2, format!("user-{user_id}").as_str()));
    assert!(slugs[1].starts_with(&format!("user-{user_id}-")), "{slugs:?}");
}
