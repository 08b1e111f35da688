//! Where exports and checkpoints lie: a bucket of S3, or a folder on a developer's machine.
//!
//! What is written is never overwritten, and all of it says what it hashes to, so that a bucket with Object Lock takes
//! it and nothing is kept that was corrupted on its way. Writing may be repeated, whatever was heard of the first time:
//! an answer that is lost does not make a failure of a file that is there. Keys have no person's name in them; the
//! bucket's default encryption decides which KMS key is used.

mod error;
mod folder;
mod key;
mod part;
mod s3;

use std::{path::PathBuf, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig};
use bytes::Bytes;
use eleva::settings::StoreUrl;

use crate::{folder::Folder, s3::S3};

pub use crate::{error::StoreError, part::Part};

/// Where files lie by their keys. Cloned, it is the same one.
#[derive(Clone)]
pub struct Store(Backend);

#[derive(Clone)]
enum Backend {
    S3(S3),
    Folder(Folder),
}

/// What a file is, besides its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// Where it lies: segments of letters, digits and `- _ .`, by slashes. None begins with a dot.
    pub key: &'a str,
    /// Its media type.
    pub content_type: &'a str,
    /// What it is to be called by who downloads it, of what a segment of a key may have.
    pub file_name: &'a str,
}

/// Where a file can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Anybody may who has this URL, for a while. It is as secret as what it leads to.
    Url(String),
    /// On this machine.
    File(PathBuf),
}

impl Store {
    /// The store of the setting EXPORT_URL, with the region and the credentials of the function's role. Nothing is
    /// asked of it yet.
    pub async fn new(url: &StoreUrl) -> Self {
        match url {
            StoreUrl::S3 { .. } => {
                let config = aws_config::defaults(BehaviorVersion::latest())
                    .timeout_config(s3::timeouts())
                    .retry_config(s3::retries())
                    .load()
                    .await;
                Self::with_config(url, &config)
            }
            StoreUrl::Folder(_) => Self::with_config(url, &SdkConfig::builder().build()),
        }
    }

    /// The same with a region, credentials, an endpoint, timeouts and retries that do not come from the environment.
    pub fn with_config(url: &StoreUrl, config: &SdkConfig) -> Self {
        Self(match url {
            StoreUrl::S3 { bucket, prefix } => Backend::S3(S3::new(bucket, prefix, config)),
            StoreUrl::Folder(path) => Backend::Folder(Folder::new(path)),
        })
    }

    /// Writes a small file at once.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`] when another one is there. With the same bytes it is not an error.
    pub async fn put(&self, object: &Object<'_>, body: Bytes) -> Result<(), StoreError> {
        key::check_object(object)?;
        match &self.0 {
            Backend::S3(s3) => s3.put(object, body).await,
            Backend::Folder(folder) => folder.put(object.key, body).await,
        }
    }

    /// Begins a file that is written in parts, and gives the id of the upload. Nothing is to be seen at the key until
    /// [`Store::complete`]. Every other upload of this key that was not completed is aborted.
    pub async fn begin(&self, object: &Object<'_>) -> Result<String, StoreError> {
        key::check_object(object)?;
        match &self.0 {
            Backend::S3(s3) => s3.begin(object).await,
            Backend::Folder(folder) => folder.begin(object.key).await,
        }
    }

    /// Writes a part, from 1 to 10,000. S3 wants each but the last to have 5 MiB at least. Written again, it replaces
    /// the one of that number.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoUpload`] when the upload was completed or aborted.
    pub async fn upload_part(&self, key: &str, upload_id: &str, number: i32, body: Bytes) -> Result<Part, StoreError> {
        key::check(key)?;
        part::check_number(number)?;
        match &self.0 {
            Backend::S3(s3) => s3.upload_part(key, upload_id, number, body).await,
            Backend::Folder(folder) => folder.upload_part(key, upload_id, number, body).await,
        }
    }

    /// Makes the parts, in the order of their numbers, the file.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`] when another one is there; with the same bytes, in the same parts, it is not an error.
    /// [`StoreError::NoUpload`] when the upload is gone, or has no such part, and nothing is at the key.
    pub async fn complete(&self, key: &str, upload_id: &str, parts: &[Part]) -> Result<(), StoreError> {
        key::check(key)?;
        part::check_order(parts)?;
        match &self.0 {
            Backend::S3(s3) => s3.complete(key, upload_id, parts).await,
            Backend::Folder(folder) => folder.complete(key, upload_id, parts).await,
        }
    }

    /// Gives an upload up. One that is gone already is not an error.
    pub async fn abort(&self, key: &str, upload_id: &str) -> Result<(), StoreError> {
        key::check(key)?;
        match &self.0 {
            Backend::S3(s3) => s3.abort(key, upload_id).await,
            Backend::Folder(folder) => folder.abort(key, upload_id).await,
        }
    }

    /// Gives every upload of this key up that was not completed, whether its id is known or not.
    pub async fn abandon(&self, key: &str) -> Result<(), StoreError> {
        key::check(key)?;
        match &self.0 {
            Backend::S3(s3) => s3.abandon(key).await,
            Backend::Folder(folder) => folder.abandon(key).await,
        }
    }

    /// The bytes of a file, or `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Denied`] when it has more than `most` bytes.
    pub async fn read(&self, key: &str, most: usize) -> Result<Option<Bytes>, StoreError> {
        key::check(key)?;
        match &self.0 {
            Backend::S3(s3) => s3.read(key, most).await,
            Backend::Folder(folder) => folder.read(key, most).await,
        }
    }

    /// The keys that begin with `prefix`, sorted by their bytes.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        key::check_prefix(prefix)?;
        match &self.0 {
            Backend::S3(s3) => s3.list(prefix).await,
            Backend::Folder(folder) => folder.list(prefix).await,
        }
    }

    /// Where a file can be read, for as long as `lifetime` and the role's own credentials last. Whether there is one is
    /// not looked at.
    pub async fn link(&self, key: &str, lifetime: Duration) -> Result<Link, StoreError> {
        key::check(key)?;
        match &self.0 {
            Backend::S3(s3) => s3.link(key, lifetime).await.map(Link::Url),
            Backend::Folder(folder) => Ok(Link::File(folder.path(key))),
        }
    }
}
