//! Whatever is done to the cookie, it never becomes another identity.

use dev::workos::OldKeys;
use serde_json::{Map, Value, json};

use super::{assert_signed_out, client_in, document};
use crate::{
    app::{
        TestApp,
        sealed::{self, SECOND, SESSION},
    },
    web::ApiClient,
};

fn value(client: &ApiClient, name: &str) -> String {
    client.jar().value(name).unwrap_or_else(|| panic!("no cookie {name}")).to_owned()
}

fn pad(app: &TestApp, bytes: usize) {
    let padding = Map::from_iter([("padding".to_owned(), Value::from("p".repeat(bytes)))]);
    app.workos().control().set_extra_claims(padding);
}

#[tokio::test]
async fn a1_an_edited_or_truncated_cookie_signs_out() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let whole = value(&client, SESSION);
    let edited = (0..whole.len()).step_by(37).chain(whole.len() - 3..whole.len()).map(|at| {
        let other = if whole.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &whole[..at], &whole[at + 1..])
    });
    let truncated = (0..whole.len()).step_by(101).map(|at| whole[..at].to_owned());
    let others =
        ["1.".to_owned() + &whole, whole.replacen("1.", "2.", 1), format!("{whole}{whole}"), whole.to_uppercase()];
    for value in edited.chain(truncated).chain(others) {
        let thief = client.copied();
        thief.jar().edit(SESSION, &value);
        assert_signed_out(&thief.get("/auth/session").await, &value);
        assert!(thief.jar().value(SESSION).is_none());
    }
    assert_eq!(client.get("/auth/session").await.status(), 200, "the cookie itself is none the worse");
}

#[tokio::test]
async fn a1_parts_of_two_peoples_sessions_do_not_mix() {
    let app = TestApp::start().await;
    pad(&app, 2_500);
    let one = app.client_of("owner@aurora.example").await;
    let other = app.client_of("member@norte.example").await;
    for (name, of_whom) in [(SESSION, "the first part"), (SECOND, "the second part")] {
        let mixed = one.copied();
        mixed.jar().edit(name, &value(&other, name));
        assert_signed_out(&mixed.get("/auth/session").await, of_whom);
    }
    let swapped = one.copied();
    swapped.jar().edit(SESSION, &value(&one, SECOND));
    swapped.jar().edit(SECOND, &value(&one, SESSION));
    assert_signed_out(&swapped.get("/auth/session").await, "both parts in the wrong order");

    let whole = one.copied();
    for name in [SESSION, SECOND] {
        whole.jar().edit(name, &value(&other, name));
    }
    assert_eq!(document(&whole).await["user"]["email"], "member@norte.example", "whole, it is that person's session");
}

#[tokio::test]
async fn a1_a_cookie_that_comes_twice_is_refused() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let other = app.client_of("member@norte.example").await;
    let twice = client.call("GET", "/auth/session").header("cookie", &format!("{SESSION}={}", value(&other, SESSION)));
    assert_signed_out(&client.send(twice).await, "two sessions");
    let similar = other.call("GET", "/auth/session").header("cookie", "__host-eleva-session=x; eleva-session=y");
    assert_eq!(other.send(similar).await.status(), 200, "names are compared exactly");
}

#[tokio::test]
async fn a1_a_token_that_was_not_signed_for_us_is_refused_even_under_our_seal() {
    let (app, elsewhere) = (TestApp::start().await, TestApp::start().await);
    let client = app.client_of("owner@aurora.example").await;
    let own = sealed::claims(&sealed::session(&client.jar()).access_token);
    let with = |name: &str, value: Value| {
        let mut claims = own.clone();
        claims[name] = value;
        app.workos().control().sign(&claims).expect("signed")
    };
    elsewhere.workos().control().rotate_signing_key(OldKeys::Withdrawn).await.expect("another key");
    let [header, payload, signature] =
        with("sub", own["sub"].clone()).split('.').map(str::to_owned).collect::<Vec<_>>()[..]
            .to_vec()
            .try_into()
            .expect("three parts");
    let admin = with("sub", json!("user_01SEEDAURORAADMIN"));
    let foreign_payload = admin.split('.').nth(1).expect("a payload").to_owned();
    for (what, token) in [
        ("another key", elsewhere.workos().control().sign(&own).expect("signed")),
        ("another client", with("client_id", json!("client_other"))),
        ("another issuer", with("iss", json!("https://evil.example"))),
        ("another issuer by a slash", with("iss", json!(format!("{}/", own["iss"].as_str().expect("text"))))),
        ("no session id", with("sid", json!(""))),
        ("no subject", with("sub", json!(""))),
        ("an expiry in words", with("exp", json!("tomorrow"))),
        ("issued in an hour", with("iat", json!(sealed::now() + 3_600))),
        ("another payload", format!("{header}.{foreign_payload}.{signature}")),
        ("no signature", format!("{header}.{payload}.")),
        ("nothing", String::new()),
    ] {
        let forged = client.copied();
        sealed::put_access_token(&mut forged.jar(), token);
        assert_signed_out(&forged.get("/auth/session").await, what);
    }
    let unchanged = client.copied();
    sealed::put_access_token(&mut unchanged.jar(), with("sub", own["sub"].clone()));
    assert_eq!(unchanged.get("/auth/session").await.status(), 200, "the same signed as it should be is taken");
}

#[tokio::test]
async fn a1_no_token_is_readable_in_the_browser() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let session = sealed::session(&browser.jar());
    let client = browser.api();
    let shown = [
        browser.get("/dashboard").await.source().to_owned(),
        browser.get("/events").await.source().to_owned(),
        client.get("/auth/session").await.text().to_owned(),
        value(&client, SESSION),
    ];
    let signature = session.access_token.rsplit('.').next().expect("a signature");
    for text in shown {
        for secret in [session.access_token.as_str(), signature, session.refresh_token.as_str(), "eyJ"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn a1_a_flow_cookie_is_no_session() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.get_once("/sign-in").await;
    let flow = browser.jar().names(sealed::FLOW)[0].to_owned();
    let client = client_in(&app, "owner@aurora.example", super::AURORA).await;
    let sealed_flow = browser.jar().value(&flow).expect("a flow").to_owned();
    for value in [sealed_flow.clone(), format!("1.{sealed_flow}")] {
        let thief = client.copied();
        thief.jar().edit(SESSION, &value);
        assert_signed_out(&thief.get("/auth/session").await, "a flow in the session's place");
    }
}
