//! The gateway in front of a function that does what it is told.

use std::{collections::BTreeMap, path::PathBuf};

use bytes::Bytes;
use http::Request;

use super::{Gateway, MOST_HEADER_BYTES, Routes};
use crate::lambda::{Function, InvokeError};

fn gateway(act: &str) -> Gateway {
    let binary = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lambda/tests/actor"));
    let patterns = [("/act/{*rest}", "actor"), ("/missing", "missing")];
    let patterns: BTreeMap<_, _> = patterns.map(|(pattern, function)| (pattern.to_owned(), function.to_owned())).into();
    let routes = Routes::new(patterns).expect("routes");
    Gateway::new(routes, [Function::new(binary, vec![("ACT".to_owned(), act.to_owned())])])
}

fn get(path: &str) -> Request<Bytes> {
    Request::get(path).body(Bytes::new()).expect("a request")
}

#[tokio::test]
async fn a_request_reaches_its_function_as_an_event() {
    let gateway = gateway("answer");
    let response = gateway.handle(get("/act/a%20b?c=d")).await;
    assert_eq!(response.status(), 200);
    let answer: serde_json::Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!(answer["payload"]["rawPath"], "/act/a b");
    assert_eq!(answer["payload"]["routeKey"], "ANY /act/{proxy+}");
    assert_eq!(answer["payload"]["requestContext"]["http"]["method"], "GET");
    let request_id = response.headers()["apigw-requestid"].to_str().expect("text");
    assert_eq!(answer["payload"]["requestContext"]["requestId"], request_id);
    assert!(gateway.take_failures().is_empty());
}

#[tokio::test]
async fn a_failed_function_is_a_500_that_says_nothing() {
    let gateway = gateway("fail");
    let response = gateway.handle(get("/act/x")).await;
    assert_eq!(
        (response.status().as_u16(), response.body().as_ref()),
        (500, br#"{"message":"Internal Server Error"}"#.as_slice())
    );
    assert!(matches!(gateway.take_failures().as_slice(), [InvokeError::Failed { .. }]));
    assert_eq!(gateway.handle(get("/missing")).await.status(), 500);
}

#[tokio::test]
async fn what_no_route_takes_or_a_quota_forbids_reaches_no_function() {
    let gateway = gateway("answer");
    assert_eq!(gateway.handle(get("/elsewhere")).await.status(), 404);
    assert_eq!(gateway.handle(get(&format!("/act/{}", "x".repeat(MOST_HEADER_BYTES)))).await.status(), 431);
    assert_eq!(gateway.function("actor").expect("there").started(), 0);
}
