//! The page of a problem: what happened, and what to do about it.

use askama::Template;

use super::layout::Layout;
use crate::http::{FieldError, Problem};

/// A problem, for a person.
#[derive(Template)]
#[template(path = "problem.html")]
pub struct ProblemPage<'a> {
    layout: Layout<'a>,
    detail: &'a str,
    code: &'a str,
    request_id: &'a str,
    errors: &'a [FieldError],
    next: NextStep,
}

/// Where a person can go from a problem.
enum NextStep {
    Dashboard,
    SignIn,
    TryAgain,
}

impl<'a> ProblemPage<'a> {
    /// The page of this problem; `request_id` is what support asks for.
    pub fn new(problem: &'a Problem, request_id: &'a str) -> Self {
        Self {
            layout: Layout::public(problem.title()),
            detail: problem.detail(),
            code: problem.code(),
            request_id,
            errors: problem.errors(),
            next: match problem.code() {
                "unauthenticated" | "no_organization" => NextStep::SignIn,
                "unavailable" => NextStep::TryAgain,
                _ => NextStep::Dashboard,
            },
        }
    }
}
