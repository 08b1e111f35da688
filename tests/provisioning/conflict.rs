//! The same address under another id is another person: nobody is ever merged by an e-mail address.

use super::user_id;
use crate::{
    app::{TestApp, sealed::SESSION},
    web::Page,
};

const EMAIL: &str = "ana@newcomer.example";

async fn contents(app: &TestApp) -> String {
    let statement = "select (select json_agg(u order by id)::text from users u)
        || (select json_agg(o order by id)::text from organizations o)
        || (select json_agg(m order by workos_user_id, org_id)::text from user_org_memberships m)";
    app.owner().await.query_one(statement, &[]).await.expect("the tables").get(0)
}

fn assert_conflict(page: &Page) {
    assert!(page.path().starts_with("/sign-in?error=account_conflict&"), "{}", page.path());
    assert_eq!(page.status(), 200);
    assert!(page.text().contains("never merged by address"), "{}", page.text());
    assert!(!page.text().contains('@'), "{}", page.text());
}

#[tokio::test]
async fn g8_another_workos_id_with_the_same_address_is_stopped_and_changes_nothing() {
    let app = TestApp::start().await;
    let insert =
        "insert into users (workos_user_id, email, email_verified) values ('user_01OLD', 'Ana@Newcomer.example', true)";
    app.owner().await.batch_execute(insert).await.expect("somebody has the address");
    let before = contents(&app).await;
    for _ in 0..2 {
        let browser = app.browser();
        assert_conflict(&browser.sign_up(EMAIL, "Ana", "Reis").await);
        assert!(browser.jar().value(SESSION).is_none());
    }
    assert_eq!(contents(&app).await, before);
    let own = Some(format!("user-{}", user_id(&app, EMAIL)));
    let directory = app.workos().control().directory();
    assert!(directory.organizations.iter().all(|organization| organization.external_id != own), "nor at WorkOS");
}

#[tokio::test]
async fn g8_a_known_person_whose_address_became_somebody_elses_is_stopped_too() {
    let app = TestApp::start().await;
    let swap = "update users set email = 'former@aurora.example' where email = 'owner@aurora.example';
        update users set email = 'owner@aurora.example' where email = 'member@aurora.example'";
    app.owner().await.batch_execute(swap).await.expect("the address changed hands");
    let before = contents(&app).await;
    let browser = app.browser();
    assert_conflict(&browser.get("/sign-in").await.press_value("owner@aurora.example").await);
    assert_eq!(contents(&app).await, before);
}

#[tokio::test]
async fn g8_an_address_of_a_deleted_person_is_free_again() {
    let app = TestApp::start().await;
    let insert =
        "insert into users (workos_user_id, email, deleted_at) values ('user_01OLD', 'ana@newcomer.example', now())";
    app.owner().await.batch_execute(insert).await.expect("somebody had the address");
    let page = app.browser().sign_up(EMAIL, "Ana", "Reis").await;
    assert_eq!((page.status(), page.path()), (200, "/dashboard"));
}

#[tokio::test]
async fn g8_a_person_who_was_deleted_here_does_not_come_back_by_signing_in() {
    let app = TestApp::start().await;
    let delete = "update users set deleted_at = now() where email = 'member@aurora.example'";
    app.owner().await.batch_execute(delete).await.expect("deleted");
    let before = contents(&app).await;
    let browser = app.browser();
    let page = browser.get("/sign-in").await.press_value("member@aurora.example").await;
    assert!(page.path().starts_with("/sign-in?error=access_denied&"), "{}", page.path());
    assert!(browser.jar().value(SESSION).is_none());
    assert_eq!(contents(&app).await, before);
}
