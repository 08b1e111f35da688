//! One event on its way through a sandbox.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::oneshot;

use super::error::FunctionError;

/// An event for a sandbox, and the way back.
pub(super) struct Invocation {
    /// `Lambda-Runtime-Aws-Request-Id`.
    pub(super) request_id: String,
    /// The event.
    pub(super) payload: Bytes,
    /// How long the function has, from when it takes the event.
    pub(super) limit: Duration,
    /// Where the outcome goes.
    pub(super) outcome: oneshot::Sender<Outcome>,
}

/// What a sandbox made of an event.
pub(super) enum Outcome {
    /// It answered.
    Answered(Bytes),
    /// Its handler failed.
    Failed(FunctionError),
    /// It broke the protocol, in words.
    Unusable(String),
}

impl Invocation {
    pub(super) fn new(payload: &Value, limit: Duration) -> (Self, oneshot::Receiver<Outcome>) {
        let (outcome, receiver) = oneshot::channel();
        let request_id = uuid::Uuid::new_v4().to_string();
        (Self { request_id, payload: payload.to_string().into(), limit, outcome }, receiver)
    }

    /// `Lambda-Runtime-Deadline-Ms`: when the time is up, milliseconds since the Unix epoch.
    pub(super) fn deadline(&self) -> u128 {
        let deadline = SystemTime::now() + self.limit;
        deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()
    }
}
