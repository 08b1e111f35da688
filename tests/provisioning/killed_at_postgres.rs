//! The sandbox dies while it speaks with Postgres, once for each time that it waits for an answer.

use std::time::Duration;

use dev::wire::Wire;

use super::{assert_one_of_each, until};
use crate::app::{TestApp, sealed::SESSION, world};

/// Slow enough that nothing overtakes, so that every round trip can be told from the next.
const DELAY: Duration = Duration::from_millis(10);

fn flights(wire: &Wire) -> usize {
    wire.flights().iter().map(|flights| flights.sent).sum()
}

#[tokio::test]
async fn a10_g6_killed_at_any_round_trip_the_next_sign_in_completes_it() {
    let wire = Wire::to(world().pgbouncer_port).expect("a wire");
    let app = TestApp::setup().pgbouncer_port(wire.port()).start().await;
    wire.delay(DELAY);
    let browser = app.browser();
    let callback = browser.sign_up_with_code_in_hand("first@newcomer.example", "First", "Newcomer").await;
    browser.get_once(&callback).await;
    let (connections, round_trips) = (wire.flights().len(), flights(&wire));
    assert_eq!(connections, 3, "the person, then organizations and memberships, then the row of the sign-in");

    for number in 1..=round_trips {
        let (email, last_name) = (format!("ana{number}@newcomer.example"), format!("Reis {number}"));
        wire.mend();
        let browser = app.browser();
        let callback = browser.sign_up_with_code_in_hand(&email, "Ana", &last_name).await;
        wire.delay(DELAY);
        let before = flights(&wire);
        let killed = until(browser.get_once(&callback), || flights(&wire) >= before + number).await;
        // The very last one may be the goodbye, after which nothing is left to be killed.
        assert!(killed.is_none() || number + 2 >= round_trips, "round trip {number} of {round_trips}");
        assert!(killed.is_some() || browser.jar().value(SESSION).is_none(), "round trip {number}");

        wire.mend();
        let page = app.browser().sign_up(&email, "Ana", &last_name).await;
        assert_eq!((page.status(), page.path()), (200, "/dashboard"), "round trip {number} of {round_trips}");
        assert_one_of_each(&app, &email, &format!("Ana {last_name}'s Account")).await;
    }
}

#[tokio::test]
async fn a10_g6_a_postgres_that_goes_away_in_between_leaves_no_session() {
    let wire = Wire::to(world().pgbouncer_port).expect("a wire");
    let app = TestApp::setup().pgbouncer_port(wire.port()).start().await;
    for (number, (connections, stalls)) in
        (0..=3).flat_map(|connections| [(connections, false), (connections, true)]).enumerate()
    {
        let (email, last_name) = (format!("ana{number}@newcomer.example"), format!("Reis {number}"));
        let what = format!("at connection {connections}, {}", if stalls { "silently" } else { "at once" });
        wire.mend();
        let browser = app.browser();
        let callback = browser.sign_up_with_code_in_hand(&email, "Ana", &last_name).await;
        wire.delay(DELAY);
        let before = wire.flights().len();
        let going = async {
            while wire.flights().len() < before + connections {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            if stalls { wire.stall() } else { wire.cut() }
        };
        let (page, ()) = tokio::join!(browser.get(&callback), going);
        assert!(page.path().starts_with("/sign-in?error=unavailable&"), "{what}: {}", page.path());
        assert!(browser.jar().value(SESSION).is_none(), "{what}");
        // Whatever is stalled ends; new connections are carried.
        wire.cut();
        wire.mend();
        let page = app.browser().sign_up(&email, "Ana", &last_name).await;
        assert_eq!((page.status(), page.path()), (200, "/dashboard"), "{what}");
        assert_one_of_each(&app, &email, &format!("Ana {last_name}'s Account")).await;
    }
}
