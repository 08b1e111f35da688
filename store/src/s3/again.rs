//! What S3 is asked for again that the SDK by itself would not ask for again.

use aws_sdk_s3::config::{
    interceptors::InterceptorContext,
    retry::{ClassifyRetry, RetryAction},
};

/// The status of a conflict with another request for the same key: it passes, and says nothing of what is there.
const CONFLICT: u16 = 409;
/// The status of an answer that was begun before it was known what came of the request, as that to completing an
/// upload: what its body says is an error, S3's or of the connection.
const BEGUN: u16 = 200;

/// Has requests repeated that S3 could not do at the moment, though their status is none of 500 and more.
#[derive(Debug)]
pub(super) struct Again;

impl ClassifyRetry for Again {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let has_failed = context.output_or_error().is_some_and(|answer| answer.is_err());
        match context.response().map(|response| response.status().as_u16()) {
            Some(CONFLICT | BEGUN) if has_failed => RetryAction::transient_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "conflicts, and errors in answers that were begun"
    }
}
