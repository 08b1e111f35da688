//! The product behind a port of this machine, for clients that are other programs. What arrives is counted here, so that
//! nobody's word need be taken for it.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{Request, Response, StatusCode},
};
use dev::gateway::Gateway;
use tokio::{net::TcpListener, task::JoinHandle};

/// The most bytes that are read of a body: more than the gateway takes.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Answers so far, by method, path and status.
pub(super) type Answers = BTreeMap<(String, String, u16), usize>;

/// An HTTP server in front of the gateway. Dropped, it stops.
pub(super) struct Listener {
    address: SocketAddr,
    front: Arc<Front>,
    server: JoinHandle<()>,
}

struct Front {
    gateway: Arc<Gateway>,
    answers: Mutex<Answers>,
}

impl Listener {
    /// Listens on a free port of 127.0.0.1.
    pub(super) async fn start(gateway: Arc<Gateway>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port can be had");
        let address = listener.local_addr().expect("it has an address");
        let front = Arc::new(Front { gateway, answers: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(front.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, front, server }
    }

    /// Its origin.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was answered so far.
    pub(super) fn answers(&self) -> Answers {
        self.front.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(front): State<Arc<Front>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
    let Ok(body) = to_bytes(body, MOST_BYTES).await else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return response;
    };
    let response = front.gateway.handle(Request::from_parts(parts, body)).await;
    let mut answers = front.answers.lock().unwrap_or_else(PoisonError::into_inner);
    *answers.entry((method, path, response.status().as_u16())).or_default() += 1;
    response.map(Body::from)
}
