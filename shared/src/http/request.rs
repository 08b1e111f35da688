//! A request, read from an API Gateway HTTP API event (payload format 2.0).
//!
//! The event is read by hand rather than through `lambda_http`: API Gateway hands over the path percent-decoded, and
//! that crate builds a URI from it, which panics on a space or a quote; its header map refuses every byte beyond
//! ASCII. Here a path is text that is compared with route segments and never becomes a URL.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    cookie::{Cookies, SetCookie},
    form::{self, Form},
    problem::Problem,
    query::Query,
};

/// A request as handlers see it.
pub struct Request {
    method: Method,
    path: String,
    raw_query: String,
    query: Query,
    headers: HashMap<String, String>,
    cookies: Cookies,
    raw_body: RawBody,
    body: Body,
    source_ip: String,
    id: String,
    outgoing_cookies: Mutex<Vec<SetCookie>>,
}

/// The event could not be read as a request. Says nothing of its content.
#[derive(Debug, thiserror::Error)]
#[error("the event is not an API Gateway request of payload format 2.0")]
pub struct BadEvent;

struct RawBody {
    text: String,
    is_base64: bool,
}

enum Body {
    Unread,
    Empty,
    Json(Vec<u8>),
    Form(Form),
}

/// The parts of the event that are used. `cargo lambda watch` sends null where the gateway leaves a field out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    cookies: Option<Vec<String>>,
    headers: Option<HashMap<String, String>>,
    request_context: EventContext,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventContext {
    http: EventHttp,
    request_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventHttp {
    method: String,
    source_ip: Option<String>,
}

impl Request {
    /// Reads an event. `invocation_id` serves as request id where the gateway gave none.
    pub fn from_event(event: Value, invocation_id: &str) -> Result<Self, BadEvent> {
        let event: Event = serde_json::from_value(event).map_err(|_| BadEvent)?;
        let method = Method::from_bytes(event.request_context.http.method.as_bytes()).map_err(|_| BadEvent)?;
        let headers: HashMap<String, String> = event
            .headers
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        let cookies = match &event.cookies {
            Some(cookies) => Cookies::parse(cookies.iter().map(String::as_str)),
            None => Cookies::parse(headers.get("cookie").map(String::as_str)),
        };
        let raw_query = event.raw_query_string.unwrap_or_default();
        let id = event.request_context.request_id.filter(|id| is_request_id(id));
        Ok(Self {
            method,
            path: event.raw_path.unwrap_or_default(),
            query: Query::parse(&raw_query),
            raw_query,
            headers,
            cookies,
            raw_body: RawBody { text: event.body.unwrap_or_default(), is_base64: event.is_base64_encoded },
            body: Body::Unread,
            source_ip: event.request_context.http.source_ip.unwrap_or_default(),
            id: id.unwrap_or_else(|| invocation_id.to_owned()),
            outgoing_cookies: Mutex::default(),
        })
    }

    /// Reads the body, at most `limit` bytes of it, and lets a form's `_method` stand for the method.
    ///
    /// Errors: `too_large` over the limit, `unsupported_media_type` for anything but JSON and forms, `malformed` for
    /// what is not what it claims to be.
    pub fn read_body(&mut self, limit: usize) -> Result<(), Problem> {
        let RawBody { text, is_base64 } = &self.raw_body;
        // Four characters of base64 stand for three bytes; refuse before decoding what is too long anyway.
        if text.len() > if *is_base64 { limit.div_ceil(3) * 4 } else { limit } {
            return Err(Problem::too_large(limit));
        }
        let bytes = match is_base64 {
            true => STANDARD.decode(text).map_err(|_| Problem::malformed("The body is not valid base64."))?,
            false => text.clone().into_bytes(),
        };
        if bytes.len() > limit {
            return Err(Problem::too_large(limit));
        }
        self.body = match (self.media_type().as_str(), bytes.is_empty()) {
            (_, true) => Body::Empty,
            ("application/json", false) => Body::Json(bytes),
            ("application/x-www-form-urlencoded", false) => {
                Body::Form(Form::parse(&bytes).ok_or_else(|| Problem::malformed("The form is not valid UTF-8."))?)
            }
            _ => return Err(Problem::unsupported_media_type()),
        };
        self.raw_body.text.clear();
        self.override_method()
    }

    fn override_method(&mut self) -> Result<(), Problem> {
        let Body::Form(form) = &self.body else { return Ok(()) };
        let Some(name) = form.get(form::METHOD) else { return Ok(()) };
        let method = [Method::PUT, Method::PATCH, Method::DELETE].into_iter().find(|method| method.as_str() == name);
        match method {
            Some(method) if self.method == Method::POST => {
                self.method = method;
                Ok(())
            }
            _ => Err(Problem::malformed("_method may be PUT, PATCH or DELETE, in a POST.")),
        }
    }

    /// The method, after a form's `_method`.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Whether the method is safe (RFC 9110, section 9.2.1).
    pub fn is_safe(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }

    /// The path as the gateway gave it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path's segments, for slice patterns: `/events/1` is `["events", "1"]`, `/` is `[""]`. An empty segment
    /// (`//`, a trailing slash) stays and so matches no route.
    pub fn segments(&self) -> Vec<&str> {
        self.path.strip_prefix('/').unwrap_or(&self.path).split('/').collect()
    }

    /// The path with its query.
    pub fn path_and_query(&self) -> String {
        match self.raw_query.is_empty() {
            true => self.path.clone(),
            false => format!("{}?{}", self.path, self.raw_query),
        }
    }

    /// The path of the page that this request was sent from, as `Referer` states it.
    pub fn referring_path(&self) -> Option<String> {
        let url = url::Url::parse(self.header("referer")?).ok()?;
        Some(url[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
    }

    /// The query's parameters.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The cookies that came.
    pub fn cookies(&self) -> &Cookies {
        &self.cookies
    }

    /// A header by its lower-case name; repeated ones are joined by commas.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The caller's address, from the gateway's context: what a client says in `X-Forwarded-For` plays no part.
    pub fn source_ip(&self) -> &str {
        &self.source_ip
    }

    /// The caller's user agent, cut to 512 bytes.
    pub fn user_agent(&self) -> &str {
        let text = self.header("user-agent").unwrap_or_default();
        &text[..text.floor_char_boundary(512)]
    }

    /// The id that reply, log and audit rows share.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the caller wants a page: `Accept` names `text/html`.
    pub fn wants_page(&self) -> bool {
        self.header("accept").is_some_and(|accept| {
            accept.split(',').any(|range| {
                range.split(';').next().is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("text/html"))
            })
        })
    }

    /// The media type of the body, lower-case, without parameters; empty when none is named.
    pub fn media_type(&self) -> String {
        let header = self.header("content-type").unwrap_or_default();
        header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether there is no body at all.
    pub fn has_no_body(&self) -> bool {
        matches!(self.body, Body::Empty) || (matches!(self.body, Body::Unread) && self.raw_body.text.is_empty())
    }

    /// The form, when the body is one.
    pub fn form(&self) -> Option<&Form> {
        match &self.body {
            Body::Form(form) => Some(form),
            _ => None,
        }
    }

    /// The JSON object that the body is. Errors: `unsupported_media_type` without JSON, `malformed` when it does not
    /// parse or is no object.
    pub fn json_object(&self) -> Result<Map<String, Value>, Problem> {
        match &self.body {
            Body::Json(bytes) => match serde_json::from_slice(bytes) {
                Ok(Value::Object(object)) => Ok(object),
                Ok(_) => Err(Problem::malformed("The body is not a JSON object.")),
                Err(_) => Err(Problem::malformed("The body is not valid JSON.")),
            },
            Body::Empty | Body::Unread => Err(Problem::malformed("The body is empty; a JSON object is expected.")),
            Body::Form(_) => Err(Problem::unsupported_media_type()),
        }
    }

    /// Has a cookie go out with whatever reply this request gets, a problem included.
    pub fn set_cookie(&self, cookie: SetCookie) {
        let mut cookies = self.outgoing_cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.retain(|earlier| earlier.name() != cookie.name());
        cookies.push(cookie);
    }

    /// Whether any cookie is to go out.
    pub fn has_outgoing_cookies(&self) -> bool {
        !self.outgoing_cookies.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Takes the cookies that are to go out.
    pub(crate) fn take_outgoing_cookies(&self) -> Vec<SetCookie> {
        std::mem::take(&mut *self.outgoing_cookies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether a request id may be echoed in a header and written to logs.
fn is_request_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+/.".contains(&byte))
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, json};

    use super::Request;

    /// A request made from the few things a unit test cares about.
    pub(crate) fn request(method: &str, path: &str, headers: Value, body: &str) -> Request {
        let event = json!({
            "rawPath": path, "rawQueryString": "", "headers": headers, "body": body,
            "requestContext": {"http": {"method": method, "sourceIp": "203.0.113.9"}, "requestId": "JKJaXmPLvHcESHA="},
        });
        Request::from_event(event, "invocation").expect("an event")
    }

    #[test]
    fn f4_odd_paths_stay_text_and_match_no_route() {
        let segments = |path| request("GET", path, json!({}), "").segments().join("|");
        assert_eq!(segments("/"), "");
        assert_eq!(segments("/events/"), "events|");
        assert_eq!(segments("//events"), "|events");
        assert_eq!(segments("/events/ \"<é>"), "events| \"<é>");
    }

    #[test]
    fn a_page_is_wanted_only_where_accept_names_it() {
        let wants = |accept| request("GET", "/", json!({"Accept": accept}), "").wants_page();
        assert!(wants("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"));
        assert!(wants("application/json, TEXT/HTML;q=0.1"));
        assert!(!wants("*/*") && !wants("application/json") && !wants("text/htmlx"));
    }

    #[test]
    fn a_body_over_the_limit_is_refused_and_one_at_the_limit_taken() {
        let json = json!({"content-type": "application/json"});
        let mut at_limit = request("POST", "/", json.clone(), "\"aaaaaa\"");
        assert!(at_limit.read_body(8).is_ok());
        let mut over = request("POST", "/", json, "\"aaaaaaa\"");
        assert_eq!(over.read_body(8).expect_err("too large").code(), "too_large");
    }

    #[test]
    fn a_form_stands_for_another_method_only_in_a_post() {
        let form = json!({"content-type": "application/x-www-form-urlencoded; charset=utf-8"});
        let mut put = request("POST", "/", form.clone(), "_method=PUT");
        put.read_body(64).expect("a body");
        assert_eq!(put.method(), "PUT");
        let mut get = request("POST", "/", form.clone(), "_method=GET");
        assert_eq!(get.read_body(64).expect_err("refused").code(), "malformed");
        let mut patch = request("PATCH", "/", form, "_method=DELETE");
        assert_eq!(patch.read_body(64).expect_err("refused").code(), "malformed");
    }

    #[test]
    fn other_media_types_are_unsupported() {
        let mut request = request("POST", "/", json!({"content-type": "text/plain"}), "{}");
        assert_eq!(request.read_body(64).expect_err("refused").code(), "unsupported_media_type");
    }
}
