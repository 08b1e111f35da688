//! Files in parts.

use std::time::Duration;

use aws_sdk_s3::{
    config::StalledStreamProtectionConfig,
    primitives::ByteStream,
    types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart},
};
use bytes::Bytes;

use super::{S3, disposition, failure::Failure};
use crate::{
    Object, Part, StoreError,
    part::{checksum, composite_checksum, sha256},
};

/// How much longer than another request S3 may take to put the parts together: it says that this may take minutes.
const COMPLETING: Duration = Duration::from_secs(240);
/// How many bytes of a part have a second more.
const BYTES_A_SECOND: u64 = 4 << 20;

impl S3 {
    /// Begins first and looks for others then: the SDK may have asked several times, and an upload whose id was not
    /// heard is found among the others.
    pub(crate) async fn begin(&self, object: &Object<'_>) -> Result<String, StoreError> {
        let answer = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(self.place(object.key))
            .content_type(object.content_type)
            .content_disposition(disposition(object))
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_type(ChecksumType::Composite)
            .send()
            .await
            .map_err(|error| Failure::of(&error).into_error())?;
        let Some(ours) = answer.upload_id else {
            return Err(StoreError::Unavailable("an answer that cannot be read".to_owned()));
        };
        let mut aborted = Ok(());
        match self.unfinished(object.key).await {
            Ok(uploads) => {
                for other in uploads.iter().filter(|other| **other != ours) {
                    aborted = aborted.and(self.abort(object.key, other).await);
                }
            }
            Err(error) => aborted = Err(error),
        }
        if let Err(error) = aborted {
            // Nobody will hear of it. If this fails as well, the next one to begin finds it.
            self.abort(object.key, &ours).await.ok();
            return Err(error);
        }
        Ok(ours)
    }

    pub(crate) async fn upload_part(
        &self,
        key: &str,
        upload_id: &str,
        number: i32,
        body: Bytes,
    ) -> Result<Part, StoreError> {
        let (size, sha256) = (body.len() as u64, sha256(&body));
        let answer = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(self.place(key))
            .upload_id(upload_id)
            .part_number(number)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_sha256(checksum(&sha256))
            .body(ByteStream::from(body))
            .customize()
            .config_override(self.patient(Duration::from_secs(size / BYTES_A_SECOND)))
            .send()
            .await
            .map_err(|error| Failure::of(&error).into_error())?;
        Ok(Part { number, size, sha256, etag: answer.e_tag })
    }

    pub(crate) async fn complete(&self, key: &str, upload_id: &str, parts: &[Part]) -> Result<(), StoreError> {
        let named = parts.iter().map(|part| {
            CompletedPart::builder()
                .part_number(part.number)
                .checksum_sha256(checksum(&part.sha256))
                .set_e_tag(part.etag.clone())
                .build()
        });
        let answer = self
            .client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(self.place(key))
            .upload_id(upload_id)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(named.collect())).build())
            .if_none_match("*")
            .customize()
            // Until it knows, S3 answers a blank now and then, which the SDK would take for a connection that is stuck.
            .config_override(
                self.patient(COMPLETING).stalled_stream_protection(StalledStreamProtectionConfig::disabled()),
            )
            .send()
            .await;
        let Err(error) = answer else { return Ok(()) };
        let failure = Failure::of(&error);
        if !matches!(failure, Failure::Taken | Failure::NoUpload) {
            return Err(failure.into_error());
        }
        // Whoever asks again after a lost answer hears that something is there, or that the upload is gone.
        match self.has(key, &composite_checksum(parts)).await? {
            Some(true) => {
                // Completed by another upload, this one would stay.
                self.abort(key, upload_id).await.ok();
                Ok(())
            }
            Some(false) => Err(StoreError::Exists),
            None => Err(StoreError::NoUpload),
        }
    }

    pub(crate) async fn abort(&self, key: &str, upload_id: &str) -> Result<(), StoreError> {
        let request = self.client.abort_multipart_upload().bucket(&self.bucket).key(self.place(key));
        match request.upload_id(upload_id).send().await {
            Ok(_) => Ok(()),
            Err(error) => match Failure::of(&error) {
                Failure::NoUpload => Ok(()),
                failure => Err(failure.into_error()),
            },
        }
    }

    pub(crate) async fn abandon(&self, key: &str) -> Result<(), StoreError> {
        let mut aborted = Ok(());
        for upload_id in self.unfinished(key).await? {
            aborted = aborted.and(self.abort(key, &upload_id).await);
        }
        aborted
    }

    /// The uploads of exactly this key that were neither completed nor aborted.
    async fn unfinished(&self, key: &str) -> Result<Vec<String>, StoreError> {
        let place = self.place(key);
        let (mut uploads, mut key_marker, mut id_marker) = (Vec::new(), None, None);
        loop {
            let answer = self
                .client
                .list_multipart_uploads()
                .bucket(&self.bucket)
                .prefix(&place)
                .set_key_marker(key_marker)
                .set_upload_id_marker(id_marker)
                .send()
                .await
                .map_err(|error| Failure::of(&error).into_error())?;
            let of_key = answer.uploads().iter().filter(|upload| upload.key() == Some(&place));
            uploads.extend(of_key.filter_map(|upload| upload.upload_id().map(str::to_owned)));
            if answer.is_truncated() != Some(true) {
                return Ok(uploads);
            }
            (key_marker, id_marker) = (answer.next_key_marker, answer.next_upload_id_marker);
        }
    }
}
