//! `/`, `/dashboard`, `/assets/{name}`, `/favicon.ico`, and 404 for everything that no function knows.

use eleva::{
    App, Session,
    http::{Problem, Reply, Request},
    page::{Asset, ICON},
    return_path::ReturnPath,
    session::Outcome,
};
use http::Method;

use crate::{landing, overview};

/// A year: the name of an asset changes with its content (RFC 8246).
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Answers a request.
pub(crate) async fn handle(app: &App, request: &Request) -> Result<Reply, Problem> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match request.segments().as_slice() {
        [""] if reads => home(app, request).await,
        ["dashboard"] if reads => overview::show(app, request).await,
        ["assets", name] if reads => asset(Asset::find(name).ok_or_else(Problem::not_found)?),
        // Browsers that ask here before they have read a page; not for ever, since this name has no hash.
        ["favicon.ico"] if reads => Ok(asset(&ICON)?.with_header("cache-control", "public, max-age=86400")),
        [""] | ["dashboard"] | ["favicon.ico"] => Err(Problem::method_not_allowed("GET, HEAD")),
        ["assets", name] if Asset::find(name).is_some() => Err(Problem::method_not_allowed("GET, HEAD")),
        _ => Err(Problem::not_found()),
    }
}

async fn home(app: &App, request: &Request) -> Result<Reply, Problem> {
    match Session::authenticate(app, request).await {
        Outcome::Valid(_) => Ok(Reply::found(ReturnPath::DEFAULT)),
        Outcome::SignedOut | Outcome::CannotTell(_) => landing::page(request),
    }
}

fn asset(asset: &Asset) -> Result<Reply, Problem> {
    Ok(Reply::text(asset.content_type(), asset.content())
        .with_header("cache-control", IMMUTABLE)
        .with_header("vary", "Accept-Encoding"))
}
