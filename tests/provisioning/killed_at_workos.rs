//! The sandbox dies while WorkOS is asked, once for each thing that it asks.

use std::time::Duration;

use dev::workos::{Effect, Fault};

use super::{assert_one_of_each, until};
use crate::app::{TestApp, sealed::SESSION};

#[tokio::test]
async fn a10_g6_killed_at_any_call_to_workos_the_next_sign_in_completes_it() {
    let app = TestApp::start().await;
    let control = app.workos().control();
    let browser = app.browser();
    let callback = browser.sign_up_with_code_in_hand("first@newcomer.example", "First", "Newcomer").await;
    control.clear_requests();
    browser.get_once(&callback).await;
    // A sandbox that was killed is followed by a cold one, which asks for the keys too.
    let calls = control.requests();
    assert!(calls.len() >= 7, "{calls:?}");

    for (number, call) in calls.iter().enumerate() {
        let (email, last_name) = (format!("ana{number}@newcomer.example"), format!("Reis {number}"));
        let browser = app.browser();
        let callback = browser.sign_up_with_code_in_hand(&email, "Ana", &last_name).await;
        app.function("callback").stop().await;
        control.clear_requests();
        // A request is in the journal when it arrives, and handled only after this.
        control.add_fault(Fault::new("/", Effect::delay(Duration::from_millis(80))));
        let killed = until(browser.get_once(&callback), || control.requests().len() > number).await;
        assert!(killed.is_none(), "{call:?}: it was to be killed");
        control.clear_faults();
        assert!(browser.jar().value(SESSION).is_none(), "{call:?}");

        let page = app.browser().sign_up(&email, "Ana", &last_name).await;
        assert_eq!((page.status(), page.path()), (200, "/dashboard"), "{call:?}");
        assert_one_of_each(&app, &email, &format!("Ana {last_name}'s Account")).await;
    }
}
