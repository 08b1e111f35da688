//! The gateway itself.

use std::{collections::BTreeMap, sync::Mutex, sync::PoisonError};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};

use super::{
    answer,
    event::{self, RawPath},
    limits,
    routes::Routes,
};
use crate::lambda::{Function, InvokeError};

/// Routes requests to functions.
pub struct Gateway {
    routes: Routes,
    functions: BTreeMap<String, Function>,
    raw_path: RawPath,
    failures: Mutex<Vec<InvokeError>>,
}

impl Gateway {
    /// A gateway to these functions. A route whose function is not among them answers 500.
    pub fn new(routes: Routes, functions: impl IntoIterator<Item = Function>) -> Self {
        let functions = functions.into_iter().map(|function| (function.name().to_owned(), function)).collect();
        Self { routes, functions, raw_path: RawPath::default(), failures: Mutex::default() }
    }

    /// The same gateway with another form of `rawPath`.
    #[must_use]
    pub fn with_raw_path(mut self, raw_path: RawPath) -> Self {
        self.raw_path = raw_path;
        self
    }

    /// Answers a request. Its URI's path and query count, its host does not.
    ///
    /// The gateway's own answers are JSON with a `message`: 404 where no route takes the path, 413 and 431 over a
    /// quota, 500 where the function failed; what failed is then among [`Gateway::take_failures`].
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        if let Some((status, message)) = limits::refusal(&request) {
            return answer::of_gateway(status, message);
        }
        let raw_path = event::raw_path(&request, self.raw_path);
        let Some(route) = self.routes.find(&raw_path) else {
            return answer::of_gateway(StatusCode::NOT_FOUND, "Not Found");
        };
        let request_id = uuid::Uuid::new_v4().simple().to_string();
        let event = event::event(&request, &raw_path, route, &request_id);
        let mut response = match self.invoke(&route.function, event).await {
            Ok(response) => response,
            Err(failure) => {
                self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
                answer::of_gateway(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
        };
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert("apigw-requestid", id);
        }
        response
    }

    async fn invoke(&self, function: &str, event: serde_json::Value) -> Result<Response<Bytes>, InvokeError> {
        let unusable =
            |reason: &str| InvokeError::Unusable { function: function.to_owned(), reason: reason.to_owned() };
        let found = self.functions.get(function).ok_or_else(|| unusable("the gateway was not given it"))?;
        let answer = found.invoke(event).await?;
        answer::response(answer).ok_or_else(|| unusable("its answer is not one of payload format 2.0"))
    }

    /// A function by its name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name)
    }

    /// All functions.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values()
    }

    /// The routes.
    pub fn routes(&self) -> &Routes {
        &self.routes
    }

    /// What stood behind the 500s since the last time this was asked. A test that expects none finds out here what happened.
    pub fn take_failures(&self) -> Vec<InvokeError> {
        std::mem::take(&mut *self.failures.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
