//! Bodies and queries that cannot be taken: a clear error with a stable code, and nothing is stored.

use serde_json::{Value, json};

use super::{create, event, names, path};
use crate::{
    app::TestApp,
    web::{Answer, ApiClient},
};

async fn post_raw(client: &ApiClient, content_type: &str, body: impl Into<bytes::Bytes>) -> Answer {
    client.send(client.call("POST", "/events").body(content_type, body)).await
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_malformed() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    for body in ["{", "[]", "null", "\"x\"", "1", "{\"name\": }", "name=x"] {
        let answer = post_raw(&client, "application/json", body).await;
        assert_eq!(answer.problem(), (400, "malformed".to_owned()), "{body}");
    }
    let deep = "[".repeat(10_000);
    assert_eq!(post_raw(&client, "application/json", deep).await.problem(), (400, "malformed".to_owned()));
    let not_utf8 = post_raw(&client, "application/json", &b"{\"name\": \"\xff\"}"[..]).await;
    assert_eq!(not_utf8.problem(), (400, "malformed".to_owned()));
    assert_eq!(post_raw(&client, "application/json", "").await.problem(), (400, "malformed".to_owned()), "no body");
    assert!(names(&client, "/events").await.is_empty());
}

#[tokio::test]
async fn another_media_type_is_unsupported() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    for content_type in ["application/xml", "multipart/form-data; boundary=x", "application/jsonx"] {
        let call = client.call("POST", "/events").header("sec-fetch-site", "same-origin").body(content_type, "{}");
        let answer = client.send(call).await;
        assert_eq!(answer.problem(), (415, "unsupported_media_type".to_owned()), "{content_type}");
    }
    let call = client.call("POST", "/events").body("application/json; charset=utf-8", event("A").to_string());
    assert_eq!(client.send(call).await.status(), 201, "a charset is no other media type");
}

#[tokio::test]
async fn a_body_over_64_kib_is_too_large_and_one_at_the_limit_is_read() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let created = create(&client, "Consulta").await;
    let padded = |length: usize| {
        let document = event("Padded").to_string();
        format!("{document}{}", " ".repeat(length - document.len()))
    };
    let limit = 64 * 1024;
    for (method, target) in [("POST", "/events".to_owned()), ("PATCH", path(&created)), ("PUT", "/events/order".into())]
    {
        let call = client.call(method, &target).body("application/json", padded(limit + 1));
        assert_eq!(client.send(call).await.problem(), (413, "too_large".to_owned()), "{method} {target}");
    }
    assert_eq!(names(&client, "/events").await, ["Consulta"]);
    let form = format!("name=A&description={}", "a".repeat(limit));
    let call = client
        .call("POST", "/events")
        .header("sec-fetch-site", "same-origin")
        .body("application/x-www-form-urlencoded", form);
    assert_eq!(client.send(call).await.problem(), (413, "too_large".to_owned()), "a form, which comes as base64");
    let call = client.call("POST", "/events").body("application/json", padded(limit));
    assert_eq!(client.send(call).await.status(), 201);
}

#[tokio::test]
async fn c7_what_is_out_of_bounds_is_said_field_by_field() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let document = json!({
        "name": "", "slug": "Not A Slug", "description": "x".repeat(5001), "duration_in_minutes": 721,
        "price": 1_000_001, "currency": "usd", "is_active": "yes",
    });
    let answer = client.post("/events", &document).await;
    assert_eq!(answer.problem(), (422, "invalid".to_owned()));
    let problem = answer.json();
    let fields: Vec<&str> =
        problem["errors"].as_array().expect("errors").iter().filter_map(|error| error["field"].as_str()).collect();
    assert_eq!(fields, ["name", "slug", "description", "duration_in_minutes", "price", "currency", "is_active"]);
    for (field, value) in [
        ("name", json!("a\u{0}b")),
        ("description", json!("a\u{0}b")),
        ("duration_in_minutes", json!(-1)),
        ("duration_in_minutes", json!(30.5)),
        ("price", json!(-1)),
        ("price", json!(1e20)),
        ("slug", json!("a--b")),
        ("name", Value::Null),
    ] {
        let mut document = event("Consulta");
        document[field] = value.clone();
        assert_eq!(client.post("/events", &document).await.problem(), (422, "invalid".to_owned()), "{field} {value}");
    }
    assert!(names(&client, "/events").await.is_empty());
}

#[tokio::test]
async fn text_of_any_script_comes_back_as_it_was_sent() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let description =
        "Ação — 日本語 🙂 \u{202e}rtl\r\nline\ttab '; drop table events; -- <script>alert(1)</script> \\ \"";
    let mut document = event("Sessão d’équipe 🙂");
    document["description"] = json!(description);
    let created = client.post("/events", &document).await.json();
    assert_eq!(created["description"], description);
    assert_eq!(created["slug"], "sessao-dequipe");
    assert_eq!(client.get_json(&path(&created)).await["description"], description);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_malformed() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    for (query, status, code) in [
        ("limit=0", 422, "invalid"),
        ("limit=201", 422, "invalid"),
        ("limit=x", 400, "malformed"),
        ("active=perhaps", 400, "malformed"),
        ("active=true&active=false", 400, "malformed"),
        ("cursor=garbage", 400, "malformed"),
        ("expert=%00", 400, "malformed"),
        ("expert=%FF", 400, "malformed"),
    ] {
        let answer = client.get(&format!("/events?{query}")).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{query}");
    }
    assert_eq!(client.get("/events?unknown=1").await.status(), 200, "what is not known is left alone");
    assert_eq!(client.get("/events?expert=%27%22%C3%A9").await.json()["items"], json!([]));
}
