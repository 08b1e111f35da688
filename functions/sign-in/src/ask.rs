//! The question to somebody who is signed in and was sent here by another site.

use askama::Template;
use eleva::{
    http::{Problem, Reply, Request},
    page::Layout,
    return_path::ReturnPath,
};
use http::StatusCode;

/// Asks before a new sign-in replaces the present one.
#[derive(Template)]
#[template(path = "ask.html")]
pub(crate) struct AskPage<'a> {
    layout: Layout<'a>,
    again: &'a str,
    return_to: &'a str,
}

impl<'a> AskPage<'a> {
    /// The page, with the request's own address as the link that goes on.
    pub(crate) fn reply(request: &Request, return_to: &'a ReturnPath) -> Result<Reply, Problem> {
        let again = request.path_and_query();
        let layout = Layout::public("You are signed in already");
        Reply::page(StatusCode::OK, &AskPage { layout, again: &again, return_to: return_to.as_str() })
    }
}
