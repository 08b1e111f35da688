//! What stands in front of S3 to write down what it is asked, and to go wrong.

use std::{
    collections::VecDeque,
    convert::Infallible,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::DefaultBodyLimit,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use dev::wire::Wire;
use futures_util::{StreamExt, stream};
use tokio::{net::TcpListener, time::sleep};

/// How many keys or uploads are in a page, so that there are several.
const PAGE: &str = "&max-keys=2&max-uploads=2";

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It is answered with this, and nothing is done.
    Refused(u16, &'static str),
    /// The connection breaks, and nothing is done.
    CutBefore,
    /// It is done, and the connection breaks.
    CutAfter,
    /// It is done so much later.
    Late(Duration),
    /// A byte of its body is another one.
    Corrupted,
    /// It is done, and the answer begins at once with blanks, its body coming so much later.
    Blanks(Duration),
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) operation: &'static str,
    pub(crate) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Asked {
    /// How many bytes it has, if it is a part.
    pub(crate) fn part_size(&self) -> Option<usize> {
        (self.operation == "UploadPart").then_some(self.body.len())
    }

    /// What a header says; nothing where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("a header is text")).unwrap_or_default()
    }
}

/// S3 as it is on a bad day.
pub(super) struct Front {
    wire: Arc<Wire>,
    day: Arc<Day>,
}

#[derive(Default)]
struct Day {
    faults: Mutex<VecDeque<(&'static str, Fault)>>,
    asked: Mutex<Vec<Asked>>,
}

impl Front {
    /// Listens in front of the ministack on a port.
    pub(super) async fn of(ministack: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let wire = Arc::new(Wire::to(listener.local_addr().expect("an address").port()).expect("a wire"));
        let day = Arc::new(Day::default());
        let (cut, noted, http) = (wire.clone(), day.clone(), reqwest::Client::new());
        let handle = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let operation = operation(&method, uri.query().unwrap_or_default());
            let asked = Asked { operation, path: uri.path().to_owned(), headers: headers.clone(), body: body.clone() };
            let fault = noted.note(asked);
            let (cut, http) = (cut.clone(), http.clone());
            async move {
                match fault {
                    None => forward(&http, ministack, &method, &uri, headers, body).await,
                    Some(Fault::Refused(status, code)) => refusal(status, code),
                    Some(Fault::CutBefore) => broken(&cut),
                    Some(Fault::CutAfter) => {
                        forward(&http, ministack, &method, &uri, headers, body).await;
                        broken(&cut)
                    }
                    // Whether somebody still waits for it or not.
                    Some(Fault::Late(delay)) => {
                        let late = async move {
                            sleep(delay).await;
                            forward(&http, ministack, &method, &uri, headers, body).await
                        };
                        tokio::spawn(late).await.expect("an answer")
                    }
                    Some(Fault::Blanks(delay)) => {
                        blanks(delay, forward(&http, ministack, &method, &uri, headers, body).await).await
                    }
                    Some(Fault::Corrupted) => {
                        let mut body = body.to_vec();
                        body[0] ^= 1;
                        forward(&http, ministack, &method, &uri, headers, body.into()).await
                    }
                }
            }
        };
        let routes = Router::new().fallback(handle).layer(DefaultBodyLimit::disable());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { wire, day }
    }

    /// Its port on 127.0.0.1.
    pub(super) fn port(&self) -> u16 {
        self.wire.port()
    }

    /// Has something go wrong with the next request of this name that comes, after what was said before.
    pub(super) fn next(&self, operation: &'static str, fault: Fault) {
        self.day.faults.lock().unwrap_or_else(PoisonError::into_inner).push_back((operation, fault));
    }

    /// Whether something is still to go wrong.
    pub(super) fn has_faults(&self) -> bool {
        !self.day.faults.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// What came since this was asked the last time. All that was to go wrong did.
    pub(super) fn take_asked(&self) -> Vec<Asked> {
        let left = self.day.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert!(left.is_empty(), "nobody asked for {left:?}");
        std::mem::take(&mut *self.day.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same, by names.
    pub(super) fn take_operations(&self) -> Vec<&'static str> {
        self.take_asked().iter().map(|asked| asked.operation).collect()
    }

    /// How many requests of this name came since then.
    pub(super) fn count_asked(&self, operation: &str) -> usize {
        let asked = self.day.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|asked| asked.operation == operation).count()
    }
}

impl Day {
    fn note(&self, asked: Asked) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let place = faults.iter().position(|(operation, _)| *operation == asked.operation);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        place.and_then(|place| faults.remove(place)).map(|(_, fault)| fault)
    }
}

/// S3's name for a request.
fn operation(method: &Method, query: &str) -> &'static str {
    let has = |name: &str| form_urlencoded::parse(query.as_bytes()).any(|(found, _)| found == name);
    match method.as_str() {
        "POST" if has("uploads") => "CreateMultipartUpload",
        "POST" => "CompleteMultipartUpload",
        "PUT" if has("partNumber") => "UploadPart",
        "PUT" => "PutObject",
        "DELETE" => "AbortMultipartUpload",
        "HEAD" => "HeadObject",
        "GET" if has("uploads") => "ListMultipartUploads",
        "GET" if has("list-type") => "ListObjectsV2",
        "GET" => "GetObject",
        other => panic!("nobody sends {other}"),
    }
}

async fn forward(
    http: &reqwest::Client,
    ministack: u16,
    method: &Method,
    uri: &Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = uri.path_and_query().expect("a target");
    let page = if operation(method, uri.query().unwrap_or_default()).starts_with("List") { PAGE } else { "" };
    let url = format!("http://127.0.0.1:{ministack}{target}{page}");
    // The body is here already.
    headers.remove("expect");
    let answer = http.request(method.clone(), url).headers(headers).body(body).send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, answer.bytes().await.expect("a body")).into_response()
}

/// The same answer, as S3 gives it that is not done yet: its status and the first line, then blanks.
async fn blanks(delay: Duration, answer: Response) -> Response {
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let end = body.iter().position(|byte| *byte == b'\n' || *byte == b'>').map_or(0, |end| end + 1);
    let (first, rest) = (body.slice(..end), body.slice(end..));
    let pieces = stream::once(async move { first }).chain(stream::once(async { Bytes::from_static(b" ") })).chain(
        stream::once(async move {
            sleep(delay).await;
            rest
        }),
    );
    (parts.status, Body::from_stream(pieces.map(Ok::<_, Infallible>))).into_response()
}

/// What AWS says may quote who asked for what.
fn refusal(status: u16, code: &str) -> Response {
    let message = "User: arn:aws:sts::123456789012:assumed-role/eleva is not authorized: exports/0c/secret";
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [("content-type", "application/xml")], body).into_response()
}

/// Breaks every connection; new ones can be made. Nobody hears of the answer.
fn broken(wire: &Wire) -> Response {
    wire.cut();
    wire.mend();
    StatusCode::OK.into_response()
}
