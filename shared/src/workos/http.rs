//! HTTP towards WorkOS, bounded in time and size.

use std::time::Duration;

use native_tls::TlsConnector;
use reqwest::{Client, RequestBuilder, StatusCode, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::error::{Error, ErrorBody};

/// The longest a call may take. With the time for the signing keys before it, a reply is out within 5 s.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The longest that fetching a public document may take.
const PUBLIC_TIMEOUT: Duration = Duration::from_millis(1_500);
/// A connection kept longer than this may have died while the sandbox was frozen.
const IDLE: Duration = Duration::from_secs(3);
/// The longest answer read, in bytes.
const LONGEST: usize = 1024 * 1024;

/// The HTTP client: no redirects, no proxy, no retry.
#[derive(Clone)]
pub struct HttpClient(Client);

/// An answer, read whole.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

impl HttpClient {
    /// A client for servers whose certificates `tls` takes.
    pub(crate) fn new(tls: TlsConnector) -> Result<Self, reqwest::Error> {
        let client = Client::builder().tls_backend_preconfigured(tls).timeout(TIMEOUT).pool_idle_timeout(IDLE);
        client.redirect(Policy::none()).no_proxy().build().map(Self)
    }

    /// The body of a public document of at most `limit` bytes.
    pub async fn get_public(&self, url: &str, limit: usize) -> Result<Vec<u8>, Error> {
        let answer = send(self.0.get(url).timeout(PUBLIC_TIMEOUT), limit).await?;
        match answer.status {
            StatusCode::OK => Ok(answer.body),
            status => Err(refusal(status, &answer.body)),
        }
    }

    pub(super) fn post(&self, url: &str, body: &impl Serialize) -> RequestBuilder {
        self.0.post(url).json(body)
    }

    pub(super) fn get(&self, url: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        self.0.get(if query.is_empty() { url.to_owned() } else { format!("{url}?{query}") })
    }
}

/// Sends a request with the API key as bearer.
pub(super) async fn send_authorized(request: RequestBuilder, api_key: &SecretString) -> Result<Answer, Error> {
    send(request.bearer_auth(api_key.expose_secret()), LONGEST).await
}

/// Sends a request that carries what authorizes it in its body.
pub(super) async fn send_bare(request: RequestBuilder) -> Result<Answer, Error> {
    send(request, LONGEST).await
}

async fn send(request: RequestBuilder, limit: usize) -> Result<Answer, Error> {
    let mut response = request.send().await.map_err(|error| unreachable(&error))?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > limit {
            return Err(Error::Content);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body })
}

/// An answer that is not a success, by its status.
pub(super) fn refusal(status: StatusCode, body: &[u8]) -> Error {
    match status.as_u16() {
        status @ (408 | 429 | 500..) => Error::Passing { status },
        status => Error::Refused { status, code: ErrorBody::parse(body).code() },
    }
}

/// Never the error itself: it names the address, which may carry a code.
fn unreachable(error: &reqwest::Error) -> Error {
    Error::Unreachable(match error {
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "no connection",
        _ => "the connection broke",
    })
}
