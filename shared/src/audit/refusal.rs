//! Refusals: what somebody tried and was not let do.

use serde_json::{Map, Value};

use super::entry::Origin;
use crate::{
    app::App,
    http::{Problem, Request},
    session::{Claims, Session},
};

/// How long after its token a session still names somebody, in seconds: thirty days. The database's bound is the same.
const REMEMBERED: i64 = 30 * 24 * 3_600;

/// Records a refusal of somebody whose session names them, in a transaction of its own; nothing of anybody else, and
/// nothing of other problems. `function`: who refused.
pub(crate) async fn record(app: &App, request: &Request, function: &str, problem: &Problem) -> Result<(), Problem> {
    if !problem.is_refusal() {
        return Ok(());
    }
    let claims = Session::identify(app, request).await.map_err(Problem::unavailable)?;
    let is_remembered = |claims: &Claims| claims.exp.saturating_add(REMEMBERED) > app.clock().seconds();
    let Some(claims) = claims.filter(is_remembered) else { return Ok(()) };
    let Some(scope) = app.refusals(&claims) else { return Ok(()) };
    scope.record(&route(request, function, problem), metadata(problem), &Origin::from(request)).await?;
    Ok(())
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
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE") => known,
        _ => "OTHER",
    };
    if problem.code() == "cross_site" {
        return format!("{method} {function}");
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
        let (id, odd, long) = ("/events/0193fa6e-0000-7000-8000-000000000000", "A".repeat(999), "/a1".repeat(1_000));
        assert_eq!(of("PATCH", id, Problem::forbidden()), "PATCH /events/{id}");
        assert_eq!(of("GET", "/events", Problem::unauthenticated()), "GET /events");
        assert_eq!(of("PUT", "/events/order", Problem::forbidden()), "PUT /events/order");
        assert_eq!(of("POST", "/any/thing", Problem::cross_site()), "POST events");
        assert_eq!(of("ODD", "/any/thing", Problem::cross_site()), "OTHER events");
        assert_eq!(of(&odd, "/events", Problem::forbidden()), "OTHER /events");
        assert!(of("GET", &long, Problem::forbidden()).len() < 100);
    }
}
