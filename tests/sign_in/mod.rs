//! From leaving for AuthKit to coming back (hardening A3, A4): who may come back, with what, how often, and where to.

mod address_bar;
mod ask;
mod choice;
mod errors;
mod organization;
mod pkce;
mod refused_exchange;
mod restart;
mod return_to;
mod state;
mod tabs;

use crate::{app::TestApp, web::Page};

/// Asserts that a navigation ended on the page of `/sign-in` that explains this failure, and that nobody is signed in.
fn assert_explained(page: &Page, code: &str) {
    assert_eq!(page.url().path(), "/sign-in", "{:?}", page.hops());
    assert!(page.path().starts_with(&format!("/sign-in?error={code}&")), "{}", page.path());
    assert_eq!(page.status(), if code == "unavailable" { 503 } else { 200 }, "{}", page.text());
}

/// How many codes were presented to WorkOS.
fn codes_presented(app: &TestApp) -> usize {
    app.workos().control().count_grants("authorization_code")
}
