//! The page of a form that could not be saved for a reason that passes: what was typed, to be sent once more. It asks the
//! database nothing, which may be what is out of reach.

use askama::Template;
use eleva::{
    http::{Form, Problem, Reply, Request, form},
    page::Layout,
};

use crate::form::RecordForm;

#[derive(Template)]
#[template(path = "unsaved.html")]
struct UnsavedPage<'a> {
    layout: Layout<'a>,
    /// Where the form was sent, and is sent again.
    action: &'a str,
    /// The fields that nobody typed, as they came.
    hidden: Vec<(&'static str, &'a str)>,
    form: &'a RecordForm,
}

/// Whether a problem passes by itself.
pub(crate) fn is_passing(problem: &Problem) -> bool {
    problem.code() == "unavailable"
}

/// Renders what was sent in vain. The problem is logged here, since nobody is answered with it.
pub(crate) fn reply(request: &Request, action: &str, sent: &Form, problem: Problem) -> Result<Reply, Problem> {
    tracing::error!(request_id = request.id(), code = problem.code(), cause = %problem, "failed");
    let status = problem.status();
    let names = [form::METHOD, form::ORGANIZATION, form::USER, "version"];
    let page = UnsavedPage {
        layout: Layout::public("Not saved"),
        action,
        hidden: names.into_iter().filter_map(|name| Some((name, sent.get(name)?))).collect(),
        form: &RecordForm::refused(sent, problem),
    };
    Ok(Reply::page(status, &page)?.with_header("retry-after", "5"))
}
