//! A reply, and how it becomes the gateway's response (payload format 2.0).

use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};
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
    body: Body,
}

#[derive(Debug)]
enum Body {
    Text(String),
    /// What is no text, and goes to the gateway as base64.
    Bytes(Vec<u8>),
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

    /// A file to be saved under this name: letters, digits, `.`, `-` and `_`; anything else in it becomes `_`.
    pub fn file(content_type: &'static str, name: &str, content: impl Into<Vec<u8>>) -> Self {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
        let name: String = name.chars().map(|own| if is_plain(own) { own } else { '_' }).collect();
        Self { body: Body::Bytes(content.into()), ..Self::empty(StatusCode::OK) }
            .with_header("content-type", content_type)
            .with_header("content-disposition", format!("attachment; filename=\"{name}\""))
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
        Self { status, headers: Vec::new(), body: Body::Text(String::new()) }
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
        self.body = Body::Text(body.into());
        self
    }

    /// Drops the body, as the answer to HEAD has none.
    pub(crate) fn drop_body(&mut self) {
        self.body = Body::Text(String::new());
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response document of payload format 2.0.
    pub(crate) fn into_event(self, cookies: &[SetCookie]) -> Value {
        let headers: serde_json::Map<String, Value> =
            self.headers.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
        let (body, is_base64) = match self.body {
            Body::Text(text) => (text, false),
            Body::Bytes(bytes) => (STANDARD.encode(bytes), true),
        };
        json!({
            "statusCode": self.status.as_u16(),
            "headers": headers,
            "cookies": cookies.iter().map(SetCookie::header).collect::<Vec<_>>(),
            "body": body,
            "isBase64Encoded": is_base64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Reply;

    #[test]
    fn a_file_goes_out_as_base64_under_a_name_that_ends_no_header() {
        let event = Reply::file("application/gzip", "a\"b;\r\n/c-1.gz", vec![0, 255]).into_event(&[]);
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&"AP8=".into(), &true.into()));
        assert_eq!(event["headers"]["content-disposition"], "attachment; filename=\"a_b____c-1.gz\"");
        assert_eq!(event["headers"]["content-type"], "application/gzip");
    }

    #[test]
    fn the_answer_to_head_has_no_body_whatever_it_would_be() {
        let mut reply = Reply::file("application/gzip", "a.gz", vec![0]);
        reply.drop_body();
        let event = reply.into_event(&[]);
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&"".into(), &false.into()));
    }
}
