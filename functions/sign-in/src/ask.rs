//! The pages that wait for a person before they leave for AuthKit.

use askama::Template;
use eleva::{
    http::{Problem, Reply, Request},
    page::Layout,
    return_path::ReturnPath,
};
use http::StatusCode;

use crate::handler;

/// Says that a session had ended when a form was posted.
#[derive(Template)]
#[template(path = "ended.html")]
pub(crate) struct EndedPage<'a> {
    layout: Layout<'a>,
    again: String,
}

impl EndedPage<'_> {
    /// The page; signing in leads back to the page with the form.
    pub(crate) fn reply(return_to: &ReturnPath) -> Result<Reply, Problem> {
        let layout = Layout::public("Your session has ended");
        Reply::page(StatusCode::OK, &EndedPage { layout, again: handler::again(return_to) })
    }
}

/// Asks somebody who is signed in and was sent here by another site before a new sign-in replaces the present one.
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
