//! A function's answer as a response.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The answer of payload format 2.0. It has no `multiValueHeaders`: the gateway ignores them, and so does this.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Reads an answer; `None` when the gateway could make no response of it.
pub(super) fn response(answer: Value) -> Option<Response<Bytes>> {
    if answer.get("statusCode").is_none() {
        return inferred(&answer);
    }
    let Answer { status_code, headers, cookies, body, is_base64_encoded } = serde_json::from_value(answer).ok()?;
    let body = body.unwrap_or_default();
    let body = match is_base64_encoded {
        true => Bytes::from(STANDARD.decode(body).ok()?),
        false => Bytes::from(body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status_code).ok()?;
    for (name, value) in headers.unwrap_or_default() {
        let value = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        response.headers_mut().insert(name.parse::<HeaderName>().ok()?, HeaderValue::from_str(&value).ok()?);
    }
    for cookie in cookies.unwrap_or_default() {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(&cookie).ok()?);
    }
    Some(with_default_content_type(response))
}

/// An answer without a status is taken for the body of a 200.
fn inferred(answer: &Value) -> Option<Response<Bytes>> {
    let body = match answer {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(with_default_content_type(Response::new(Bytes::from(body))))
}

fn with_default_content_type(mut response: Response<Bytes>) -> Response<Bytes> {
    if !response.body().is_empty() {
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().entry(header::CONTENT_TYPE).or_insert(json);
    }
    response
}

/// What the gateway says for itself.
pub(super) fn of_gateway(status: StatusCode, message: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(json!({"message": message}).to_string()));
    *response.status_mut() = status;
    with_default_content_type(response)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::response;

    #[test]
    fn status_headers_cookies_and_body_come_through() {
        let answer = json!({
            "statusCode": 303, "headers": {"Location": "/x"}, "cookies": ["a=1; Path=/", "b=2"],
            "body": "aMOp", "isBase64Encoded": true,
        });
        let response = response(answer).expect("a response");
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()["location"], "/x");
        assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
        assert_eq!(response.body(), "hé");
    }

    #[test]
    fn an_answer_without_a_status_is_the_body_of_a_200() {
        let response = response(json!({"a": 1})).expect("a response");
        assert_eq!((response.status().as_u16(), response.body().as_ref()), (200, br#"{"a":1}"#.as_slice()));
    }

    #[test]
    fn what_http_cannot_carry_is_no_response() {
        assert!(response(json!({"statusCode": 99999})).is_none());
        assert!(response(json!({"statusCode": 200, "headers": {"x": "a\nb"}})).is_none());
        assert!(response(json!({"statusCode": 200, "body": "%", "isBase64Encoded": true})).is_none());
    }
}
