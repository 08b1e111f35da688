//! The same newcomer arrives many times at once.

use futures_util::future::join_all;

use super::assert_one_of_each;
use crate::app::TestApp;

const ARRIVALS: usize = 20;
const EMAIL: &str = "ana@newcomer.example";

#[tokio::test]
async fn a10_g6_twenty_first_sign_ins_at_once_make_one_of_each() {
    let app = TestApp::start().await;
    let mut arrivals = Vec::new();
    for _ in 0..ARRIVALS {
        let browser = app.browser();
        let callback = browser.sign_up_with_code_in_hand(EMAIL, "Ana", "Reis").await;
        arrivals.push((browser, callback));
        // Started beforehand, so that they do not arrive one after the other.
        app.function("callback").start().await.expect("a sandbox");
    }
    let answers = join_all(arrivals.iter().map(|(browser, callback)| browser.get_once(callback))).await;
    for (answer, (browser, _)) in answers.iter().zip(&arrivals) {
        assert_eq!(answer.location(), format!("{}/dashboard", crate::app::PUBLIC_URL));
        assert!(browser.jar().value(crate::app::sealed::SESSION).is_some());
    }
    assert_one_of_each(&app, EMAIL, "Ana Reis's Account").await;
    for (browser, _) in &arrivals[..3] {
        let session = browser.api().get_json("/auth/session").await;
        assert_eq!(session["organization"]["name"], "Ana Reis's Account");
    }
}
