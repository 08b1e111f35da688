//! Requests that are in another one's way, and answers that are begun before S3 knows what they are.

use std::time::Duration;

use ::store::StoreError;
use bytes::Bytes;

use super::{Bucket, KEY, PATIENCE, front::Fault, object};

/// What S3 says to a request that is in another one's way. That something is there, it says by another status.
const CONFLICTS: [(&str, &str); 5] = [
    ("PutObject", "ConditionalRequestConflict"),
    ("CreateMultipartUpload", "OperationAborted"),
    ("UploadPart", "OperationAborted"),
    ("CompleteMultipartUpload", "ConditionalRequestConflict"),
    ("AbortMultipartUpload", "OperationAborted"),
];

async fn ask(bucket: &Bucket, operation: &str) -> Result<(), StoreError> {
    let store = &bucket.store;
    if operation == "PutObject" {
        return store.put(&object(KEY), Bytes::from("one")).await;
    }
    let upload = store.begin(&object(KEY)).await?;
    let part = store.upload_part(KEY, &upload, 1, Bytes::from("one")).await?;
    match operation {
        "AbortMultipartUpload" => store.abort(KEY, &upload).await,
        _ => store.complete(KEY, &upload, &[part]).await,
    }
}

#[tokio::test]
async fn who_is_in_another_s_way_asks_again_and_does_not_take_it_for_a_file_that_is_there() {
    for (operation, code) in CONFLICTS {
        let bucket = Bucket::start(&format!("store-conflict-{}", operation.to_lowercase())).await;
        for _ in 0..4 {
            bucket.front.next(operation, Fault::Refused(409, code));
        }
        assert_eq!(ask(&bucket, operation).await, Err(StoreError::Unavailable(code.to_owned())), "{operation}");
        assert_eq!(bucket.front.count_asked(operation), 4, "{operation}");
        assert_eq!(bucket.read().await, None, "{operation}");
        bucket.front.next(operation, Fault::Refused(409, code));
        assert_eq!(ask(&bucket, operation).await, Ok(()), "{operation}");
    }
}

#[tokio::test]
async fn an_upload_that_is_gone_with_the_conflict_is_to_be_begun_anew() {
    let bucket = Bucket::start("store-conflict-gone").await;
    let (upload, parts) = bucket.uploaded(&[Bytes::from("one")]).await;
    bucket.store.abort(KEY, &upload).await.expect("S3 ends it");
    bucket.front.next("CompleteMultipartUpload", Fault::Refused(409, "ConditionalRequestConflict"));
    assert_eq!(bucket.store.complete(KEY, &upload, &parts).await, Err(StoreError::NoUpload));
    assert_eq!(bucket.front.count_asked("CompleteMultipartUpload"), 2);
}

#[tokio::test]
async fn an_error_in_an_answer_that_began_well_is_one() {
    let bucket = Bucket::start("store-error-in-200").await;
    let (upload, parts) = bucket.uploaded(&[Bytes::from("one")]).await;
    for _ in 0..4 {
        bucket.front.next("CompleteMultipartUpload", Fault::Refused(200, "InternalError"));
    }
    let failed = bucket.store.complete(KEY, &upload, &parts).await;
    assert_eq!(failed, Err(StoreError::Unavailable("InternalError".to_owned())));
    assert_eq!((bucket.front.count_asked("CompleteMultipartUpload"), bucket.read().await), (4, None));
    bucket.front.next("CompleteMultipartUpload", Fault::Refused(200, "InternalError"));
    bucket.store.complete(KEY, &upload, &parts).await.expect("completed");
    assert_eq!(bucket.read().await, Some(Bytes::from("one")));
}

#[tokio::test]
async fn whoever_puts_parts_together_has_longer_than_others() {
    let bucket = Bucket::start("store-completing").await;
    for (number, fault) in [Fault::Late(PATIENCE * 2), Fault::Blanks(PATIENCE * 2)].into_iter().enumerate() {
        let key = format!("exports/0b/{number}");
        let upload = bucket.store.begin(&object(&key)).await.expect("begun");
        let part = bucket.store.upload_part(&key, &upload, 1, Bytes::from("one")).await.expect("written");
        bucket.front.take_asked();
        bucket.front.next("CompleteMultipartUpload", fault);
        let started = std::time::Instant::now();
        bucket.store.complete(&key, &upload, &[part]).await.expect("completed");
        assert!(started.elapsed() >= Duration::from_secs(3), "{fault:?}");
        assert_eq!(bucket.front.take_operations(), ["CompleteMultipartUpload"], "{fault:?}");
    }
}
