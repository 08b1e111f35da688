//! The Runtime API, as one sandbox sees it.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    error::FunctionError,
    invocation::{Invocation, Outcome},
};

/// The largest answer that Lambda takes, bytes.
const LARGEST_RESPONSE: usize = 6 * 1024 * 1024;

/// How far a sandbox has come with its start.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// It has not asked for an event yet.
    Starting,
    /// It asked for its first event, then.
    Polled(Instant),
    /// It said that it cannot start.
    Failed(FunctionError),
}

/// The Runtime API's side of one sandbox.
pub(super) struct RuntimeApi {
    function: String,
    invocations: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    in_flight: Mutex<Option<InFlight>>,
    phase: watch::Sender<Phase>,
}

struct InFlight {
    request_id: String,
    outcome: oneshot::Sender<Outcome>,
}

impl RuntimeApi {
    pub(super) fn new(function: String, invocations: mpsc::Receiver<Invocation>, phase: watch::Sender<Phase>) -> Self {
        Self { function, invocations: invocations.into(), in_flight: Mutex::default(), phase }
    }

    /// The routes, all below the version that the Runtime API has had since 2018.
    pub(super) fn router(self) -> Router {
        let invocation = Router::new()
            .route("/next", get(next))
            .route("/{request_id}/response", post(response))
            .route("/{request_id}/error", post(error));
        let runtime = Router::new().nest("/invocation", invocation).route("/init/error", post(init_error));
        Router::new()
            .nest("/2018-06-01/runtime", runtime)
            .layer(DefaultBodyLimit::max(LARGEST_RESPONSE))
            .with_state(Arc::new(self))
    }

    /// Gives the outcome of the event in flight; false when `request_id` is not it.
    fn finish(&self, request_id: &str, outcome: Outcome) -> bool {
        let mut in_flight = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        match in_flight.take_if(|current| current.request_id == request_id) {
            Some(current) => {
                // Whoever asked may have gone; the sandbox has done its part all the same.
                let _ = current.outcome.send(outcome);
                true
            }
            None => false,
        }
    }

    fn set_in_flight(&self, next: Option<InFlight>) {
        let unanswered = std::mem::replace(&mut *self.in_flight.lock().unwrap_or_else(PoisonError::into_inner), next);
        if let Some(unanswered) = unanswered {
            let reason = "it asked for the next event without an answer that Lambda takes".to_owned();
            let _ = unanswered.outcome.send(Outcome::Unusable(reason));
        }
    }
}

type Api = State<Arc<RuntimeApi>>;

/// Waits, without limit, for an event.
async fn next(State(api): Api) -> Response {
    api.phase.send_if_modified(|phase| {
        let first = matches!(phase, Phase::Starting);
        if first {
            *phase = Phase::Polled(Instant::now());
        }
        first
    });
    api.set_in_flight(None);
    let Some(invocation) = api.invocations.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", invocation.request_id.clone()),
        ("lambda-runtime-deadline-ms", invocation.deadline().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            format!("arn:aws:lambda:eu-west-1:000000000000:function:{}", api.function),
        ),
        ("lambda-runtime-trace-id", trace_id()),
    ];
    let Invocation { request_id, payload, outcome, .. } = invocation;
    api.set_in_flight(Some(InFlight { request_id, outcome }));
    (headers, payload).into_response()
}

async fn response(State(api): Api, Path(request_id): Path<String>, body: Bytes) -> Response {
    acknowledge(api.finish(&request_id, Outcome::Answered(body)))
}

async fn error(State(api): Api, Path(request_id): Path<String>, body: Bytes) -> Response {
    acknowledge(api.finish(&request_id, Outcome::Failed(stated(&body))))
}

async fn init_error(State(api): Api, body: Bytes) -> Response {
    api.phase.send_replace(Phase::Failed(stated(&body)));
    acknowledge(true)
}

fn stated(body: &[u8]) -> FunctionError {
    serde_json::from_slice(body).unwrap_or_else(|_| FunctionError {
        error_type: "unreadable".to_owned(),
        error_message: String::from_utf8_lossy(body).into_owned(),
    })
}

fn acknowledge(known: bool) -> Response {
    match known {
        true => (StatusCode::ACCEPTED, Json(json!({"status": "OK"}))).into_response(),
        false => {
            let error = json!({"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"});
            (StatusCode::BAD_REQUEST, Json(error)).into_response()
        }
    }
}

/// An X-Ray trace header of the form that Lambda sends, not sampled.
fn trace_id() -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!("Root=1-{}-{};Parent={};Sampled=0", &random[..8], &random[8..], &random[..16])
}
