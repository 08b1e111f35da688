//! Garbage costs nothing: no connection to the database, no call to WorkOS.

use dev::{wire::Wire, workos::OldKeys};

use super::{api_call, session_routes};
use crate::app::{
    PUBLIC_URL, TestApp,
    sealed::{self, SESSION},
    world,
};

#[tokio::test]
async fn a1_a_garbage_cookie_costs_neither_a_connection_nor_a_call() {
    let wire = Wire::to(world().pgbouncer_port).expect("a wire");
    let app = TestApp::setup().pgbouncer_port(wire.port()).start().await;
    let url = PUBLIC_URL.parse().expect("an address");
    for value in ["garbage", "1.k1.AAAA", "2.k1.AAAA", "1..", &"A".repeat(3_900), "%00", "1.é"] {
        for route in session_routes() {
            let client = app.client();
            if value.is_ascii() {
                client.jar().store(&url, &format!("{SESSION}={value}; Path=/; Secure"));
            }
            let answer = client.send(api_call(&client, route)).await;
            assert_eq!(answer.status(), 401, "{value} {route:?}");
        }
    }
    for target in ["/", "/auth/callback?code=x&state=y", "/auth/callback?code=x", "/auth/callback/organization"] {
        app.client().get(target).await;
    }
    assert!(wire.flights().is_empty(), "{:?}", wire.flights());
    assert!(app.workos().control().requests().is_empty(), "{:?}", app.workos().control().requests());
}

#[tokio::test]
async fn a1_a_token_of_an_unknown_key_costs_no_connection_even_under_our_seal() {
    let wire = Wire::to(world().pgbouncer_port).expect("a wire");
    let (app, elsewhere) = (TestApp::setup().pgbouncer_port(wire.port()).start().await, TestApp::start().await);
    let client = app.client_of("owner@aurora.example").await;
    elsewhere.workos().control().rotate_signing_key(OldKeys::Withdrawn).await.expect("a key");
    let claims = sealed::claims(&sealed::session(&client.jar()).access_token);
    let foreign = elsewhere.workos().control().sign(&claims).expect("signed");
    let before = wire.flights().len();
    for route in session_routes() {
        let forged = client.copied();
        sealed::put_access_token(&mut forged.jar(), foreign.clone());
        let answer = forged.send(api_call(&forged, route)).await;
        assert_eq!(answer.status(), 401, "{route:?}");
    }
    assert_eq!(wire.flights().len(), before);
}
