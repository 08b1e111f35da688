//! A connection that breaks when S3 has done what it was asked for. Nobody knows that it did, so it is asked again.

use bytes::Bytes;

use super::{Bucket, KEY, PLACE, code, front::Fault, object};

const ALL: [&str; 3] = ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"];

#[tokio::test]
async fn a_file_that_was_put_unheard_is_put_once() {
    let bucket = Bucket::start("store-lost-put").await;
    bucket.front.next("PutObject", Fault::CutAfter);
    bucket.store.put(&object(KEY), Bytes::from("one")).await.expect("put");
    assert_eq!(bucket.front.take_operations(), ["PutObject", "PutObject", "HeadObject"]);
    assert_eq!((bucket.read().await, bucket.versions().await), (Some(Bytes::from("one")), 1));

    bucket.front.next("PutObject", Fault::CutAfter);
    assert_eq!(code(bucket.store.put(&object(KEY), Bytes::from("two")).await), Err("store_exists"));
    bucket.front.next("PutObject", Fault::CutBefore);
    bucket.store.put(&object("exports/0b/b"), Bytes::from("one")).await.expect("put");
}

#[tokio::test]
async fn a_file_in_parts_is_whole_whichever_answer_is_lost() {
    let bucket = Bucket::start("store-lost-parts").await;
    for (operation, fault) in
        ALL.into_iter().flat_map(|operation| [Fault::CutBefore, Fault::CutAfter].map(|fault| (operation, fault)))
    {
        let key = format!("exports/{operation}/{fault:?}");
        bucket.front.next(operation, fault);
        let upload = bucket.store.begin(&object(&key)).await.expect("begun");
        let part = bucket.store.upload_part(&key, &upload, 1, Bytes::from("one")).await.expect("written");
        bucket.store.complete(&key, &upload, &[part]).await.expect("completed");
        assert_eq!(bucket.front.count_asked(operation), 2, "{key}");
        bucket.front.take_asked();
        assert_eq!(bucket.store.read(&key, 100).await, Ok(Some(Bytes::from("one"))), "{key}");
        assert_eq!(bucket.unfinished().await, [""; 0], "{key}");
    }
}

/// S3 forgets the id of an upload some time after it was completed. Whoever asks then hears that there is none.
#[tokio::test]
async fn an_upload_that_is_gone_because_it_was_completed_is_completed() {
    let bucket = Bucket::start("store-lost-complete").await;
    let (upload, parts) = bucket.uploaded(&[Bytes::from("one")]).await;
    bucket.front.next("CompleteMultipartUpload", Fault::CutAfter);
    bucket.front.next("CompleteMultipartUpload", Fault::Refused(404, "NoSuchUpload"));
    bucket.store.complete(KEY, &upload, &parts).await.expect("completed");
    let (other, parts) = bucket.uploaded(&[Bytes::from("two")]).await;
    bucket.front.next("CompleteMultipartUpload", Fault::Refused(404, "NoSuchUpload"));
    assert_eq!(code(bucket.store.complete(KEY, &other, &parts).await), Err("store_exists"), "by somebody else");
    assert_eq!((bucket.read().await, bucket.versions().await), (Some(Bytes::from("one")), 1));
}

#[tokio::test]
async fn an_upload_whose_id_nobody_heard_does_not_stay() {
    let bucket = Bucket::start("store-lost-begin").await;
    // As often as it is tried: each of them makes an upload.
    for _ in 0..4 {
        bucket.front.next("CreateMultipartUpload", Fault::CutAfter);
    }
    assert_eq!(code(bucket.store.begin(&object(KEY)).await), Err("store_unavailable"));
    assert_eq!(bucket.unfinished().await, [PLACE; 4]);
    bucket.front.next("CreateMultipartUpload", Fault::CutAfter);
    let (upload, parts) = bucket.uploaded(&[Bytes::from("one")]).await;
    bucket.store.complete(KEY, &upload, &parts).await.expect("completed");
    assert_eq!(bucket.unfinished().await, [""; 0]);
}
