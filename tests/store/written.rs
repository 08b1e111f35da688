//! What is written is there as it was written, and nothing replaces it.

use ::store::StoreError;
use bytes::Bytes;

use super::{BUCKET, Bucket, KEY, PLACE, code, front::Fault, large, object};

#[tokio::test]
async fn what_is_written_is_read_and_listed() {
    let bucket = Bucket::start("store-written").await;
    assert_eq!((bucket.read().await, bucket.store.list("").await), (None, Ok(Vec::new())));
    let days: Vec<String> = (1..=5).map(|day| format!("checkpoints/2026/11/0{day}.json")).collect();
    for day in days.iter().rev() {
        bucket.store.put(&object(day), Bytes::from(day.clone())).await.expect("put");
    }
    let (upload, parts) = bucket.uploaded(&[large(1), Bytes::from("the end")]).await;
    assert_eq!(bucket.read().await, None, "it is not complete");
    bucket.store.complete(KEY, &upload, &parts).await.expect("completed");
    assert_eq!(bucket.read().await, Some([large(1), Bytes::from("the end")].concat().into()));
    assert_eq!(code(bucket.store.read(KEY, 100).await), Err("store_denied"), "it is longer");
    assert_eq!(bucket.store.list("checkpoints/2026/").await, Ok(days), "over several pages");
    assert_eq!(bucket.store.list("exports/").await, Ok(vec![KEY.to_owned()]));
    assert_eq!(bucket.store.list("").await.map(|keys| keys.len()), Ok(6));
}

#[tokio::test]
async fn nothing_is_overwritten_and_the_same_again_is_no_failure() {
    let bucket = Bucket::start("store-again").await;
    for _ in 0..2 {
        bucket.store.put(&object(KEY), Bytes::from("one")).await.expect("put");
    }
    assert_eq!(bucket.store.put(&object(KEY), Bytes::from("two")).await, Err(StoreError::Exists));
    let (upload, parts) = bucket.uploaded(&[Bytes::from("three")]).await;
    assert_eq!(bucket.store.complete(KEY, &upload, &parts).await, Err(StoreError::Exists));
    assert_eq!((bucket.read().await, bucket.versions().await), (Some(Bytes::from("one")), 1));
}

#[tokio::test]
async fn parts_that_make_what_is_there_are_no_failure_and_leave_nothing() {
    let bucket = Bucket::start("store-parts-again").await;
    for _ in 0..2 {
        let (upload, parts) = bucket.uploaded(&[large(1), large(2)]).await;
        bucket.store.complete(KEY, &upload, &parts).await.expect("completed");
        bucket.store.complete(KEY, &upload, &parts).await.expect("completed again");
    }
    let (upload, parts) = bucket.uploaded(&[large(1), large(3)]).await;
    assert_eq!(bucket.store.complete(KEY, &upload, &parts).await, Err(StoreError::Exists));
    bucket.store.abort(KEY, &upload).await.expect("aborted");
    bucket.store.abort(KEY, &upload).await.expect("it is gone already");
    let error = bucket.store.upload_part(KEY, &upload, 3, Bytes::new()).await.expect_err("it is gone");
    assert_eq!(error, StoreError::NoUpload);
    assert_eq!((bucket.versions().await, bucket.unfinished().await), (1, Vec::<String>::new()));
}

#[tokio::test]
async fn of_two_at_once_one_wins_and_with_the_same_bytes_both_do() {
    let bucket = Bucket::start("store-at-once").await;
    let put = |key: &'static str, body: &'static str| {
        let store = bucket.store.clone();
        async move { store.put(&object(key), Bytes::from(body)).await }
    };
    let (one, other) = tokio::join!(put("same", "one"), put("same", "one"));
    assert_eq!((one, other), (Ok(()), Ok(())));
    let (one, other) = tokio::join!(put("different", "one"), put("different", "other"));
    let there = bucket.store.read("different", 100).await.expect("read").expect("a file");
    let expected = |body: &str| if there == body { Ok(()) } else { Err(StoreError::Exists) };
    assert_eq!((one, other), (expected("one"), expected("other")));
    assert!(there == "one" || there == "other", "{there:?}");
}

#[tokio::test]
async fn a_part_that_is_not_there_makes_no_file() {
    let bucket = Bucket::start("store-no-part").await;
    let (upload, parts) = bucket.uploaded(&[Bytes::from("one")]).await;
    let mut of_other_bytes = parts.clone();
    of_other_bytes[0].sha256 = [0; 32];
    let mut of_other_number = parts.clone();
    of_other_number[0].number = 2;
    for wrong in [of_other_bytes, of_other_number] {
        assert_eq!(bucket.store.complete(KEY, &upload, &wrong).await, Err(StoreError::NoUpload), "{wrong:?}");
    }
    assert_eq!(bucket.read().await, None);
    bucket.store.complete(KEY, &upload, &parts).await.expect("completed");
}

#[tokio::test]
async fn beginning_aborts_what_was_begun_at_exactly_that_key() {
    let bucket = Bucket::start("store-begin").await;
    let longer = format!("{KEY}.b");
    let neighbor = bucket.store.begin(&object(&longer)).await.expect("begun");
    // Of another release, or of a worker that is dead: more than one page of them.
    for _ in 0..5 {
        bucket.client.create_multipart_upload().bucket(BUCKET).key(PLACE).send().await.expect("begun");
    }
    bucket.front.take_asked();
    let (upload, parts) = bucket.uploaded(&[Bytes::from("one")]).await;
    assert_eq!(bucket.front.count_asked("ListMultipartUploads"), 4, "seven uploads in pages of two");
    assert_eq!(bucket.front.count_asked("AbortMultipartUpload"), 5);
    assert_eq!(bucket.unfinished().await, [PLACE, &format!("{PLACE}.b")]);
    bucket.store.complete(KEY, &upload, &parts).await.expect("completed");
    bucket.store.abort(&longer, &neighbor).await.expect("it was still there");
    assert_eq!(bucket.unfinished().await, [""; 0]);
}

#[tokio::test]
async fn abandoning_ends_every_upload_of_exactly_that_key_and_no_file() {
    let bucket = Bucket::start("store-abandon").await;
    bucket.store.put(&object(KEY), Bytes::from("one")).await.expect("put");
    bucket.store.begin(&object(&format!("{KEY}.b"))).await.expect("begun");
    for _ in 0..3 {
        bucket.client.create_multipart_upload().bucket(BUCKET).key(PLACE).send().await.expect("begun");
    }
    // One that does not end does not keep the others.
    bucket.front.next("AbortMultipartUpload", Fault::Refused(403, "AccessDenied"));
    assert_eq!(code(bucket.store.abandon(KEY).await), Err("store_denied"));
    assert_eq!(bucket.unfinished().await, [PLACE, &format!("{PLACE}.b")]);
    for _ in 0..2 {
        assert_eq!(bucket.store.abandon(KEY).await, Ok(()));
        assert_eq!(bucket.unfinished().await, [format!("{PLACE}.b")]);
    }
    assert_eq!(bucket.read().await, Some(Bytes::from("one")));
}
