//! The routes below `/meetings`, but for the records of a meeting.

use eleva::{
    App,
    http::{Problem, Reply, Request, parse_id},
};
use http::Method;

use crate::{create, list, show, update};

/// Answers a request.
pub(crate) async fn handle(app: &App, request: &Request) -> Result<Reply, Problem> {
    let segments = request.segments();
    match (request.method(), segments.as_slice()) {
        (&Method::GET | &Method::HEAD, ["meetings"]) => list::show(app, request).await,
        (&Method::POST, ["meetings"]) => create::create(app, request).await,
        (_, ["meetings"]) => Err(Problem::method_not_allowed("GET, HEAD, POST")),
        (method, ["meetings", id]) => {
            let id = parse_id(id).ok_or_else(Problem::not_found)?;
            match *method {
                Method::GET | Method::HEAD => show::show(app, request, id).await,
                Method::PATCH => update::update(app, request, id).await,
                _ => Err(Problem::method_not_allowed("GET, HEAD, PATCH")),
            }
        }
        _ => Err(Problem::not_found()),
    }
}
