//! What was asked of a stand-in. Holds no query, no body and no token.

use std::sync::Mutex;

use serde::Serialize;

use super::environment::lock;

/// A request, as it arrived. Requests to the control API are not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The `grant_type` of a request for tokens.
    pub grant_type: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Journal(Mutex<Vec<Request>>);

impl Journal {
    pub(super) fn add(&self, request: Request) {
        lock(&self.0).push(request);
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        lock(&self.0).clone()
    }

    pub(super) fn clear(&self) {
        lock(&self.0).clear();
    }
}
