//! Secrets Manager that denies or throttles.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Router, body::Bytes, http::StatusCode, response::IntoResponse};
use tokio::net::TcpListener;

use super::Kept;

/// Answers the first `times` requests so, and hands the others on to ministack. Gives its port and how many it answered.
async fn in_front_of(kept: &Kept, times: usize, code: &'static str) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let behind = format!("http://127.0.0.1:{}/", kept.ministack.port());
    let answered = Arc::new(AtomicUsize::new(0));
    let count = answered.clone();
    let handle = move |headers: axum::http::HeaderMap, body: Bytes| async move {
        if count.fetch_add(1, Ordering::SeqCst) < times {
            let body = format!("{{\"__type\":\"{code}\",\"message\":\"arn:aws:sts::1:assumed-role/x is not it\"}}");
            return (StatusCode::BAD_REQUEST, [("content-type", "application/x-amz-json-1.1")], body).into_response();
        }
        let mut headers = headers;
        headers.remove("host");
        let answer = reqwest::Client::new().post(behind).headers(headers).body(body).send().await.expect("an answer");
        (answer.status(), answer.bytes().await.expect("a body")).into_response()
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
    (port, answered)
}

#[tokio::test]
async fn a_role_that_may_not_read_the_secret_is_named_as_such() {
    let kept = Kept::start("denied").await;
    let (port, _) = in_front_of(&kept, usize::MAX, "AccessDeniedException").await;
    let function = kept.function("events", "eleva", Some(port));
    function.start().await.expect_err("it cannot start");
    let log = function.logs();
    assert!(log.contains("its role lacks secretsmanager:GetSecretValue"), "{log}");
    assert!(!log.contains("assumed-role"), "AWS's message stays out: {log}");
}

#[tokio::test]
async fn throttling_is_waited_out_and_reported_when_it_lasts() {
    let kept = Kept::start("throttled").await;
    let (port, answered) = in_front_of(&kept, 2, "ThrottlingException").await;
    kept.function("events", "eleva", Some(port)).start().await.expect("the third attempt succeeds");
    assert_eq!(answered.load(Ordering::SeqCst), 3);

    let (port, _) = in_front_of(&kept, usize::MAX, "ThrottlingException").await;
    let function = kept.function("events", "eleva", Some(port));
    function.start().await.expect_err("it cannot start");
    assert!(function.logs().contains("cannot be read at the moment: ThrottlingException"), "{}", function.logs());
}
