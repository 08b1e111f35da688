//! The public landing page.

use askama::Template;
use eleva::{
    http::{Problem, Reply, Request},
    page::Layout,
};
use http::StatusCode;
use serde::Serialize;

#[derive(Template)]
#[template(path = "landing.html")]
struct LandingPage<'a> {
    layout: Layout<'a>,
}

#[derive(Serialize)]
struct LandingDocument {
    name: &'static str,
    sign_in: &'static str,
}

/// What Eleva is, and how to get in.
pub(crate) fn page(request: &Request) -> Result<Reply, Problem> {
    match request.wants_page() {
        true => Reply::page(StatusCode::OK, &LandingPage { layout: Layout::public("Bookings and records") }),
        false => Reply::json(StatusCode::OK, &LandingDocument { name: "Eleva", sign_in: "/sign-in" }),
    }
}
