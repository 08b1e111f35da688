//! `GET /auth/session` and `POST /auth/switch-organization`.

use eleva::{
    App, Session,
    http::{Problem, Reply, Request},
    return_path::ReturnPath,
};
use http::{Method, StatusCode};

use crate::{switch, view::SessionView};

/// Answers a request.
pub(crate) async fn handle(app: &App, request: &Request) -> Result<Reply, Problem> {
    match (request.method(), request.segments().as_slice()) {
        (&Method::GET | &Method::HEAD, ["auth", "session"]) => show(app, request).await,
        (_, ["auth", "session"]) => Err(Problem::method_not_allowed("GET, HEAD")),
        (&Method::POST, ["auth", "switch-organization"]) => switch::switch(app, request).await,
        (_, ["auth", "switch-organization"]) => Err(Problem::method_not_allowed("POST")),
        _ => Err(Problem::not_found()),
    }
}

async fn show(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let view = SessionView::load(app, &session).await?;
    match request.wants_page() {
        // The dashboard is this document's page.
        true => Ok(Reply::found(ReturnPath::DEFAULT)),
        false => Reply::json(StatusCode::OK, &view),
    }
}
