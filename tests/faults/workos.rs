//! WorkOS is away, silent, overloaded or broken.

use std::time::{Duration, Instant};

use dev::{
    wire::Wire,
    workos::{Effect, Fault},
};
use serde_json::json;

use super::{PATIENCE, assert_available, assert_public_pages, assert_unavailable, warm};
use crate::{
    app::{
        TestApp,
        sealed::{self, SESSION},
    },
    web::{ApiClient, Browser},
};

const OWNER: &str = "owner@aurora.example";
const START: &str = "/sign-in?organization_id=org_01SEEDAURORA";

/// The product with WorkOS behind a wire.
async fn app_on_wire() -> (TestApp, Wire) {
    let port = dev::ports::find_free().expect("a free port");
    let wire = Wire::to(port).expect("a wire");
    let url = format!("http://127.0.0.1:{}", wire.port());
    let setup = TestApp::setup().workos(|config| {
        config.listen.set_port(port);
        config.public_url = Some(url);
    });
    (setup.start().await, wire)
}

async fn signed_in(app: &TestApp) -> Browser {
    let browser = app.browser();
    let callback = browser.code_in_hand(START, OWNER).await;
    browser.get_once(&callback).await;
    browser
}

/// The same session with a token that ended a while ago.
fn expired(app: &TestApp, browser: &Browser) -> ApiClient {
    let client = browser.api();
    let mut claims = sealed::claims(&sealed::session(&client.jar()).access_token);
    claims["exp"] = (sealed::now() - 100).into();
    sealed::put_access_token(&mut client.jar(), app.workos().control().sign(&claims).expect("signed"));
    client
}

async fn outage(app: &TestApp, what: &str, begin: impl Fn(), end: impl Fn()) {
    // Two sessions: the first one's refresh token is spent by switching.
    let alive = signed_in(app).await.api();
    let expired = expired(app, &signed_in(app).await);
    warm(&alive).await;
    let leaving = app.browser();
    let callback = leaving.code_in_hand(START, OWNER).await;
    let cookie = expired.jar().value(SESSION).map(str::to_owned);

    begin();
    let events = alive.get("/events").await;
    assert_eq!(events.status(), 200, "{what}: a token that lives needs nobody: {events:?}");
    assert_unavailable(&expired, what).await;
    assert_eq!(expired.jar().value(SESSION).map(str::to_owned), cookie, "{what}");
    assert_public_pages(&app.client(), what).await;
    let started = Instant::now();
    let page = leaving.get(&callback).await;
    assert!(started.elapsed() < PATIENCE, "{what}: {:?}", started.elapsed());
    assert_eq!((page.status(), page.header("retry-after")), (503, Some("5")), "{what}: {}", page.text());
    let switch = alive.post("/auth/switch-organization", &json!({"organization_id": "org_01SEEDAURORA"})).await;
    assert_eq!(switch.problem(), (503, "unavailable".to_owned()), "{what}");
    assert!(switch.set_cookies().is_empty(), "{what}");

    end();
    assert_eq!(leaving.get(&callback).await.path(), "/dashboard", "{what}: the same return is still good");
    assert_available(&expired, &format!("after {what}")).await;
    assert!(app.gateway().take_failures().is_empty(), "{what}");
}

#[tokio::test]
async fn a8_workos_cut_off_or_silent_signs_nobody_out() {
    let (app, wire) = app_on_wire().await;
    outage(&app, "cut off", || wire.cut(), || wire.mend()).await;
    let mend = || {
        wire.cut();
        wire.mend();
    };
    outage(&app, "silent", || wire.stall(), mend).await;
}

#[tokio::test]
async fn a8_an_overloaded_or_broken_workos_signs_nobody_out() {
    let app = TestApp::start().await;
    let control = app.workos().control();
    for (what, effect) in [
        ("429", Effect::rate_limited(60)),
        ("500", Effect::status(500, r#"{"message":"select * from pg_class"}"#)),
        ("a page", Effect::status(502, "<html>Bad gateway</html>")),
        ("dropped requests", Effect::DropRequest),
        ("slowness", Effect::delay(Duration::from_secs(30))),
    ] {
        // The sign-in page itself is WorkOS's; what the functions ask is below these.
        let begin = || {
            for path in
                ["/user_management/authenticate", "/organizations", "/user_management/organization_memberships", "/sso"]
            {
                control.add_fault(Fault::new(path, effect.clone()));
            }
        };
        outage(&app, what, begin, || control.clear_faults()).await;
    }
}

#[tokio::test]
async fn a8_nobody_listening_where_workos_was() {
    let (app, wire) = app_on_wire().await;
    let browser = signed_in(&app).await;
    warm(&browser.api()).await;
    let expired = expired(&app, &browser);
    drop(wire);
    assert_unavailable(&expired, "stopped").await;
    assert_public_pages(&app.client(), "stopped").await;
    let answer = browser.api().post("/auth/sign-out", &json!({})).await;
    assert_eq!(answer.status(), 200, "and signing out works");
}
