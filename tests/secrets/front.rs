//! What stands in front of Secrets Manager to count what it is asked, and to refuse what ministack would not.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use tokio::net::TcpListener;

use super::Kept;

/// Listens in front of ministack: refuses the first `times` requests with an error `code` of AWS's and hands the others
/// on. Gives its port and how many requests came.
pub(super) async fn in_front_of(kept: &Kept, times: usize, code: &'static str) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let behind = format!("http://127.0.0.1:{}/", kept.ministack.port());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let handle = move |mut headers: HeaderMap, body: Bytes| async move {
        if count.fetch_add(1, Ordering::SeqCst) < times {
            let body = format!("{{\"__type\":\"{code}\",\"message\":\"arn:aws:sts::1:assumed-role/x is not it\"}}");
            return (StatusCode::BAD_REQUEST, [("content-type", "application/x-amz-json-1.1")], body).into_response();
        }
        headers.remove("host");
        let answer = reqwest::Client::new().post(behind).headers(headers).body(body).send().await.expect("an answer");
        (answer.status(), answer.bytes().await.expect("a body")).into_response()
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
    (port, asked)
}
