//! What functions may not write: hardening A12.

use super::world;

/// What would give a secret or a person away: the beginning of every JWT, cookies, e-mail addresses.
const GIVEAWAYS: [&str; 4] = ["eyJ", "__Host-", "@", "Bearer "];

/// Panics when logs hold a token, a cookie, a key, a password or an e-mail address.
pub(super) fn assert_discreet(logs: &str) {
    let secrets = &world().secrets;
    let own = [
        &secrets.app_password,
        &secrets.identity_password,
        &secrets.exporter_password,
        &secrets.begin_keys,
        &secrets.session_keys,
        &secrets.encryption_keys,
        &secrets.workos_api_key,
    ];
    for line in logs.lines() {
        let giveaway =
            GIVEAWAYS.into_iter().chain(own.into_iter().map(String::as_str)).find(|text| line.contains(text));
        if let Some(giveaway) = giveaway {
            panic!("a12: a function logged {giveaway:?}:\n{line}");
        }
    }
}

#[test]
#[should_panic(expected = "a12: a function logged \"eyJ\"")]
fn a12_a_token_in_a_log_is_found() {
    assert_discreet("{\"message\":\"answered\"}\n{\"message\":\"eyJhbGciOiJSUzI1NiJ9.e30.x\"}");
}

#[tokio::test]
async fn a12_what_a_whole_visit_logs_gives_nothing_away() {
    let app = super::TestApp::start().await;
    let browser = app.browser();
    browser.sign_up("ana@newcomer.example", "Ana", "Reis").await;
    browser.get("/auth/callback?code=secret-code&state=secret-state&error=ana@newcomer.example").await;
    browser.get("/events?cursor=ana@newcomer.example").await;
    browser.get("/auth/sign-out").await.press("Sign out").await;
    let logs = app.logs();
    assert!(logs.lines().count() > 5 && logs.contains("\"answered\""), "{logs}");
    assert!(!logs.contains("secret-code") && !logs.contains("secret-state"), "{logs}");
    assert_discreet(&logs);
}
