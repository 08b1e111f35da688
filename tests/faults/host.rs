//! No address is built from what a request says about its host.

use serde_json::json;

use crate::{
    app::{PUBLIC_URL, TestApp},
    web::{Answer, ApiClient, Call},
};

const EVIL: &str = "evil.example";

fn misled(call: Call) -> Call {
    call.header("host", EVIL)
        .header("x-forwarded-host", EVIL)
        .header("x-forwarded-proto", "http")
        .header("forwarded", "host=evil.example;proto=http")
        .header("x-original-url", "https://evil.example/")
        .header("referer", "https://evil.example//evil.example/x")
}

fn assert_not_misled(answer: &Answer, what: &str) {
    if let Some(location) = answer.header("location") {
        assert!(!location.contains(EVIL), "{what}: {location}");
    }
    assert!(!answer.text().contains(EVIL), "{what}: {}", answer.text());
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(!policy.contains(EVIL), "{what}: {policy}");
}

async fn send(client: &ApiClient, method: &str, target: &str, accept: &str) -> Answer {
    let call = misled(client.call(method, target).header("accept", accept).header("sec-fetch-site", "same-origin"));
    let call = match method {
        "POST" => call.form(&[
            ("organization_id", "org_01SEEDNORTE"),
            ("_org", "org_01SEEDAURORA"),
            ("_user", "user_01SEEDBOTH"),
        ]),
        _ => call,
    };
    client.send(call).await
}

#[tokio::test]
async fn f5_a5_a_foreign_host_header_never_reaches_an_address() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_to("both@eleva.example", "org_01SEEDAURORA").await;
    let (signed_in, stranger) = (browser.api(), app.client());
    for client in [&stranger, &signed_in] {
        for accept in ["text/html", "application/json"] {
            for route in crate::routes::ROUTES.iter().filter(|route| matches!(route.method, "GET" | "POST")) {
                let what = format!("{} {} {accept}", route.method, route.path);
                let answer = send(&client.copied(), route.method, &route.target(), accept).await;
                assert_not_misled(&answer, &what);
            }
        }
    }
}

#[tokio::test]
async fn f5_a5_every_absolute_address_is_of_the_public_origin() {
    let app = TestApp::start().await;
    let started = app.send(misled(Call::new("GET", "/sign-in"))).await;
    let encoded: String = form_urlencoded::byte_serialize(format!("{PUBLIC_URL}/auth/callback").as_bytes()).collect();
    assert!(started.location().contains(&format!("redirect_uri={encoded}")), "{}", started.location());

    let browser = app.browser();
    let callback = browser.code_in_hand("/sign-in?organization_id=org_01SEEDAURORA", "both@eleva.example").await;
    let client = browser.api();
    let target = callback.strip_prefix(PUBLIC_URL).expect("our origin");
    let returned = client.send(misled(client.call("GET", target))).await;
    assert_eq!(returned.location(), format!("{PUBLIC_URL}/dashboard"));

    let switched = send(&client, "POST", "/auth/switch-organization", "text/html").await;
    assert_eq!((switched.status(), switched.location()), (303, format!("{PUBLIC_URL}/dashboard").as_str()));
    let signed_out = client.send(misled(client.call("POST", "/auth/sign-out")).json(&json!({}))).await;
    let logout = signed_out.json()["logout_url"].as_str().expect("an address").to_owned();
    assert!(logout.ends_with("return_to=https%3A%2F%2Fapp.eleva.test%2F"), "{logout}");
}
