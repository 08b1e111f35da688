//! The routes below `/audit`.

use eleva::{
    App,
    http::{Problem, Reply, Request, is_sent_from_elsewhere, parse_id, refuse_speculative},
};
use http::Method;
use uuid::Uuid;

use crate::{
    exports::{
        create,
        download::{self, File},
        list, show,
    },
    files::Files,
    logs, portal, report, signing_keys,
};

/// Answers a request.
pub(crate) async fn handle(app: &App, files: &Files, request: &Request) -> Result<Reply, Problem> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let segments = request.segments();
    // Everything else writes into the trail that it was seen.
    if reads && segments != ["audit", "signing-keys"] {
        refuse_speculative(request)?;
    }
    match segments.as_slice() {
        ["audit", "logs"] if reads => logs::show(app, request).await,
        ["audit", "report"] if reads => report::show(app, request).await,
        ["audit", "portal"] if reads => portal::open(app, request).await,
        ["audit", "signing-keys"] if reads => signing_keys::show(app, request),
        ["audit", "exports"] if reads => list::show(app, request).await,
        ["audit", "exports"] if *request.method() == Method::POST => create::create(app, request).await,
        ["audit", "exports"] => Err(Problem::method_not_allowed("GET, HEAD, POST")),
        ["audit", "exports", id] => {
            let id = parse_id(id).ok_or_else(Problem::not_found)?;
            if reads { show::show(app, request, id).await } else { Err(read_only()) }
        }
        ["audit", "exports", id, "download"] => fetch(app, files, request, id, File::Rows).await,
        ["audit", "exports", id, "left-out"] => fetch(app, files, request, id, File::LeftOut).await,
        ["audit", "exports", id, "manifest"] => fetch(app, files, request, id, File::Manifest).await,
        ["audit", "logs"] | ["audit", "report"] | ["audit", "portal"] | ["audit", "signing-keys"] => Err(read_only()),
        _ => Err(Problem::not_found()),
    }
}

async fn fetch(app: &App, files: &Files, request: &Request, id: &str, file: File) -> Result<Reply, Problem> {
    let id = parse_id(id).ok_or_else(Problem::not_found)?;
    match *request.method() {
        Method::GET | Method::HEAD if is_sent_from_elsewhere(request) => sent_to_file(app, request, id),
        Method::GET | Method::HEAD => download::open(app, files, request, id, file).await,
        _ => Err(read_only()),
    }
}

/// Nobody takes a file because another site, or the way back from a sign-in, sent them to it: the page of the export has
/// what leads there.
fn sent_to_file(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    match request.wants_page() {
        true => Ok(Reply::found(app.public_url().join(&format!("/audit/exports/{id}")))),
        false => Err(Problem::cross_site()),
    }
}

fn read_only() -> Problem {
    Problem::method_not_allowed("GET, HEAD")
}
