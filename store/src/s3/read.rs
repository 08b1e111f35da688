//! What is there, and links to it.

use std::time::Duration;

use aws_sdk_s3::{presigning::PresigningConfig, types::ChecksumMode};
use bytes::{Bytes, BytesMut};

use super::{S3, failure::Failure};
use crate::StoreError;

impl S3 {
    pub(crate) async fn read(&self, key: &str, most: usize) -> Result<Option<Bytes>, StoreError> {
        let request = self.client.get_object().bucket(&self.bucket).key(self.place(key));
        let mut answer = match request.checksum_mode(ChecksumMode::Enabled).send().await {
            Ok(answer) => answer,
            Err(error) => {
                return match Failure::of(&error) {
                    Failure::NoFile => Ok(None),
                    failure => Err(failure.into_error()),
                };
            }
        };
        let mut bytes = BytesMut::new();
        loop {
            match answer.body.try_next().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > most => {
                    return Err(StoreError::Denied(format!("the file has more than {most} bytes")));
                }
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => return Ok(Some(bytes.freeze())),
                // It broke off, or is not what was stored.
                Err(_) => return Err(StoreError::Unavailable("an answer that cannot be read".to_owned())),
            }
        }
    }

    pub(crate) async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let mut pages =
            self.client.list_objects_v2().bucket(&self.bucket).prefix(self.place(prefix)).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Failure::of(&error).into_error())?;
            let places = page.contents().iter().filter_map(|object| object.key());
            keys.extend(places.filter_map(|place| place.strip_prefix(&self.prefix)).map(str::to_owned));
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// A URL that reads the file without credentials. It is made here: S3 is not asked.
    pub(crate) async fn link(&self, key: &str, lifetime: Duration) -> Result<String, StoreError> {
        let lifetime = PresigningConfig::expires_in(lifetime)
            .map_err(|_| StoreError::Denied("a link lasts a week at most".to_owned()))?;
        let request = self.client.get_object().bucket(&self.bucket).key(self.place(key));
        let request = request.presigned(lifetime).await.map_err(|error| Failure::of(&error).into_error())?;
        Ok(request.uri().to_owned())
    }
}
