//! The routes below `/audit`.

use eleva::{
    App,
    http::{Problem, Reply, Request, parse_id},
};
use http::Method;

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
    match request.segments().as_slice() {
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
        Method::GET | Method::HEAD => download::open(app, files, request, id, file).await,
        _ => Err(read_only()),
    }
}

fn read_only() -> Problem {
    Problem::method_not_allowed("GET, HEAD")
}
