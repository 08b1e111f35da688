//! A request as the event that a function gets.

use std::net::{IpAddr, Ipv4Addr};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, Request, header};
use jiff::{Timestamp, tz::TimeZone};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::routes::Route;

/// How the path gets into `rawPath`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RawPath {
    /// Percent-decoded, whatever the name says: so the gateway does it in production.
    #[default]
    Decoded,
    /// As the client wrote it: so `cargo lambda watch` does it.
    Verbatim,
}

/// The address that a request comes from: an extension of the `http::Request`, by default one of the documentation
/// range (RFC 5737).
#[derive(Clone, Copy, Debug)]
pub struct SourceIp(pub IpAddr);

impl Default for SourceIp {
    fn default() -> Self {
        Self(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9)))
    }
}

const ACCOUNT_ID: &str = "000000000000";
const API_ID: &str = "local";
const DOMAIN: &str = "local.execute-api.eu-west-1.amazonaws.com";

/// The path as `rawPath` will state it.
pub(super) fn raw_path(request: &Request<Bytes>, form: RawPath) -> String {
    let path = request.uri().path();
    match form {
        RawPath::Decoded => percent_decode_str(path).decode_utf8_lossy().into_owned(),
        RawPath::Verbatim => path.to_owned(),
    }
}

/// The event, payload format 2.0.
pub(super) fn event(request: &Request<Bytes>, raw_path: &str, route: &Route, request_id: &str) -> Value {
    let SourceIp(source_ip) = request.extensions().get().copied().unwrap_or_default();
    let now = Timestamp::now();
    let mut event = json!({
        "version": "2.0",
        "routeKey": route.key(),
        "rawPath": raw_path,
        "rawQueryString": request.uri().query().unwrap_or_default(),
        "headers": headers(request.headers(), source_ip),
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": API_ID,
            "domainName": DOMAIN,
            "domainPrefix": API_ID,
            "http": {
                "method": request.method().as_str(),
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": source_ip,
                "userAgent": text(request.headers(), &header::USER_AGENT),
            },
            "requestId": request_id,
            "routeKey": route.key(),
            "stage": "$default",
            "time": now.to_zoned(TimeZone::UTC).strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    let cookies = cookies(request.headers());
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    if let Some(parameters) = request.uri().query().filter(|query| !query.is_empty()).map(query_parameters) {
        event["queryStringParameters"] = parameters.into();
    }
    if !request.body().is_empty() {
        let (body, is_base64) = body(request);
        event["body"] = body.into();
        event["isBase64Encoded"] = is_base64.into();
    }
    event
}

/// Lower-case names, repeated values joined by commas, without Cookie, which has a field of its own; and what the
/// gateway adds.
fn headers(headers: &HeaderMap, source_ip: IpAddr) -> Map<String, Value> {
    let joined = |name| {
        let values: Vec<String> = headers.get_all(name).iter().map(|value| lossy(value.as_bytes())).collect();
        values.join(",")
    };
    let mut fields: Map<String, Value> = headers
        .keys()
        .filter(|name| *name != header::COOKIE)
        .map(|name| (name.as_str().to_owned(), joined(name).into()))
        .collect();
    let forwarded_for = match headers.get("x-forwarded-for") {
        Some(claimed) => format!("{}, {source_ip}", lossy(claimed.as_bytes())),
        None => source_ip.to_string(),
    };
    fields.insert("x-forwarded-for".to_owned(), forwarded_for.into());
    fields.insert("x-forwarded-port".to_owned(), "443".into());
    fields.insert("x-forwarded-proto".to_owned(), "https".into());
    fields.entry("host").or_insert_with(|| DOMAIN.into());
    if !fields.contains_key("content-length") {
        fields.insert("content-length".to_owned(), "0".into());
    }
    fields
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let cookies = headers.get_all(header::COOKIE).iter().map(|value| lossy(value.as_bytes()));
    cookies.flat_map(|line| line.split("; ").map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Decoded, repeated ones joined by commas.
fn query_parameters(query: &str) -> Map<String, Value> {
    let mut parameters: Map<String, Value> = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let joined = match parameters.get(name.as_ref()).and_then(Value::as_str) {
            Some(earlier) => format!("{earlier},{value}"),
            None => value.into_owned(),
        };
        parameters.insert(name.into_owned(), joined.into());
    }
    parameters
}

/// The body and whether it is base64. Only text and JSON stay as they are; forms are encoded.
fn body(request: &Request<Bytes>) -> (String, bool) {
    let content_type = text(request.headers(), &header::CONTENT_TYPE).to_ascii_lowercase();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let is_text = media_type.starts_with("text/")
        || matches!(media_type, "application/json" | "application/javascript" | "application/xml")
        || media_type.ends_with("+json")
        || media_type.ends_with("+xml");
    match std::str::from_utf8(request.body()) {
        Ok(text) if is_text => (text.to_owned(), false),
        _ => (STANDARD.encode(request.body()), true),
    }
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> String {
    headers.get(name).map(|value| lossy(value.as_bytes())).unwrap_or_default()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;
    use serde_json::{Value, json};

    use super::{RawPath, Route, event, raw_path};

    fn event_of(request: http::request::Builder, body: &'static str) -> Value {
        let request = request.body(Bytes::from_static(body.as_bytes())).expect("a request");
        let route = Route { pattern: "/events/{*rest}".to_owned(), function: "events".to_owned() };
        event(&request, &raw_path(&request, RawPath::Decoded), &route, "id")
    }

    #[test]
    fn repeated_headers_are_joined_and_cookies_stand_apart() {
        let request = Request::get("/events?a=1&a=2&b=%20")
            .header("Accept", "text/html")
            .header("accept", "*/*")
            .header("cookie", "a=1; b=2")
            .header("cookie", "c=3");
        let event = event_of(request, "");
        assert_eq!(event["headers"]["accept"], "text/html,*/*");
        assert!(event["headers"]["cookie"].is_null() && event["body"].is_null());
        assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=3"]));
        assert_eq!(event["rawQueryString"], "a=1&a=2&b=%20");
        assert_eq!(event["queryStringParameters"], json!({"a": "1,2", "b": " "}));
    }

    #[test]
    fn the_source_address_does_not_come_from_the_client() {
        let event = event_of(Request::get("/").header("x-forwarded-for", "10.0.0.1"), "");
        assert_eq!(event["requestContext"]["http"]["sourceIp"], "203.0.113.9");
        assert_eq!(event["headers"]["x-forwarded-for"], "10.0.0.1, 203.0.113.9");
    }

    #[test]
    fn the_path_is_decoded_as_the_gateway_does_it_or_left_as_watch_does_it() {
        let request = Request::get("/events/a%2Fb%20c").body(Bytes::new()).expect("a request");
        assert_eq!(raw_path(&request, RawPath::Decoded), "/events/a/b c");
        assert_eq!(raw_path(&request, RawPath::Verbatim), "/events/a%2Fb%20c");
    }

    #[test]
    fn json_is_text_and_a_form_is_base64() {
        let json = event_of(Request::post("/").header("content-type", "application/json; charset=utf-8"), "{}");
        assert_eq!((&json["body"], &json["isBase64Encoded"]), (&json!("{}"), &json!(false)));
        let form = event_of(Request::post("/").header("content-type", "application/x-www-form-urlencoded"), "a=1");
        assert_eq!((&form["body"], &form["isBase64Encoded"]), (&json!("YT0x"), &json!(true)));
    }
}
