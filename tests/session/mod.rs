//! A session while it lasts and how it ends (hardening A1, A5, A6, A8, A11, A13, A18, B20).

mod cookies;
mod keys;
mod left_behind;
mod limits;
mod never_from_request;
mod refresh;
mod refresh_answers;
mod refresh_failures;
mod revocation;
mod sign_out;
mod switch;
mod switch_form;
mod tampering;

use serde_json::Value;

use crate::{
    app::{PUBLIC_URL, TestApp, sealed::SESSION},
    web::{Answer, ApiClient},
};

const AURORA: &str = "org_01SEEDAURORA";
const NORTE: &str = "org_01SEEDNORTE";
const BOTH: &str = "both@eleva.example";

/// A client who has just signed in to an organization, and asked for nothing yet.
async fn client_in(app: &TestApp, email: &str, organization_id: &str) -> ApiClient {
    let browser = app.browser();
    let callback = browser.code_in_hand(&format!("/sign-in?organization_id={organization_id}"), email).await;
    let page = browser.get_once(&callback).await;
    assert_eq!(page.location(), format!("{PUBLIC_URL}/dashboard"));
    browser.api()
}

/// A client whose access token ends in so many seconds, or has ended, while its refresh token is good.
async fn client_with_seconds_left(app: &TestApp, email: &str, organization_id: &str, seconds: i64) -> ApiClient {
    let control = app.workos().control();
    // The product does not ask how long a token lives when it starts a session, so WorkOS's clock can do it.
    control.set_clock_offset(seconds - 300);
    let client = client_in(app, email, organization_id).await;
    control.set_clock_offset(0);
    control.clear_requests();
    client
}

/// How many refresh tokens were presented to WorkOS.
fn refreshes(app: &TestApp) -> usize {
    app.workos().control().count_grants("refresh_token")
}

/// The session document of a client who has one.
async fn document(client: &ApiClient) -> Value {
    client.get_json("/auth/session").await
}

/// Whether an answer sets a session's cookie, and not merely takes one away.
fn sets_session(answer: &Answer) -> bool {
    let set = format!("{SESSION}=");
    answer.set_cookies().iter().any(|cookie| cookie.starts_with(&set) && !cookie.contains("Max-Age=0"))
}

/// Whether an answer takes the session's cookies away.
fn removes_session(answer: &Answer) -> bool {
    let removed =
        |name: &str| answer.set_cookies().iter().any(|cookie| cookie.starts_with(&format!("{name}=; Max-Age=0")));
    removed(SESSION) && removed(crate::app::sealed::SECOND)
}

/// Asserts that nobody is signed in any more and that the cookies go.
fn assert_signed_out(answer: &Answer, what: &str) {
    assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()), "{what}");
    assert!(removes_session(answer) && !sets_session(answer), "{what}: {:?}", answer.set_cookies());
}
