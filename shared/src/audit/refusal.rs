//! Refusals: what somebody tried and was not let do.

use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::timeout;

use super::entry::Origin;
use crate::{
    app::App,
    http::{Problem, Request},
    session::Session,
};

/// Records a refusal of somebody whose session names them, in a transaction of its own; nothing of anybody else, and
/// nothing of other problems. `function`: who refused; `patience`: the time there is.
///
/// The caller is refused whether or not this succeeds: they get nothing. That it failed is logged.
pub(crate) async fn record(app: &App, request: &Request, function: &str, problem: &Problem, patience: Duration) {
    if !problem.is_refusal() {
        return;
    }
    let work = async {
        let Some(claims) = Session::identify(app, request).await else { return Ok(()) };
        let Some(scope) = app.refusals(&claims) else { return Ok(()) };
        scope.record(&route(request, function, problem), metadata(problem), &Origin::from(request)).await
    };
    let failed = match timeout(patience, work).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("not done within {patience:?}"),
    };
    tracing::error!(request_id = request.id(), error = failed, "a refusal could not be recorded");
}

fn metadata(problem: &Problem) -> Value {
    let mut metadata = Map::new();
    metadata.insert("code".to_owned(), problem.code().into());
    if let Some(id) = problem.hidden() {
        metadata.insert("resource_id".to_owned(), id.to_string().into());
    }
    Value::Object(metadata)
}

/// What refusals are counted by: method and path, with ids left out. What came from another site was refused before
/// its path was looked at, which may be anything; there it is the function.
fn route(request: &Request, function: &str, problem: &Problem) -> String {
    let method = request.method();
    if problem.code() == "cross_site" {
        let known = ["POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str());
        return format!("{} {function}", if known { method.as_str() } else { "OTHER" });
    }
    let is_word = |segment: &str| {
        segment.len() <= 30 && segment.bytes().all(|byte| byte.is_ascii_lowercase() || b"-.".contains(&byte))
    };
    let path = request
        .segments()
        .into_iter()
        .take(5)
        .fold(String::new(), |path, segment| path + "/" + if is_word(segment) { segment } else { "{id}" });
    format!("{method} {path}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::route;
    use crate::http::{Problem, tests::request};

    #[test]
    fn routes_are_few_whatever_paths_are() {
        let of = |method, path, problem| route(&request(method, path, json!({}), ""), "events", &problem);
        let id = "/events/0193fa6e-0000-7000-8000-000000000000";
        assert_eq!(of("PATCH", id, Problem::forbidden()), "PATCH /events/{id}");
        assert_eq!(of("GET", "/events", Problem::unauthenticated()), "GET /events");
        assert_eq!(of("PUT", "/events/order", Problem::forbidden()), "PUT /events/order");
        assert_eq!(of("POST", "/any/thing", Problem::cross_site()), "POST events");
        assert_eq!(of("ODD", "/any/thing", Problem::cross_site()), "OTHER events");
        assert!(of("GET", &"/a1".repeat(1_000), Problem::forbidden()).len() < 100);
    }
}
