//! No code stays in an address bar or a history: a navigation to the callback is always answered by a redirect.

use dev::workos::{Effect, Fault};

use super::codes_presented;
use crate::{
    app::{TestApp, sealed::SESSION},
    web::Browser,
};

const OWNER: &str = "owner@aurora.example";
const EXCHANGE: &str = "/user_management/authenticate";

async fn assert_redirected(browser: &Browser, address: &str, what: &str) {
    let page = browser.get_once(address).await;
    assert!(matches!(page.status(), 302 | 303), "{what}: {} {}", page.status(), page.source());
    assert!(!page.location().contains("code="), "{what}: {}", page.location());
    assert!(page.source().is_empty(), "{what}: {}", page.source());
    assert_eq!(page.header("cache-control").map(|value| value.contains("no-store")), Some(true), "{what}");
}

#[tokio::test]
async fn a3_the_first_answer_to_a_return_is_a_redirect_without_the_code() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in", OWNER).await;
    let unknown = "0".repeat(64);
    for (what, address) in [
        ("no state", "/auth/callback?code=abc".to_owned()),
        ("an unknown state", format!("/auth/callback?code=abc&state={unknown}")),
        ("no code", callback.replace("code=", "no=")),
        ("a code twice", format!("{callback}&code=abc")),
        ("a state twice", format!("{callback}&state={unknown}")),
        ("an error twice", format!("{callback}&error=a&error=b")),
        ("an organization twice", "/auth/callback?code=abc&organization_id=a&organization_id=b".to_owned()),
        ("an empty state", "/auth/callback?code=abc&state=".to_owned()),
        ("nothing", "/auth/callback".to_owned()),
        ("what is not UTF-8", "/auth/callback?code=%FF&state=%FF".to_owned()),
    ] {
        assert_redirected(&browser, &address, what).await;
        assert!(browser.jar().value(SESSION).is_none(), "{what}");
    }
    assert_redirected(&browser, &callback, "a good code").await;
    assert!(browser.jar().value(SESSION).is_some());
    assert_redirected(&browser, &callback, "the same again").await;
}

#[tokio::test]
async fn a3_it_is_one_as_well_when_workos_fails_or_refuses() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for (what, effect) in [
        ("500", Effect::status(500, "")),
        ("429", Effect::rate_limited(1)),
        ("a dropped connection", Effect::DropRequest),
        ("a refusal", Effect::status(403, r#"{"code":"mfa_challenge","pending_authentication_token":"t"}"#)),
        ("a spent code", Effect::status(400, r#"{"error":"invalid_grant"}"#)),
        ("garbage", Effect::status(200, "<html>")),
    ] {
        let callback = browser.code_in_hand("/sign-in", OWNER).await;
        app.workos().control().add_fault(Fault::new(EXCHANGE, effect).times(1));
        assert_redirected(&browser, &callback, what).await;
        assert!(browser.jar().value(SESSION).is_none(), "{what}");
    }
}

#[tokio::test]
async fn a_preview_by_head_spends_neither_code_nor_flow() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in", OWNER).await;
    let client = browser.api();
    let target = callback.strip_prefix("https://app.eleva.test").expect("our origin");
    for accept in ["text/html", "*/*"] {
        let answer = client.send(client.call("HEAD", target).header("accept", accept)).await;
        assert_eq!((answer.status(), answer.location()), (302, "/sign-in"));
        assert!(answer.set_cookies().is_empty(), "{answer:?}");
    }
    assert_eq!(codes_presented(&app), 0);
    assert_eq!(browser.get(&callback).await.path(), "/dashboard");
}
