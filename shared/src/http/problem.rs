//! What a caller is told when a request is refused or fails (RFC 9457, problem details).
//!
//! `code` is what clients switch on and never changes; `detail` is for people and carries no SQL, no stack, no token
//! and nothing personal. What really happened goes to the log, once, as the problem's cause.

use std::{borrow::Cow, error::Error};

use http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's name, as in the JSON body.
    pub field: Cow<'static, str>,
    /// What is wrong, for people, ending in a full stop.
    pub message: Cow<'static, str>,
}

impl FieldError {
    /// Something wrong with one field.
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// A refusal or a failure, with everything its two renderings (JSON and page) need.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    allow: Option<&'static str>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// What was asked for by its id is not there for the caller.
#[derive(Debug, thiserror::Error)]
#[error("nothing that the caller may see has the id {0}")]
struct NotVisible(Uuid);

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, title, detail: detail.into(), errors: Vec::new(), allow: None, cause: None }
    }

    /// 400: a body or query that does not parse.
    pub fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The request could not be read", detail)
    }

    /// 401: no session, or one that cannot be trusted. A navigation is sent to sign in instead.
    pub fn unauthenticated() -> Self {
        let detail = "There is no session, or it has ended. Sign in and try again.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "You are not signed in", detail)
    }

    /// 403: a permission is missing, or the row is visible but not one's own to change.
    pub fn forbidden() -> Self {
        let detail = "Your role in this organization does not include this.";
        Self::new(StatusCode::FORBIDDEN, "forbidden", "You may not do this", detail)
    }

    /// 403: another site may have caused the request.
    pub fn cross_site() -> Self {
        let detail = "The request did not come from a page of this site. Nothing was changed, and nothing given.";
        Self::new(StatusCode::FORBIDDEN, "cross_site", "This came from somewhere else", detail)
    }

    /// 403: the session names no organization.
    pub fn no_organization() -> Self {
        let detail = "Your session is not in an organization. Choose one, or sign in again.";
        Self::new(StatusCode::FORBIDDEN, "no_organization", "No organization chosen", detail)
    }

    /// 403: the membership that the session rests on is not active.
    pub fn membership_inactive() -> Self {
        let detail = "You are not an active member of this organization: the invitation may not be accepted yet, or \
                      your access was suspended. Its administrators can change that.";
        Self::new(StatusCode::FORBIDDEN, "membership_inactive", "No access to this organization", detail)
    }

    /// 404: absent, or invisible to the caller: the two cannot be told apart.
    pub fn not_found() -> Self {
        let detail = "It does not exist, or it is not visible to you in this organization.";
        Self::new(StatusCode::NOT_FOUND, "not_found", "Nothing here", detail)
    }

    /// The same 404 for a resource that was asked for by its id: it may be another organization's, so that the attempt
    /// is recorded.
    pub fn not_visible(id: Uuid) -> Self {
        Self { cause: Some(Box::new(NotVisible(id))), ..Self::not_found() }
    }

    /// 405: `allow` lists the methods that the path knows, as in the header.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let detail = format!("This address answers to {allow} only.");
        let mut problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Not possible here", detail);
        problem.allow = Some(allow);
        problem
    }

    /// 409: another event of the organization has that slug, whether it was given or came from the name.
    pub fn slug_taken() -> Self {
        let detail = "Another event of this organization has this address. Nothing was stored.";
        Self::new(StatusCode::CONFLICT, "slug_taken", "Already in use", detail)
            .with_errors(vec![FieldError::new("slug", "Another event already uses this. Choose a different one.")])
    }

    /// 409: the event was booked, so that it cannot be deleted.
    pub fn event_has_meetings() -> Self {
        let detail = "This event was booked before. Nothing was deleted; deactivate it so that nobody books it again.";
        Self::new(StatusCode::CONFLICT, "event_has_meetings", "It has bookings", detail)
    }

    /// 409: the expert has another booking at that time.
    pub fn time_conflict() -> Self {
        let detail = "The expert is booked, or about to be, at this time. Nothing was stored.";
        Self::new(StatusCode::CONFLICT, "time_conflict", "No longer free", detail).with_errors(vec![FieldError::new(
            "start_time",
            "The expert has another booking then. Choose another time.",
        )])
    }

    /// 409: the form was made for another organization or user, as happens with two tabs.
    pub fn organization_changed() -> Self {
        let detail = "This page was opened for another organization or by another person. Nothing was changed; \
                      reload it and try again.";
        Self::new(StatusCode::CONFLICT, "organization_changed", "You have switched in the meantime", detail)
    }

    /// 409: what was to be changed has been changed since it was read.
    pub fn version_conflict() -> Self {
        let detail = "It was changed since you read it. Nothing was stored; read it again and decide what is to stay.";
        Self::new(StatusCode::CONFLICT, "version_conflict", "Changed in the meantime", detail)
    }

    /// 409: the file is not there yet.
    pub fn not_ready() -> Self {
        let detail = "The export is not finished, so that there is nothing to download yet. Look again in a moment.";
        Self::new(StatusCode::CONFLICT, "not_ready", "Not finished yet", detail)
    }

    /// 409: the organization has `limit` exports under way, and may not have more.
    pub fn too_many_exports(limit: i64) -> Self {
        let detail = format!(
            "This organization has {limit} exports that are not finished yet. Nothing was stored; ask for another when \
             one of them is."
        );
        Self::new(StatusCode::CONFLICT, "too_many_exports", "Enough is under way", detail)
    }

    /// 413: the body is longer than `limit` bytes.
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("The body may have at most {limit} bytes. Nothing was stored.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "That is too much at once", detail)
    }

    /// 413: one field is longer than `limit` bytes.
    pub fn field_too_large(field: &'static str, limit: usize) -> Self {
        let detail = format!("The field {field} may have at most {limit} bytes. Nothing was stored.");
        let message = format!("Give at most {limit} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "That is too much at once", detail)
            .with_errors(vec![FieldError::new(field, message)])
    }

    /// 415: neither JSON nor a form.
    pub fn unsupported_media_type() -> Self {
        let detail = "The body must be application/json, or a form of this site.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Unknown kind of content", detail)
    }

    /// 422: well-formed, not acceptable, field by field.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = "Something needs to be corrected. Nothing was stored.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Please correct this", detail).with_errors(errors)
    }

    /// 503: Postgres or WorkOS cannot be reached; cookies stay as they are.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "A service that this depends on cannot be reached. Nothing was lost; try again in a moment.";
        let mut problem =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available at the moment", detail);
        problem.cause = Some(cause.into());
        problem
    }

    /// 503: a browser asked ahead of whoever uses it. It is the status on which browsers drop what they fetched, and ask
    /// again when somebody goes there.
    pub fn speculative() -> Self {
        let detail = "Your browser asked for this before you did, and was given nothing. Go there to have it.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "speculative", "Not yet", detail)
    }

    /// 500: what is stored is not what was written, or its key is gone.
    pub fn undecryptable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "It is stored, and cannot be read: it was changed outside of Eleva, or its key is missing. This was \
                      recorded in the audit log; an operator has to look at it.";
        let mut problem =
            Self::new(StatusCode::INTERNAL_SERVER_ERROR, "undecryptable", "This record cannot be decrypted", detail);
        problem.cause = Some(cause.into());
        problem
    }

    /// 500: a defect of ours.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "Something went wrong on our side. It has been recorded.";
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "That did not work", detail);
        problem.cause = Some(cause.into());
        problem
    }

    fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// The same problem, saying more precisely what is the matter.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// A short heading for people.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// What happened and what to do, for people.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What is wrong field by field; empty unless the input was at fault.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Whether somebody was refused what they may not have, which the audit trail records: 401, 403, and 404 of what
    /// they may not see.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) || self.hidden().is_some()
    }

    /// The id that was asked for, of a [`Problem::not_visible`].
    pub(crate) fn hidden(&self) -> Option<Uuid> {
        self.cause.as_ref()?.downcast_ref().map(|NotVisible(id)| *id)
    }

    /// The value of `Allow`, of a 405.
    pub fn allow(&self) -> Option<&'static str> {
        self.allow
    }

    /// What really happened, for the log.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync)> {
        self.cause.as_deref()
    }
}

impl std::fmt::Display for Problem {
    /// The code and the cause, for a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.cause {
            Some(cause) => write!(formatter, "{}: {cause}", self.code),
            None => formatter.write_str(self.code),
        }
    }
}

/// The JSON rendering.
#[derive(Serialize)]
pub(crate) struct ProblemBody<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl<'a> ProblemBody<'a> {
    pub(crate) fn new(problem: &'a Problem, request_id: &'a str) -> Self {
        Self {
            // RFC 9457, section 4.2.1: nothing to look up beyond the status and our `code`.
            r#type: "about:blank",
            title: problem.title,
            status: problem.status.as_u16(),
            detail: &problem.detail,
            code: problem.code,
            request_id,
            errors: &problem.errors,
        }
    }
}
