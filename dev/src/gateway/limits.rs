//! The quotas of an HTTP API that a browser can run into
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>).

use bytes::Bytes;
use http::{Request, StatusCode};

/// The most bytes that the request line and all headers may have together. It cannot be raised.
pub const MOST_HEADER_BYTES: usize = 10_240;

/// The most bytes of a body.
const MOST_BODY_BYTES: usize = 10 * 1024 * 1024;

/// The refusal of a request that is over a quota, with the words of the gateway.
pub(super) fn refusal(request: &Request<Bytes>) -> Option<(StatusCode, &'static str)> {
    if header_bytes(request) > MOST_HEADER_BYTES {
        return Some((StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large"));
    }
    if request.body().len() > MOST_BODY_BYTES {
        return Some((StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"));
    }
    None
}

/// The size of request line and headers as HTTP/1.1 writes them.
fn header_bytes(request: &Request<Bytes>) -> usize {
    let target = request.uri().path_and_query().map_or(1, |target| target.as_str().len());
    let request_line = request.method().as_str().len() + target + "  HTTP/1.1\r\n".len();
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    request_line + headers.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;

    use super::{MOST_HEADER_BYTES, refusal};

    #[test]
    fn headers_over_the_quota_are_refused_and_headers_at_it_taken() {
        let request = |length| {
            let value = "v".repeat(length);
            Request::get("/").header("cookie", value).body(Bytes::new()).expect("a request")
        };
        let rest = "GET / HTTP/1.1\r\ncookie: \r\n".len();
        assert!(refusal(&request(MOST_HEADER_BYTES - rest)).is_none());
        let (status, _) = refusal(&request(MOST_HEADER_BYTES - rest + 1)).expect("refused");
        assert_eq!(status, 431);
    }
}
