//! S3 that fails, is slow, refuses, or hears something else than what was said.

use std::time::{Duration, Instant};

use ::store::StoreError;
use bytes::Bytes;
use tokio::time::sleep;

use super::{Bucket, KEY, PATIENCE, code, front::Fault, object, store_at};

/// What everything that can be asked of a store asks of S3.
const ALL: [&str; 8] = [
    "PutObject",
    "CreateMultipartUpload",
    "ListMultipartUploads",
    "UploadPart",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
    "GetObject",
    "ListObjectsV2",
];

/// Asks for what takes a request of this name.
async fn ask(bucket: &Bucket, operation: &str) -> Result<(), StoreError> {
    let key = format!("exports/0b/{operation}");
    let store = &bucket.store;
    match operation {
        "PutObject" => store.put(&object(&key), Bytes::from("one")).await,
        "GetObject" => store.read(&key, 100).await.map(|_| ()),
        "ListObjectsV2" => store.list(&key).await.map(|_| ()),
        _ => {
            let upload = store.begin(&object(&key)).await?;
            let part = store.upload_part(&key, &upload, 1, Bytes::from("one")).await?;
            match operation {
                "AbortMultipartUpload" => store.abort(&key, &upload).await,
                _ => store.complete(&key, &upload, &[part]).await,
            }
        }
    }
}

#[tokio::test]
async fn whoever_fails_or_throttles_is_asked_again() {
    let bucket = Bucket::start("store-fails").await;
    for operation in ALL {
        bucket.front.next(operation, Fault::Refused(500, "InternalError"));
        bucket.front.next(operation, Fault::Refused(503, "SlowDown"));
        bucket.front.next(operation, Fault::CutBefore);
        assert_eq!(ask(&bucket, operation).await, Ok(()), "{operation}");
        assert_eq!(bucket.front.count_asked(operation), 4, "{operation}");
        bucket.front.take_asked();
    }
}

#[tokio::test]
async fn whoever_keeps_failing_is_left_and_it_is_said_that_it_may_pass() {
    let bucket = Bucket::start("store-down").await;
    for _ in 0..4 {
        bucket.front.next("PutObject", Fault::Refused(503, "SlowDown"));
    }
    let error = bucket.store.put(&object(KEY), Bytes::from("one")).await.expect_err("it is down");
    assert_eq!(error, StoreError::Unavailable("SlowDown".to_owned()));
    assert_eq!(bucket.front.take_operations(), ["PutObject"; 4]);
    let nobody = store_at(dev::ports::find_free().expect("a port"));
    let error = nobody.put(&object(KEY), Bytes::from("one")).await.expect_err("nobody is there");
    assert_eq!(error, StoreError::Unavailable("no connection".to_owned()));
}

#[tokio::test]
async fn who_is_slow_is_waited_for_and_who_does_not_answer_is_asked_again() {
    let bucket = Bucket::start("store-slow").await;
    bucket.front.next("UploadPart", Fault::Late(PATIENCE / 2));
    ask(&bucket, "UploadPart").await.expect("written");
    assert_eq!(bucket.front.count_asked("UploadPart"), 1);
    bucket.front.next("PutObject", Fault::Late(PATIENCE * 2));
    let started = Instant::now();
    bucket.store.put(&object(KEY), Bytes::from("one")).await.expect("put");
    assert!(started.elapsed() >= PATIENCE, "the first went unanswered");
    assert_eq!(bucket.front.count_asked("PutObject"), 2);
    // What went unanswered comes to S3 after all.
    sleep(PATIENCE + Duration::from_secs(1)).await;
    assert_eq!((bucket.read().await, bucket.versions().await), (Some(Bytes::from("one")), 1));
}

#[tokio::test]
async fn what_changed_on_its_way_is_not_kept() {
    let bucket = Bucket::start("store-corrupted").await;
    bucket.front.next("PutObject", Fault::Corrupted);
    assert_eq!(code(ask(&bucket, "PutObject").await), Err("store_unavailable"));
    assert_eq!(bucket.store.list("").await, Ok(Vec::new()));
    ask(&bucket, "PutObject").await.expect("put");
    let upload = bucket.store.begin(&object(KEY)).await.expect("begun");
    bucket.front.next("UploadPart", Fault::Corrupted);
    assert_eq!(code(bucket.store.upload_part(KEY, &upload, 1, Bytes::from("one")).await), Err("store_unavailable"));
    let part = bucket.store.upload_part(KEY, &upload, 1, Bytes::from("one")).await.expect("written");
    bucket.store.complete(KEY, &upload, &[part]).await.expect("completed");
    assert_eq!(bucket.read().await, Some(Bytes::from("one")));
}

#[tokio::test]
async fn who_may_not_is_told_so_once_and_without_aws_s_words() {
    let bucket = Bucket::start("store-denied").await;
    for operation in ALL {
        bucket.front.next(operation, Fault::Refused(403, "AccessDenied"));
        let error = ask(&bucket, operation).await.expect_err(operation);
        assert_eq!(error, StoreError::Denied("AccessDenied".to_owned()), "{operation}");
        assert_eq!(error.to_string(), "it is refused: AccessDenied");
        assert_eq!(bucket.front.count_asked(operation), 1, "{operation}");
        bucket.front.take_asked();
    }
    // An upload that was begun and may not look for others is given up.
    assert!(!bucket.unfinished().await.iter().any(|key| key.ends_with("ListMultipartUploads")));
    // What is there may not be looked at: nobody knows whether it is the same.
    ask(&bucket, "PutObject").await.expect("put");
    bucket.front.next("HeadObject", Fault::Refused(403, "AccessDenied"));
    assert_eq!(ask(&bucket, "PutObject").await, Err(StoreError::Denied("AccessDenied".to_owned())));
}
