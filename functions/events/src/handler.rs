//! The routes below `/events`.

use eleva::{
    App,
    http::{Problem, Reply, Request, parse_id},
};
use http::Method;

use crate::{create, delete, list, order, show, update};

/// Answers a request.
pub(crate) async fn handle(app: &App, request: &Request) -> Result<Reply, Problem> {
    let segments = request.segments();
    match (request.method(), segments.as_slice()) {
        (&Method::GET | &Method::HEAD, ["events"]) => list::show(app, request).await,
        (&Method::POST, ["events"]) => create::create(app, request).await,
        (_, ["events"]) => Err(Problem::method_not_allowed("GET, HEAD, POST")),
        (&Method::PUT, ["events", "order"]) => order::replace(app, request).await,
        (_, ["events", "order"]) => Err(Problem::method_not_allowed("PUT")),
        (method, ["events", id]) => {
            let id = parse_id(id).ok_or_else(Problem::not_found)?;
            match *method {
                Method::GET | Method::HEAD => show::show(app, request, id).await,
                Method::PATCH => update::update(app, request, id).await,
                Method::DELETE => delete::delete(app, request, id).await,
                _ => Err(Problem::method_not_allowed("GET, HEAD, PATCH, DELETE")),
            }
        }
        _ => Err(Problem::not_found()),
    }
}
