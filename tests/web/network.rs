//! What can be reached: our origin and this machine.

use std::sync::Arc;

use bytes::Bytes;
use dev::gateway::Gateway;
use http::{Request, Response, Uri, uri::PathAndQuery};
use url::{Position, Url};

/// The network of one test.
pub(crate) struct Network {
    public_url: Url,
    gateway: Arc<Gateway>,
    http: reqwest::Client,
}

impl Network {
    /// A network where the gateway answers for `public_url`.
    pub(crate) fn new(public_url: &str, gateway: Arc<Gateway>) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        Self {
            public_url: public_url.parse().expect("the public origin is a URL"),
            gateway,
            http: http.expect("an HTTP client can be built"),
        }
    }

    /// An address on our origin as a browser resolves it, or another origin's where `reference` is absolute.
    pub(crate) fn resolve(&self, reference: &str) -> Url {
        self.public_url.join(reference).unwrap_or_else(|error| panic!("{reference} is no address: {error}"))
    }

    /// Sends a request to wherever `url` is.
    pub(crate) async fn send(&self, url: &Url, mut request: Request<Bytes>) -> Response<Bytes> {
        if url.origin() == self.public_url.origin() {
            let target = &url[Position::BeforePath..Position::AfterQuery];
            *request.uri_mut() = target.parse().unwrap_or_else(|error| panic!("{target} is no target: {error}"));
            return self.gateway.handle(request).await;
        }
        let on_this_machine = matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
        assert!(on_this_machine, "{url} is neither our origin nor on this machine");
        *request.uri_mut() = url.as_str().parse().unwrap_or_else(|error| panic!("{url} is no target: {error}"));
        self.send_over_http(request).await.unwrap_or_else(|error| panic!("{url} did not answer: {error}"))
    }

    /// Sends a request to our origin with its target exactly as written, however odd.
    pub(crate) async fn send_verbatim(&self, target: &str, mut request: Request<Bytes>) -> Response<Bytes> {
        let target = PathAndQuery::try_from(target).unwrap_or_else(|error| panic!("{target} is no target: {error}"));
        *request.uri_mut() = Uri::from(target);
        self.gateway.handle(request).await
    }

    async fn send_over_http(&self, request: Request<Bytes>) -> reqwest::Result<Response<Bytes>> {
        let answer = self.http.execute(request.try_into()?).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut response = Response::new(answer.bytes().await?);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
