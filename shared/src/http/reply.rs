//! A reply, and how it becomes the gateway's response (payload format 2.0).

use askama::Template;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    cookie::SetCookie,
    problem::{Problem, ProblemBody},
};

/// What goes back to the caller, before the headers that every response carries.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Reply {
    /// A JSON document.
    pub fn json(status: StatusCode, document: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(document).map_err(Problem::internal)?;
        Ok(Self::empty(status).with_header("content-type", "application/json").with_body(body))
    }

    /// A problem, as `application/problem+json`.
    pub(crate) fn problem(problem: &Problem, request_id: &str) -> Result<Self, Problem> {
        let reply = Self::json(problem.status(), &ProblemBody::new(problem, request_id))?;
        Ok(reply.with_header("content-type", "application/problem+json"))
    }

    /// A page.
    pub fn page(status: StatusCode, template: &impl Template) -> Result<Self, Problem> {
        let body = template.render().map_err(Problem::internal)?;
        Ok(Self::empty(status).with_header("content-type", "text/html; charset=utf-8").with_body(body))
    }

    /// A text of another media type.
    pub fn text(content_type: &'static str, body: impl Into<String>) -> Self {
        Self::empty(StatusCode::OK).with_header("content-type", content_type).with_body(body)
    }

    /// 302 to a navigation.
    pub fn found(location: impl Into<String>) -> Self {
        Self::empty(StatusCode::FOUND).with_header("location", location)
    }

    /// 303: after a POST, the browser goes on with a GET.
    pub fn see_other(location: impl Into<String>) -> Self {
        Self::empty(StatusCode::SEE_OTHER).with_header("location", location)
    }

    /// A reply without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// The same reply with one more header; `name` in lower case, each name once.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.set_header(name, value);
        self
    }

    pub(crate) fn set_header(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.retain(|(own, _)| *own != name);
        self.headers.push((name, value.into()));
    }

    /// Adds a header unless the reply has it already.
    pub(crate) fn set_default_header(&mut self, name: &'static str, value: &str) {
        if !self.headers.iter().any(|(own, _)| *own == name) {
            self.headers.push((name, value.to_owned()));
        }
    }

    fn with_body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// Drops the body, as the answer to HEAD has none.
    pub(crate) fn drop_body(&mut self) {
        self.body.clear();
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response document of payload format 2.0.
    pub(crate) fn into_event(self, cookies: &[SetCookie]) -> Value {
        let headers: serde_json::Map<String, Value> =
            self.headers.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
        json!({
            "statusCode": self.status.as_u16(),
            "headers": headers,
            "cookies": cookies.iter().map(SetCookie::header).collect::<Vec<_>>(),
            "body": self.body,
            "isBase64Encoded": false,
        })
    }
}
