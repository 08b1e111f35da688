//! Faults that a test orders: WorkOS being slow, overloaded, broken or away.

use std::{sync::Mutex, time::Duration};

use serde::{Deserialize, Serialize};

use super::{environment::lock, journal::Request};

/// What goes wrong, for which requests, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The path begins so; `/` means every request but those to the control API.
    pub path_prefix: String,
    /// Only requests with this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests for tokens with this `grant_type`.
    #[serde(default)]
    pub grant_type: Option<String>,
    /// What happens.
    pub effect: Effect,
    /// For how many requests; for all, until the faults are cleared, when absent.
    #[serde(default)]
    pub times: Option<u32>,
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It is handled after so many milliseconds.
    Delay(u64),
    /// It is not handled, and answered so.
    Answer(Answer),
    /// It is not handled, and the connection breaks.
    DropRequest,
    /// It is handled, and the connection breaks instead of the answer: whoever asked cannot know.
    DropAnswer,
}

/// A ready answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, in seconds.
    #[serde(default)]
    pub retry_after: Option<u32>,
    /// The body, as `application/json` whatever it is.
    #[serde(default)]
    pub body: String,
}

impl Fault {
    /// A fault of every request whose path begins so, until the faults are cleared.
    pub fn new(path_prefix: &str, effect: Effect) -> Self {
        Self { path_prefix: path_prefix.to_owned(), method: None, grant_type: None, effect, times: None }
    }

    /// Only requests with this method.
    pub fn for_method(self, method: &str) -> Self {
        Self { method: Some(method.to_owned()), ..self }
    }

    /// Only requests for tokens with this `grant_type`.
    pub fn for_grant(self, grant_type: &str) -> Self {
        Self { grant_type: Some(grant_type.to_owned()), ..self }
    }

    /// Only the next so many requests.
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    fn concerns(&self, request: &Request) -> bool {
        request.path.starts_with(&self.path_prefix)
            && self.times != Some(0)
            && self.method.as_ref().is_none_or(|method| *method == request.method)
            && self.grant_type.as_ref().is_none_or(|grant_type| Some(grant_type) == request.grant_type.as_ref())
    }
}

impl Effect {
    /// A delay.
    pub fn delay(duration: Duration) -> Self {
        Self::Delay(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    /// 429 with `Retry-After` in seconds, in the form that WorkOS's rate limit has.
    pub fn rate_limited(retry_after: u32) -> Self {
        let body = r#"{"message":"Too many requests."}"#.to_owned();
        Self::Answer(Answer { status: 429, retry_after: Some(retry_after), body })
    }

    /// A status with a body, such as 500 or 503.
    pub fn status(status: u16, body: &str) -> Self {
        Self::Answer(Answer { status, retry_after: None, body: body.to_owned() })
    }
}

/// The faults that are ordered at present.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        lock(&self.0).push(fault);
    }

    pub(super) fn clear(&self) {
        lock(&self.0).clear();
    }

    pub(super) fn list(&self) -> Vec<Fault> {
        lock(&self.0).clone()
    }

    /// The effects on a request, in the order in which they were ordered; each counts as used up once more.
    pub(super) fn take(&self, request: &Request) -> Vec<Effect> {
        let mut faults = lock(&self.0);
        let mut effects = Vec::new();
        for fault in faults.iter_mut().filter(|fault| fault.concerns(request)) {
            fault.times = fault.times.map(|times| times - 1);
            effects.push(fault.effect.clone());
        }
        faults.retain(|fault| fault.times != Some(0));
        effects
    }
}
