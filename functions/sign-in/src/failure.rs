//! What went wrong with a sign-in: a closed list, each with words for a person and a way on. Nothing of the address
//! but the code's name reaches the page, so that a link cannot put words into our mouth.

use askama::Template;
use eleva::{
    http::{Problem, Reply, Request},
    page::Layout,
    return_path::ReturnPath,
};
use http::StatusCode;
use serde::Serialize;

use crate::handler;

/// One entry of the list.
pub(crate) struct Failure {
    code: &'static str,
    title: &'static str,
    detail: &'static str,
}

const UNAVAILABLE: Failure = Failure {
    code: "unavailable",
    title: "Signing in is not possible at the moment",
    detail: "A service that this depends on cannot be reached. You were not signed in, and nothing was lost. Try again \
             in a moment.",
};

const UNKNOWN: Failure = Failure {
    code: "failed",
    title: "That did not work",
    detail: "You were not signed in. Try again; if it happens again, write to the person who invited you or to us.",
};

/// WorkOS's own codes (authorize endpoint) that need words of their own, then ours.
const FAILURES: [Failure; 9] = [
    UNAVAILABLE,
    Failure {
        code: "access_denied",
        title: "You were not signed in",
        detail: "The sign-in was cancelled or refused. You can try again.",
    },
    Failure {
        code: "organization_unavailable",
        title: "No access to this organization",
        detail: "You asked to sign in to an organization of which you are not an active member: the invitation may not \
                 be accepted yet, or your access was suspended. Its administrators can change that. You can sign in \
                 without choosing that organization.",
    },
    Failure {
        code: "organization_invalid",
        title: "No such organization",
        detail: "The organization that you asked to sign in to does not exist. You can sign in without choosing one.",
    },
    Failure {
        code: "state_invalid",
        title: "This sign-in has run out",
        detail: "It was started in another browser, more than ten minutes ago, or has been used before. Start again.",
    },
    Failure {
        code: "code_invalid",
        title: "This sign-in has run out",
        detail: "The confirmation from the sign-in page was used before or came too late. Start again.",
    },
    Failure {
        code: "more_needed",
        title: "One more step is needed",
        detail: "Your organization asks for another way to sign in, or your e-mail address is not confirmed yet. Start \
                 again; the sign-in page will guide you.",
    },
    Failure {
        code: "account_conflict",
        title: "There is another account with this e-mail address",
        detail: "An account with the same e-mail address exists already, and accounts are never merged by address. \
                 Sign in with that account, or write to us.",
    },
    Failure {
        code: "session_too_large",
        title: "The session is too large",
        detail: "Your organization grants more permissions than a browser can hold. Its administrators or we can \
                 change that.",
    },
];

impl Failure {
    /// The entry of that code; anything that is not on the list is one and the same unknown failure.
    pub(crate) fn from_code(code: &str) -> &'static Self {
        FAILURES.iter().find(|failure| failure.code == code).unwrap_or(&UNKNOWN)
    }

    /// The page or document. It never redirects, so that it cannot loop.
    pub(crate) fn reply(&self, request: &Request, return_to: &ReturnPath) -> Result<Reply, Problem> {
        let unavailable = self.code == UNAVAILABLE.code;
        let status = if unavailable { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        let reply = match request.wants_page() {
            true => Reply::page(status, &FailurePage::new(self, return_to)),
            false => Reply::json(status, &FailureDocument { code: self.code, title: self.title, detail: self.detail }),
        }?;
        Ok(if unavailable { reply.with_header("retry-after", "5") } else { reply })
    }
}

#[derive(Serialize)]
struct FailureDocument {
    code: &'static str,
    title: &'static str,
    detail: &'static str,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    layout: Layout<'a>,
    detail: &'static str,
    again: String,
}

impl FailurePage<'_> {
    fn new(failure: &Failure, return_to: &ReturnPath) -> Self {
        Self { layout: Layout::public(failure.title), detail: failure.detail, again: handler::again(return_to) }
    }
}

#[cfg(test)]
mod tests {
    use super::{FAILURES, Failure};

    #[test]
    fn the_list_is_closed_and_has_no_code_twice() {
        assert_eq!(Failure::from_code("<script>").code, "failed");
        for (index, failure) in FAILURES.iter().enumerate() {
            assert!(FAILURES[index + 1..].iter().all(|other| other.code != failure.code), "{}", failure.code);
        }
    }
}
