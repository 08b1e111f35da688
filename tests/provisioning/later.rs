//! Later sign-ins: what is ours to say stays, what is WorkOS's to say follows.

use serde_json::json;

use super::user_id;
use crate::app::{TestApp, world};

const EMAIL: &str = "ana@newcomer.example";

#[tokio::test]
async fn g2_a_name_changed_at_workos_is_taken_over_and_type_and_slug_stay() {
    let app = TestApp::start().await;
    app.browser().sign_up(EMAIL, "Ana", "Reis").await;
    let slug = format!("user-{}", user_id(&app, EMAIL));
    let owner = app.owner().await;
    let change = "update organizations set type = 'expert_individual', slug = 'ana-reis' where slug = $1";
    assert_eq!(owner.execute(change, &[&slug]).await.expect("changed"), 1);

    let organizations = app.workos().control().directory().organizations;
    let organization =
        organizations.into_iter().find(|own| own.external_id.as_ref() == Some(&slug)).expect("at WorkOS");
    let answer = reqwest::Client::new()
        .put(format!("{}/organizations/{}", app.workos().url(), organization.id))
        .bearer_auth(&world().secrets.workos_api_key)
        .json(&json!({"name": "Praxis Reis"}))
        .send()
        .await
        .expect("WorkOS answers");
    assert_eq!(answer.status(), 200);

    for _ in 0..2 {
        let page = app.browser().sign_up(EMAIL, "", "").await;
        assert_eq!((page.status(), page.path()), (200, "/dashboard"));
    }
    let statement = "select slug, name, type from organizations where workos_org_id = $1";
    let row = owner.query_one(statement, &[&organization.id]).await.expect("one organization");
    let columns: [&str; 3] = [row.get(0), row.get(1), row.get(2)];
    assert_eq!(columns, ["ana-reis", "Praxis Reis", "expert_individual"]);
    let count = "select count(*) from user_org_memberships where workos_user_id = $1";
    let count = owner.query_one(count, &[&user_id(&app, EMAIL)]).await.expect("a count");
    assert_eq!(count.get::<_, i64>(0), 1, "and no second organization");
}

#[tokio::test]
async fn g2_a_seeded_clinic_keeps_its_slug_when_its_members_sign_in() {
    let app = TestApp::start().await;
    let statement = "select slug, type from organizations where workos_org_id = 'org_01SEEDAURORA'";
    let columns = async || {
        let row = app.owner().await.query_one(statement, &[]).await.expect("the clinic");
        (row.get::<_, String>(0), row.get::<_, String>(1))
    };
    let before = columns().await;
    app.client_of("member@aurora.example").await;
    assert_eq!(columns().await, before);
}

#[tokio::test]
async fn a_name_that_was_corrected_here_is_kept() {
    let app = TestApp::start().await;
    app.browser().sign_up(EMAIL, "Ana", "Reis").await;
    let owner = app.owner().await;
    owner
        .batch_execute("update users set first_name = 'Anna' where email = 'ana@newcomer.example'")
        .await
        .expect("corrected");
    let browser = app.browser();
    browser.sign_up(EMAIL, "", "").await;
    let session = browser.api().get_json("/auth/session").await;
    assert_eq!(
        (session["user"]["first_name"].as_str(), session["user"]["last_name"].as_str()),
        (Some("Anna"), Some("Reis"))
    );
}
