//! What happens to every request before and after its route: the journal, then the faults that tests ordered.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request as HttpRequest, State},
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::sync::watch;

use super::{
    authenticate,
    connection::Peer,
    control,
    environment::Environment,
    fault::{Answer, Effect},
    journal::Request,
};

/// The longest request, in bytes.
const LONGEST: usize = 256 * 1024;

/// What the intake needs: the environment, and word of the end.
#[derive(Clone)]
pub(super) struct Intake {
    pub(super) environment: Arc<Environment>,
    /// True once the stand-in stops: what is in flight is cut off then.
    pub(super) stopping: watch::Receiver<bool>,
}

/// Passes a request on, unless a fault has it otherwise.
pub(super) async fn pass(
    State(mut intake): State<Intake>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: HttpRequest,
    next: Next,
) -> Response {
    tokio::select! {
        response = meet(&intake.environment, &peer, request, next) => response,
        // An error means that the stand-in is gone altogether.
        _ = intake.stopping.wait_for(|stopping| *stopping) => cut(&peer),
    }
}

async fn meet(environment: &Environment, peer: &Peer, request: HttpRequest, next: Next) -> Response {
    if control::is_control(request.uri().path()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let seen = Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        grant_type: authenticate::grant_type(&parts, &body),
    };
    let effects = environment.faults.take(&seen);
    environment.journal.add(seen);

    let mut answer_is_dropped = false;
    for effect in effects {
        match effect {
            Effect::Delay(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
            Effect::Answer(answer) => return ready(answer),
            Effect::DropRequest => return cut(peer),
            Effect::DropAnswer => answer_is_dropped = true,
        }
    }
    let mut response = next.run(HttpRequest::from_parts(parts, Body::from(body))).await;
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    match answer_is_dropped {
        true => cut(peer),
        false => response,
    }
}

fn cut(peer: &Peer) -> Response {
    peer.cut();
    Response::new(Body::empty())
}

fn ready(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = answer.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
