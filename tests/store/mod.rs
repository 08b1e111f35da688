//! Where exports lie, in a bucket: ministack's, reached by the AWS SDK over a wire on which things go wrong.

mod conflicts;
mod faults;
mod front;
mod lost;
mod requests;
mod written;

use std::{iter, time::Duration};

use ::store::{Object, Part, Store, StoreError};
use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_s3::{
    Client,
    config::{Credentials, SharedCredentialsProvider, StalledStreamProtectionConfig},
};
use bytes::Bytes;
use dev::ministack::{self, Ministack};

use self::front::Front;
pub(crate) use self::front::{Asked, Fault};
use crate::app::world;

pub(crate) const BUCKET: &str = "eleva-exports";
pub(crate) const URL: &str = "s3://eleva-exports/trail";
const KEY: &str = "exports/0b/audit-2026-10-01-2026-11-01-1a2b3c4d.jsonl.gz";
/// Where it is in the bucket.
const PLACE: &str = "trail/exports/0b/audit-2026-10-01-2026-11-01-1a2b3c4d.jsonl.gz";

/// How long the store waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// A store in a bucket of the test's own.
pub(crate) struct Bucket {
    store: Store,
    /// What the store takes for S3.
    front: Front,
    /// Speaks to the bucket directly.
    client: Client,
    _ministack: Ministack,
}

impl Bucket {
    pub(crate) async fn start(name: &str) -> Self {
        let ministack = world().start_ministack(name).await.expect("ministack starts");
        ministack.create_bucket(BUCKET).await.expect("a bucket is made");
        let front = Front::of(ministack.port()).await;
        let client = Client::new(&config(ministack.port()));
        Self { store: store_at(front.port()), front, client, _ministack: ministack }
    }

    /// An upload of `KEY` with these parts.
    async fn uploaded(&self, bodies: &[Bytes]) -> (String, Vec<Part>) {
        let upload = self.store.begin(&object(KEY)).await.expect("begun");
        let mut parts = Vec::new();
        for (number, body) in (1..).zip(bodies) {
            parts.push(self.store.upload_part(KEY, &upload, number, body.clone()).await.expect("written"));
        }
        (upload, parts)
    }

    async fn read(&self) -> Option<Bytes> {
        self.store.read(KEY, usize::MAX).await.expect("read")
    }

    /// The uploads that were neither completed nor aborted: their keys in the bucket.
    pub(crate) async fn unfinished(&self) -> Vec<String> {
        let answer = self.client.list_multipart_uploads().bucket(BUCKET).send().await.expect("a list");
        answer.uploads().iter().filter_map(|upload| upload.key().map(str::to_owned)).collect()
    }

    /// The port at which the bucket is taken for S3.
    pub(crate) fn port(&self) -> u16 {
        self.front.port()
    }

    /// Has something go wrong with the next request of this name.
    pub(crate) fn next(&self, operation: &'static str, fault: Fault) {
        self.front.next(operation, fault);
    }

    /// Whether all that was to go wrong did.
    pub(crate) fn has_failed(&self) -> bool {
        !self.front.has_faults()
    }

    /// What was asked of S3 since this was asked the last time.
    pub(crate) fn take_asked(&self) -> Vec<Asked> {
        self.front.take_asked()
    }

    /// The file at a place in the bucket.
    pub(crate) async fn fetch(&self, place: &str) -> Bytes {
        let answer = self.client.get_object().bucket(BUCKET).key(place).send().await.expect("the file");
        answer.body.collect().await.expect("its bytes").into_bytes()
    }

    /// How many versions of `KEY` there are. What is written twice has two.
    async fn versions(&self) -> usize {
        let answer = self.client.list_object_versions().bucket(BUCKET).prefix(PLACE).send().await.expect("a list");
        answer.versions().len()
    }
}

fn store_at(port: u16) -> Store {
    Store::with_config(&URL.parse().expect("a store's URL"), &config(port))
}

/// How an SDK speaks to the ministack on a port, if impatiently.
fn config(port: u16) -> SdkConfig {
    let [(_, endpoint), (_, id), (_, key), (_, token)] = ministack::environment(port);
    let credentials = Credentials::new(id, key, Some(token), None, "test");
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).build();
    let retries = RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(10));
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(timeouts)
        .retry_config(retries)
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(PATIENCE / 4).build())
        .build()
}

fn object(key: &str) -> Object<'_> {
    Object { key, content_type: "application/gzip", file_name: "audit-2026-10.jsonl.gz" }
}

/// A part that S3 takes for one that is not the last.
fn large(byte: u8) -> Bytes {
    iter::repeat_n(byte, 5 * 1024 * 1024).collect()
}

fn code<T>(result: Result<T, StoreError>) -> Result<T, &'static str> {
    result.map_err(|error| error.code())
}
