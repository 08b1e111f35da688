//! WorkOS's signing keys change, or cannot be had.

use dev::workos::{Effect, Fault, OldKeys};

use super::{AURORA, NORTE, assert_signed_out, client_in, client_with_seconds_left, document, sets_session};
use crate::app::{
    TestApp,
    sealed::{self, SESSION},
};

const OWNER: &str = "owner@aurora.example";

fn fetches(app: &TestApp) -> usize {
    let requests = app.workos().control().requests();
    requests.iter().filter(|request| request.path.starts_with("/sso/jwks/")).count()
}

#[tokio::test]
async fn b20_a_new_key_is_noticed_by_its_id_and_the_old_ones_go_on() {
    let app = TestApp::start().await;
    let old = client_in(&app, OWNER, AURORA).await;
    document(&old).await;
    app.workos().control().rotate_signing_key(OldKeys::Published).await.expect("a key");
    let new = client_in(&app, "owner@norte.example", NORTE).await;
    for client in [&old, &new] {
        for route in ["/auth/session", "/dashboard", "/events"] {
            assert_eq!(client.get(route).await.status(), 200, "{route}");
        }
    }
}

#[tokio::test]
async fn b20_a_warm_function_takes_the_keys_from_the_clients_own_address_once() {
    let app = TestApp::start().await;
    let client = client_in(&app, OWNER, AURORA).await;
    app.workos().control().clear_requests();
    for _ in 0..5 {
        document(&client).await;
    }
    let requests = app.workos().control().requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(requests[0].path, format!("/sso/jwks/{}", crate::app::world().secrets.workos_client_id));
}

#[tokio::test]
async fn b20_an_unknown_key_id_asks_once_and_then_nobody() {
    let app = TestApp::start().await;
    let client = client_in(&app, OWNER, AURORA).await;
    document(&client).await;
    let elsewhere = TestApp::start().await;
    elsewhere.workos().control().rotate_signing_key(OldKeys::Withdrawn).await.expect("a key");
    let claims = sealed::claims(&sealed::session(&client.jar()).access_token);
    let foreign = elsewhere.workos().control().sign(&claims).expect("signed");
    let so_far = fetches(&app);
    for _ in 0..4 {
        let forged = client.copied();
        sealed::put_access_token(&mut forged.jar(), foreign.clone());
        assert_signed_out(&forged.get("/auth/session").await, "an unknown key");
    }
    assert_eq!(fetches(&app), so_far + 1);
    document(&client).await;
}

#[tokio::test]
async fn b20_a_withdrawn_key_is_worth_nothing_to_a_function_that_starts() {
    let app = TestApp::start().await;
    let client = client_in(&app, OWNER, AURORA).await;
    app.workos().control().rotate_signing_key(OldKeys::Withdrawn).await.expect("a key");
    app.function("session").stop().await;
    assert_signed_out(&client.get("/auth/session").await, "withdrawn");
}

#[tokio::test]
async fn a8_without_keys_a_warm_function_goes_on_and_a_cold_one_cannot_tell() {
    let app = TestApp::start().await;
    let client = client_in(&app, OWNER, AURORA).await;
    document(&client).await;
    for effect in
        [Effect::status(503, ""), Effect::DropRequest, Effect::status(200, "<html>"), Effect::status(404, "{}")]
    {
        app.workos().control().add_fault(Fault::new("/sso/jwks", effect.clone()));
        document(&client).await;
        let cookie = client.jar().value(SESSION).map(str::to_owned);
        app.function("session").stop().await;
        for _ in 0..2 {
            let answer = client.get("/auth/session").await;
            assert_eq!(answer.problem(), (503, "unavailable".to_owned()), "{effect:?}");
            assert_eq!(answer.header("retry-after"), Some("5"));
            assert!(answer.set_cookies().is_empty(), "{effect:?}");
        }
        assert_eq!(client.jar().value(SESSION).map(str::to_owned), cookie);
        app.workos().control().clear_faults();
        // A failed attempt is not repeated for a while; another function's first one is.
        app.function("session").stop().await;
        document(&client).await;
    }
}

#[tokio::test]
async fn a8_an_outage_of_the_keys_burns_no_refresh_token() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, OWNER, AURORA, -100).await;
    document(&client_in(&app, "owner@norte.example", NORTE).await).await;
    // The refreshed token is signed by a key that the warm function does not know and cannot ask for.
    app.workos().control().rotate_signing_key(OldKeys::Published).await.expect("a key");
    app.workos().control().add_fault(Fault::new("/sso/jwks", Effect::status(503, "")));
    let answer = client.get("/auth/session").await;
    assert_eq!(answer.problem(), (503, "unavailable".to_owned()));
    assert!(sets_session(&answer), "the old refresh token is spent, so the new one is kept");
    app.workos().control().clear_faults();
    app.function("session").stop().await;
    assert_eq!(document(&client).await["user"]["email"], OWNER);
    assert_eq!(super::refreshes(&app), 1);
}
