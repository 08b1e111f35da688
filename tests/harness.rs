//! The means of the tests themselves, on the real thing: sandboxes, gateway, clone of the template, browser.

use dev::{gateway::RawPath, lambda::InvokeError, world::Login};
use serde_json::json;

use crate::{
    app::{BeginClaims, PUBLIC_URL, TestApp, world},
    web::Call,
};

#[tokio::test]
async fn a_function_that_lacks_a_setting_says_so_when_it_starts() {
    let app = TestApp::setup().without("PUBLIC_URL").start().await;
    let error = app.function("sign-in").start().await.expect_err("it cannot start");
    assert!(matches!(error, InvokeError::Exited { .. }), "{error}");
    assert!(error.to_string().contains("the setting PUBLIC_URL is missing"), "{error}");
    assert_eq!(app.client().get("/sign-in").await.status(), 500);
    assert_eq!(app.gateway().take_failures().len(), 1);
}

#[tokio::test]
async fn a_browser_signs_in_at_the_stand_in_and_comes_back() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let page = browser.sign_in_as("owner@aurora.example").await;
    assert_eq!((page.status(), page.path()), (200, "/dashboard"));
    assert!(page.text().contains("Clínica Aurora"), "{}", page.text());
    let statuses: Vec<u16> = page.hops().iter().map(|hop| hop.status).collect();
    assert_eq!(statuses, [303, 302], "back to the callback and on to the dashboard: {:?}", page.hops());
    let session = browser.api().get_json("/auth/session").await;
    assert_eq!(session["user"]["email"], "owner@aurora.example");
}

#[tokio::test]
async fn a_clone_has_the_seeded_people_and_belongs_to_one_test() {
    let (one, other) = (TestApp::start().await, TestApp::start().await);
    assert_ne!(one.database(), other.database());
    let owner = one.owner().await;
    owner.batch_execute("delete from user_org_memberships").await.expect("the owner may");
    let count = other.owner().await.query_one("select count(*) from user_org_memberships", &[]).await.expect("a count");
    assert!(count.get::<_, i64>(0) > 0);
}

#[tokio::test]
async fn a_scope_is_begun_as_the_functions_begin_it() {
    let app = TestApp::start().await;
    let begun = app.begin_as("user_01SEEDAURORAMEMBER", "org_01SEEDAURORA").await;
    assert_eq!(begun.role, "member");
    let rows = begun.client.query_typed("select app.org_id()", &[]).await.expect("inside a scope");
    assert_eq!(rows[0].get::<_, uuid::Uuid>(0), begun.org_id);
    let client = app.connect_as(Login::App).await;
    let claims = BeginClaims::new("user_01SEEDAURORAMEMBER", "org_01SEEDAURORA");
    let error = claims.begin_with_mac(client, &[0; 32]).await.err().expect("refused");
    assert_eq!(error.code().map(|code| code.code()), Some("EL001"));
}

#[tokio::test]
async fn the_gateway_decodes_paths_unless_told_otherwise() {
    for (raw_path, app) in [
        (RawPath::Decoded, TestApp::start().await),
        (RawPath::Verbatim, TestApp::setup().raw_path(RawPath::Verbatim).start().await),
    ] {
        let answer = app.send(Call::new("GET", "/%73ign-in")).await;
        let expected = if raw_path == RawPath::Decoded { 302 } else { 404 };
        assert_eq!(answer.status(), expected, "{raw_path:?}: {answer:?}");
    }
}

#[tokio::test]
async fn another_site_is_told_apart() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let fields = [("_org", ""), ("_user", "")];
    let page = browser.post_from("https://evil.example/", "/auth/sign-out", &fields).await;
    assert_eq!(page.status(), 403);
    let answer = app.client().post("/auth/switch-organization", &json!({"organization_id": "org_01SEEDNORTE"})).await;
    assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()));
}

#[tokio::test]
async fn the_workos_stand_in_can_be_set_up_differently() {
    let issuer = "https://auth.eleva.test";
    let app = TestApp::setup()
        .workos(|config| config.issuer = Some(issuer.to_owned()))
        .setting("WORKOS_ISSUERS", issuer)
        .start()
        .await;
    assert!(app.workos().url().starts_with("http://127.0.0.1:"));
    assert_eq!(app.client_of("owner@norte.example").await.get("/auth/session").await.status(), 200);
    assert!(app.logs().contains("\"answered\""), "{}", app.logs());
    assert!(PUBLIC_URL.starts_with("https://") && world().binaries.is_dir());
}
