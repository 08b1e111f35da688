//! Small files, and what is there when one was not heard of.

use aws_sdk_s3::{
    primitives::ByteStream,
    types::{ChecksumAlgorithm, ChecksumMode},
};
use bytes::Bytes;

use super::{S3, disposition, failure::Failure};
use crate::{
    Object, StoreError,
    part::{checksum, sha256},
};

impl S3 {
    pub(crate) async fn put(&self, object: &Object<'_>, body: Bytes) -> Result<(), StoreError> {
        let checksum = checksum(&sha256(&body));
        let answer = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(self.place(object.key))
            .content_type(object.content_type)
            .content_disposition(disposition(object))
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_sha256(&checksum)
            .if_none_match("*")
            .body(ByteStream::from(body))
            .send()
            .await;
        let Err(error) = answer else { return Ok(()) };
        match Failure::of(&error) {
            // Perhaps by ourselves, and the answer was lost.
            Failure::Taken => match self.has(object.key, &checksum).await? {
                Some(true) => Ok(()),
                Some(false) => Err(StoreError::Exists),
                None => Err(Failure::Taken.into_error()),
            },
            failure => Err(failure.into_error()),
        }
    }

    /// Whether the file at a key has this checksum. `None`: there is none.
    pub(super) async fn has(&self, key: &str, checksum: &str) -> Result<Option<bool>, StoreError> {
        let answer = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(self.place(key))
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer.checksum_sha256() == Some(checksum))),
            Err(error) => match Failure::of(&error) {
                Failure::NoFile => Ok(None),
                failure => Err(failure.into_error()),
            },
        }
    }
}
