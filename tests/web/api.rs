//! A client that speaks JSON and is no browser: no Fetch Metadata, no redirects, but a cookie jar, like `curl -b -c`.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use serde_json::Value;

use super::{
    answer::Answer,
    jar::{Jar, Sending},
    network::Network,
};

/// An API client.
#[derive(Clone)]
pub(crate) struct ApiClient {
    network: Arc<Network>,
    jar: Arc<Mutex<Jar>>,
}

impl ApiClient {
    /// A client with the cookies of `jar`.
    pub(crate) fn new(network: Arc<Network>, jar: Jar) -> Self {
        Self { network, jar: Arc::new(Mutex::new(jar)) }
    }

    /// Another client with a copy of the cookies: what a thief would have.
    pub(crate) fn copied(&self) -> Self {
        Self::new(self.network.clone(), self.jar().clone())
    }

    /// `GET`, as JSON.
    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send(self.call("GET", target)).await
    }

    /// `POST` of a JSON document.
    pub(crate) async fn post(&self, target: &str, document: &Value) -> Answer {
        self.send(self.call("POST", target).json(document)).await
    }

    /// `PATCH` with a JSON document.
    pub(crate) async fn patch(&self, target: &str, document: &Value) -> Answer {
        self.send(self.call("PATCH", target).json(document)).await
    }

    /// `PUT` of a JSON document.
    pub(crate) async fn put(&self, target: &str, document: &Value) -> Answer {
        self.send(self.call("PUT", target).json(document)).await
    }

    /// `DELETE`.
    pub(crate) async fn delete(&self, target: &str) -> Answer {
        self.send(self.call("DELETE", target)).await
    }

    /// `GET` of what must be there: the document of a 200.
    pub(crate) async fn get_json(&self, target: &str) -> Value {
        let answer = self.get(target).await;
        assert_eq!(answer.status(), 200, "GET {target}: {answer:?}");
        answer.json()
    }

    /// The `Cookie` header of this client's requests, if it has cookies.
    pub(crate) fn cookies(&self) -> Option<String> {
        self.jar().header(&self.network.resolve("/"), Sending::SameSite)
    }

    /// A request to be completed by hand, with this client's cookies; see [`ApiClient::send`].
    pub(crate) fn call(&self, method: &str, target: &str) -> Call {
        let call = Call::new(method, target).header("accept", "application/json").header("user-agent", "curl/8.14.1");
        match self.cookies() {
            Some(cookies) => call.header("cookie", &cookies),
            None => call,
        }
    }

    /// Sends a request and takes the cookies that come back.
    pub(crate) async fn send(&self, call: Call) -> Answer {
        let answer = call.send(&self.network).await;
        let url = self.network.resolve("/");
        let mut jar = self.jar();
        for cookie in answer.set_cookies() {
            jar.store(&url, cookie);
        }
        answer
    }

    /// The cookies, to look at or to edit.
    pub(crate) fn jar(&self) -> std::sync::MutexGuard<'_, Jar> {
        self.jar.lock().expect("no other holder of the jar panicked")
    }
}

/// One request, written by hand.
pub(crate) struct Call {
    target: String,
    request: Request<Bytes>,
}

impl Call {
    /// A request with nothing but method and target; the target goes out exactly as written.
    pub(crate) fn new(method: &str, target: &str) -> Self {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::from_bytes(method.as_bytes()).expect("a method");
        Self { target: target.to_owned(), request }
    }

    /// The same request with one more header; a repeated name is sent twice.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.request.headers_mut().append(name, HeaderValue::from_str(value).expect("a header's value"));
        self
    }

    /// The same request with a body.
    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        *self.request.body_mut() = body.into();
        let length = self.request.body().len().to_string();
        self.header("content-type", content_type).header("content-length", &length)
    }

    /// The same request with a JSON document.
    pub(crate) fn json(self, document: &Value) -> Self {
        self.body("application/json", document.to_string())
    }

    /// The same request with a form.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// Sends it to our origin.
    pub(crate) async fn send(self, network: &Network) -> Answer {
        network.send_verbatim(&self.target, self.request).await.into()
    }
}
