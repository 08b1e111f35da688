//! WorkOS does what it is asked and its answer is lost, or it is never asked: the person is told to try again and gets
//! no session, and the next sign-in completes what was begun.

use dev::workos::{Effect, Fault};

use super::assert_one_of_each;
use crate::app::{TestApp, sealed::SESSION};

/// Everything that a first sign-in asks of WorkOS: method, path and grant.
const CALLS: [(&str, &str, Option<&str>); 6] = [
    ("POST", "/user_management/authenticate", Some("authorization_code")),
    ("POST", "/user_management/authenticate", Some("refresh_token")),
    ("GET", "/organizations/external_id/", None),
    ("POST", "/organizations", None),
    ("GET", "/user_management/organization_memberships", None),
    ("POST", "/user_management/organization_memberships", None),
];

/// A fault of the next such call.
fn order(app: &TestApp, (method, path, grant): (&str, &str, Option<&str>), effect: &Effect) {
    let fault = Fault::new(path, effect.clone()).for_method(method).times(1);
    app.workos().control().add_fault(match grant {
        Some(grant) => fault.for_grant(grant),
        None => fault,
    });
}

#[tokio::test]
async fn a10_g6_whatever_answer_is_lost_the_next_sign_in_completes_it() {
    let app = TestApp::start().await;
    let mut number = 0;
    for effect in [Effect::DropAnswer, Effect::DropRequest, Effect::status(500, ""), Effect::rate_limited(1)] {
        for call in CALLS {
            number += 1;
            let (email, last_name) = (format!("ana{number}@newcomer.example"), format!("Reis {number}"));
            let what = format!("{effect:?} at {call:?}");
            let browser = app.browser();
            let callback = browser.sign_up_with_code_in_hand(&email, "Ana", &last_name).await;
            order(&app, call, &effect);
            let page = browser.get(&callback).await;
            assert_eq!((page.status(), page.header("retry-after")), (503, Some("5")), "{what}: {}", page.text());
            assert!(page.path().starts_with("/sign-in?error=unavailable&"), "{what}: {}", page.path());
            assert!(browser.jar().value(SESSION).is_none(), "{what}: no session of something half done");
            assert!(app.workos().control().faults().is_empty(), "{what}: it was asked for");

            let page = page.follow("Try again").await;
            let form = page.form("#email").fill("email", &email);
            let page = form.submit().await;
            assert_eq!((page.status(), page.path()), (200, "/dashboard"), "{what}");
            assert_one_of_each(&app, &email, &format!("Ana {last_name}'s Account")).await;
        }
    }
}
