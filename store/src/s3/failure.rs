//! What a request that failed means.

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use crate::StoreError;

/// How long a code of AWS's can be.
const LONGEST_CODE: usize = 64;

/// What a request that failed means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Something is at the key, where nothing was to be (412).
    Taken,
    /// Nothing is at the key.
    NoFile,
    /// There is no such upload, or it has no such part.
    NoUpload,
    /// Anything else.
    Other(StoreError),
}

impl Failure {
    pub(super) fn of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Self {
        let unavailable = |reason: &str| Self::Other(StoreError::Unavailable(reason.to_owned()));
        match error {
            SdkError::ServiceError(answered) => {
                let code = answered.err().code().filter(|code| is_code(code));
                Self::of_answer(code, answered.raw().status().as_u16())
            }
            SdkError::ResponseError(answered) => Self::of_answer(None, answered.raw().status().as_u16()),
            SdkError::TimeoutError(_) => unavailable("no answer in time"),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => unavailable("no connection in time"),
            SdkError::DispatchFailure(failure) if failure.is_io() => unavailable("no connection"),
            SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => {
                unavailable("there are no credentials, or no region is set")
            }
            _ => unavailable("an answer that cannot be read"),
        }
    }

    /// An answer to HEAD has a status and no code.
    fn of_answer(code: Option<&str>, status: u16) -> Self {
        match (code, status) {
            (Some("PreconditionFailed"), _) | (None, 412) => Self::Taken,
            (Some("NoSuchKey" | "NotFound"), _) | (None, 404) => Self::NoFile,
            (Some("NoSuchUpload" | "InvalidPart" | "InvalidPartOrder"), _) => Self::NoUpload,
            // Passes: the clock is set, new credentials are fetched.
            (Some(code @ ("RequestTimeTooSkewed" | "ExpiredToken")), _) => {
                Self::Other(StoreError::Unavailable(code.to_owned()))
            }
            (Some(code), 403 | 404) => Self::Other(StoreError::Denied(code.to_owned())),
            (Some(code @ ("EntityTooSmall" | "InvalidRequest" | "PermanentRedirect" | "KMS.DisabledException")), _) => {
                Self::Other(StoreError::Denied(code.to_owned()))
            }
            (Some(code), _) => Self::Other(StoreError::Unavailable(code.to_owned())),
            (None, 403) => Self::Other(StoreError::Denied("AccessDenied".to_owned())),
            (None, status) => Self::Other(StoreError::Unavailable(format!("status {status}"))),
        }
    }

    /// The error, where none of the cases is one that the request can do something about.
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::Taken => StoreError::Unavailable("PreconditionFailed".to_owned()),
            Self::NoFile => StoreError::Unavailable("NoSuchKey".to_owned()),
            Self::NoUpload => StoreError::NoUpload,
            Self::Other(error) => error,
        }
    }
}

/// Whether it is a code and not a text.
fn is_code(code: &str) -> bool {
    code.len() <= LONGEST_CODE && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::Failure;
    use crate::StoreError;

    #[test]
    fn what_somebody_must_change_is_told_apart_from_what_passes() {
        let denied = |code: &str| Failure::Other(StoreError::Denied(code.to_owned()));
        let unavailable = |code: &str| Failure::Other(StoreError::Unavailable(code.to_owned()));
        for (code, status, meaning) in [
            (Some("AccessDenied"), 403, denied("AccessDenied")),
            (None, 403, denied("AccessDenied")),
            (Some("NoSuchBucket"), 404, denied("NoSuchBucket")),
            (Some("InvalidRequest"), 400, denied("InvalidRequest")),
            (Some("RequestTimeTooSkewed"), 403, unavailable("RequestTimeTooSkewed")),
            (Some("ExpiredToken"), 400, unavailable("ExpiredToken")),
            (Some("SlowDown"), 503, unavailable("SlowDown")),
            (Some("BadDigest"), 400, unavailable("BadDigest")),
            (None, 500, unavailable("status 500")),
            (Some("InvalidPart"), 400, Failure::NoUpload),
            (Some("NoSuchUpload"), 404, Failure::NoUpload),
            (Some("ConditionalRequestConflict"), 409, unavailable("ConditionalRequestConflict")),
            (Some("OperationAborted"), 409, unavailable("OperationAborted")),
            (Some("InternalError"), 200, unavailable("InternalError")),
            (Some("PreconditionFailed"), 412, Failure::Taken),
            (None, 412, Failure::Taken),
            (None, 404, Failure::NoFile),
        ] {
            assert_eq!(Failure::of_answer(code, status), meaning, "{code:?} {status}");
        }
    }
}
