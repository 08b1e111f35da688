//! Why a sign-in did not come to an end, and where the person is sent to read about it.

use std::error::Error;

use eleva::{
    http::{Problem, Reply, Request, form},
    return_path::ReturnPath,
    session::{Flow, SealError, TokenError},
};
use http::Method;

/// Why there is no session.
pub(crate) enum Failure {
    /// The state is missing, foreign, expired or used.
    State,
    /// The code is spent or expired.
    Code,
    /// AuthKit must ask for more.
    StepUp,
    /// The person asked for an organization that does not take them.
    Organization,
    /// WorkOS came back with an error, or refused; its code.
    Refused(String),
    /// The session does not fit into cookies.
    TooLarge,
    /// Another living account has the same e-mail address.
    AccountConflict,
    /// Something is out of reach. Nothing was decided about the person.
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// From `error` of the callback's query.
    pub(crate) fn from_authorize(code: &str, flow: &Flow) -> Self {
        match (code, &flow.organization_id) {
            ("access_denied" | "organization_invalid", Some(_)) => Self::Organization,
            ("server_error", _) => Self::Unavailable("WorkOS came back with server_error".into()),
            _ => Self::Refused(code.to_owned()),
        }
    }

    /// Whether another attempt of the very same may succeed, so that the flow is kept.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// The name under which `/sign-in` explains it; a closed list there.
    fn code(&self) -> &'static str {
        match self {
            Self::State => "state_invalid",
            Self::Code => "code_invalid",
            Self::StepUp => "more_needed",
            Self::Organization => "organization_unavailable",
            Self::Refused(code) if code == "access_denied" => "access_denied",
            Self::Refused(code) if code == "organization_invalid" => "organization_invalid",
            Self::Refused(_) => "failed",
            Self::TooLarge => "session_too_large",
            Self::AccountConflict => "account_conflict",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// The redirect to the page that explains it.
    pub(crate) fn redirect(&self, return_to: &ReturnPath) -> Reply {
        Reply::found(format!("/sign-in?error={}&return_to={}", self.code(), form::encode(return_to.as_str())))
    }

    /// Logs what happened and answers: a navigation by a redirect, and so whoever follows AuthKit's redirect without a
    /// browser; a choice that was posted as JSON by a problem.
    pub(crate) fn report(self, request: &Request, return_to: &ReturnPath) -> Result<Reply, Problem> {
        let location = self.redirect(return_to);
        match self {
            Self::Unavailable(cause) if request.wants_page() => {
                tracing::error!(request_id = request.id(), %cause, "a sign-in could not be finished");
                Ok(location)
            }
            Self::Unavailable(cause) => Err(Problem::unavailable(cause)),
            failure => {
                tracing::info!(request_id = request.id(), code = failure.code(), "a sign-in was refused");
                match failure {
                    _ if request.wants_page() || *request.method() != Method::POST => Ok(location),
                    Self::Organization => Err(Problem::membership_inactive()),
                    _ => Err(Problem::unauthenticated()),
                }
            }
        }
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        match error {
            SealError::TooLarge => Self::TooLarge,
            error @ SealError::Entropy(_) => Self::Unavailable(error.into()),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Unavailable(problem.to_string().into())
    }
}

impl From<eleva::database::Error> for Failure {
    fn from(error: eleva::database::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<eleva::workos::Error> for Failure {
    fn from(error: eleva::workos::Error) -> Self {
        Self::Unavailable(error.into())
    }
}
