//! The routes below `/audit`.

use eleva::{
    App,
    http::{Problem, Reply, Request},
};
use http::Method;

use crate::{logs, portal, report};

/// Answers a request.
pub(crate) async fn handle(app: &App, request: &Request) -> Result<Reply, Problem> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match request.segments().as_slice() {
        ["audit", "logs"] if reads => logs::show(app, request).await,
        ["audit", "report"] if reads => report::show(app, request).await,
        ["audit", "portal"] if reads => portal::open(app, request).await,
        ["audit", "logs"] | ["audit", "report"] | ["audit", "portal"] => Err(Problem::method_not_allowed("GET, HEAD")),
        _ => Err(Problem::not_found()),
    }
}
