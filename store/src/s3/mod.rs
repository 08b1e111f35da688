//! A bucket of S3.

mod again;
mod failure;
mod read;
mod upload;
mod write;

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation},
};

use self::again::Again;
use crate::Object;

/// How long an operation may take, retries included.
const TIMEOUT: Duration = Duration::from_secs(120);
/// How long one attempt may take: that of 8 MiB over a slow connection.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How often it is tried when S3 throttles or fails.
const ATTEMPTS: u32 = 4;

/// A bucket, and what all keys in it begin with.
#[derive(Clone)]
pub(crate) struct S3 {
    client: Client,
    bucket: String,
    prefix: String,
}

/// How long things may take.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_timeout(TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .build()
}

/// How often things are tried.
pub(crate) fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS)
}

impl S3 {
    /// A bucket in the region and with the credentials of `config`.
    pub(crate) fn new(bucket: &str, prefix: &str, config: &SdkConfig) -> Self {
        // Each request says itself which checksum it has or wants. Otherwise links would be signed with a header that
        // no browser sends.
        let config = Builder::from(config)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .retry_classifier(Again)
            .build();
        Self { client: Client::from_conf(config), bucket: bucket.to_owned(), prefix: prefix.to_owned() }
    }

    /// Settings of an operation of which an attempt may take so much longer than others.
    fn patient(&self, longer: Duration) -> Builder {
        let mut timeouts = TimeoutConfig::builder();
        if let Some(usual) = self.client.config().timeout_config() {
            timeouts
                .set_connect_timeout(usual.connect_timeout())
                .set_operation_attempt_timeout(usual.operation_attempt_timeout().map(|timeout| timeout + longer))
                .set_operation_timeout(usual.operation_timeout().map(|timeout| timeout + 2 * longer));
        }
        Builder::new().timeout_config(timeouts.build())
    }

    /// Where a key is in the bucket.
    fn place(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

/// Has browsers save the file and never show it (RFC 6266).
fn disposition(object: &Object<'_>) -> String {
    format!("attachment; filename=\"{}\"", object.file_name)
}
