//! Refreshing: when the token's own `exp` says so, within the same organization, and the session goes on.

use super::{AURORA, BOTH, NORTE, client_in, client_with_seconds_left, document, refreshes, sets_session};
use crate::app::{
    TestApp,
    sealed::{self, SESSION},
};

#[tokio::test]
async fn a8_a_token_near_its_end_or_past_it_is_refreshed_and_the_session_goes_on() {
    let app = TestApp::start().await;
    for seconds in [30, -10, -3_000] {
        let client = client_with_seconds_left(&app, BOTH, NORTE, seconds).await;
        // A session that began a while ago, so that a new beginning would show.
        let mut before = sealed::session(&client.jar());
        before.started_at -= 1_000;
        sealed::put_session(&mut client.jar(), &before);
        let answer = client.get("/auth/session").await;
        assert_eq!(answer.status(), 200, "{seconds} s: {answer:?}");
        assert!(sets_session(&answer), "{seconds} s: the cookie is sealed anew");
        assert_eq!(refreshes(&app), 1, "{seconds} s");

        let after = sealed::session(&client.jar());
        let (old, new) = (sealed::claims(&before.access_token), sealed::claims(&after.access_token));
        assert_eq!((&new["sub"], &new["sid"], &new["org_id"]), (&old["sub"], &old["sid"], &old["org_id"]));
        assert!(new["exp"].as_i64() > old["exp"].as_i64(), "{seconds} s");
        assert_ne!(after.refresh_token, before.refresh_token, "the new one is kept, the old one is spent");
        assert_eq!(after.started_at, before.started_at, "{seconds} s");
        assert!(after.seen_at >= before.seen_at);

        assert_eq!(answer.json()["organization"]["workos_org_id"], NORTE);
        document(&client).await;
        assert_eq!(refreshes(&app), 1, "{seconds} s: once is enough");
    }
}

#[tokio::test]
async fn a8_a_token_with_more_than_a_minute_left_is_used_as_it_is() {
    let app = TestApp::start().await;
    let client = client_with_seconds_left(&app, "owner@aurora.example", AURORA, 90).await;
    let cookie = client.jar().value(SESSION).map(str::to_owned);
    for route in ["/auth/session", "/dashboard", "/events"] {
        let answer = client.get(route).await;
        assert_eq!(answer.status(), 200, "{route}");
        assert!(answer.set_cookies().is_empty(), "{route}");
    }
    assert_eq!(refreshes(&app), 0);
    assert_eq!(client.jar().value(SESSION).map(str::to_owned), cookie);
}

#[tokio::test]
async fn a8_every_function_refreshes() {
    let app = TestApp::start().await;
    for (index, route) in ["/auth/session", "/dashboard", "/events", "/"].into_iter().enumerate() {
        let client = client_with_seconds_left(&app, "owner@aurora.example", AURORA, -100).await;
        let answer = client.get(route).await;
        assert_eq!(answer.status(), if route == "/" { 302 } else { 200 }, "{index} {route}: {answer:?}");
        assert!(sets_session(&answer), "{route}");
        assert_eq!(refreshes(&app), 1, "{route}");
    }
}

#[tokio::test]
async fn a6_a8_it_is_refreshed_for_its_own_organization_wherever_the_session_went_since() {
    let app = TestApp::start().await;
    let client = client_in(&app, BOTH, AURORA).await;
    // WorkOS knows the session in one organization, this tab's token is for the other one.
    let mut claims = sealed::claims(&sealed::session(&client.jar()).access_token);
    claims["org_id"] = NORTE.into();
    claims["exp"] = (sealed::now() + 20).into();
    sealed::put_access_token(&mut client.jar(), app.workos().control().sign(&claims).expect("signed"));
    let document = document(&client).await;
    assert_eq!(
        (document["organization"]["workos_org_id"].as_str(), document["role"].as_str()),
        (Some(NORTE), Some("admin"))
    );
    assert_eq!(sealed::claims(&sealed::session(&client.jar()).access_token)["org_id"], NORTE);
}

#[tokio::test]
async fn a8_the_lifetime_of_tokens_is_whatever_workos_says() {
    let app = TestApp::start().await;
    for lifetime in [90, 24 * 3_600] {
        app.workos().control().set_token_lifetime(std::time::Duration::from_secs(lifetime));
        let client = client_in(&app, "owner@aurora.example", AURORA).await;
        let document = document(&client).await;
        let exp = sealed::claims(&sealed::session(&client.jar()).access_token)["exp"].as_i64().expect("a number");
        let expected: String = app
            .owner()
            .await
            .query_one(
                "select to_char(to_timestamp($1::bigint) at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
                &[&exp],
            )
            .await
            .expect("a row")
            .get(0);
        assert_eq!(document["expires_at"], expected, "{lifetime} s");
    }
}
