//! What exactly S3 is asked. A bucket with Object Lock refuses what has no checksum. ministack looks after locks of
//! objects that are put and not of those that come in parts, nor does it ask for checksums: so the requests themselves
//! are held here.

use std::time::Duration;

use ::store::{Link, Store};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use url::Url;

use super::{BUCKET, Bucket, KEY, PLACE, front::Asked, large, object};

const DISPOSITION: &str = "attachment; filename=\"audit-2026-10.jsonl.gz\"";

fn checksum(body: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(body))
}

/// What a request that says what the file is says.
fn assert_describes(asked: &Asked) {
    assert_eq!(asked.path, format!("/{BUCKET}/{PLACE}"));
    assert_eq!(asked.header("content-type"), "application/gzip");
    assert_eq!(asked.header("content-disposition"), DISPOSITION);
    // What key encrypts, how long is kept and who may read is the bucket's own business.
    let decided = ["x-amz-server-side-encryption", "x-amz-object-lock-mode", "x-amz-acl", "x-amz-storage-class"];
    assert!(decided.iter().all(|name| asked.header(name).is_empty()), "{asked:?}");
}

fn assert_hashed(asked: &Asked) {
    assert_eq!(asked.header("x-amz-checksum-sha256"), checksum(&asked.body), "{asked:?}");
    assert_eq!(asked.header("x-amz-sdk-checksum-algorithm"), "SHA256");
    assert!(asked.header("transfer-encoding").is_empty() && asked.header("x-amz-trailer").is_empty(), "{asked:?}");
}

#[tokio::test]
async fn a_file_that_is_put_says_what_it_hashes_to_and_replaces_nothing() {
    let bucket = Bucket::start("store-put").await;
    bucket.store.put(&object(KEY), Bytes::from("{}")).await.expect("put");
    let asked = bucket.front.take_asked();
    assert_eq!(asked.iter().map(|asked| asked.operation).collect::<Vec<_>>(), ["PutObject"]);
    assert_describes(&asked[0]);
    assert_hashed(&asked[0]);
    assert_eq!((asked[0].header("if-none-match"), &asked[0].body), ("*", &Bytes::from("{}")));
}

#[tokio::test]
async fn a_file_in_parts_says_what_each_part_hashes_to_and_replaces_nothing() {
    let bucket = Bucket::start("store-parts").await;
    let bodies = [large(1), Bytes::from("the end")];
    let (upload, parts) = bucket.uploaded(&bodies).await;
    bucket.store.complete(KEY, &upload, &parts).await.expect("completed");
    let asked = bucket.front.take_asked();
    let operations = asked.iter().map(|asked| asked.operation).collect::<Vec<_>>();
    let expected = ["CreateMultipartUpload", "ListMultipartUploads", "UploadPart", "UploadPart"];
    assert_eq!(operations, [&expected[..], &["CompleteMultipartUpload"]].concat());
    assert_describes(&asked[0]);
    assert_eq!(asked[0].header("x-amz-checksum-algorithm"), "SHA256");
    assert_eq!(asked[0].header("x-amz-checksum-type"), "COMPOSITE");
    for (asked, body) in asked[2..4].iter().zip(&bodies) {
        assert_hashed(asked);
        assert_eq!(&asked.body, body);
    }
    assert_eq!(asked[4].header("if-none-match"), "*");
    let named = String::from_utf8(asked[4].body.to_vec()).expect("XML");
    for (number, body) in (1..).zip(&bodies) {
        let part = named.split("<Part>").nth(number).expect("a part");
        assert!(part.contains(&format!("<PartNumber>{number}</PartNumber>")), "{named}");
        assert!(part.contains(&format!("<ChecksumSHA256>{}</ChecksumSHA256>", checksum(body))), "{named}");
        assert!(part.contains("<ETag>"), "{named}");
    }
    assert_eq!(named.matches("<Part>").count(), 2);
}

/// A link to `KEY` for so long.
async fn link(store: &Store, seconds: u64) -> Url {
    match store.link(KEY, Duration::from_secs(seconds)).await.expect("a link") {
        Link::Url(url) => url.parse().expect("a URL"),
        Link::File(path) => panic!("{} is no URL", path.display()),
    }
}

#[tokio::test]
async fn a_link_saves_the_file_without_credentials_until_it_ends() {
    let bucket = Bucket::start("store-link").await;
    bucket.store.put(&object(KEY), Bytes::from("the trail")).await.expect("put");
    bucket.front.take_asked();
    let five_minutes = link(&bucket.store, 300).await;
    assert_eq!(bucket.front.take_operations(), [""; 0], "S3 is not asked for it");
    let parameter = |name: &str| five_minutes.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value);
    assert_eq!(parameter("X-Amz-Expires").as_deref(), Some("300"));
    assert_eq!(parameter("X-Amz-SignedHeaders").as_deref(), Some("host"), "no header that a browser would not send");

    let answer = reqwest::get(five_minutes.clone()).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-disposition"], DISPOSITION);
    assert_eq!(answer.headers()["content-type"], "application/gzip");
    assert_eq!(answer.bytes().await.expect("a body"), "the trail");

    let elsewhere = five_minutes.as_str().replace("1a2b3c4d", "1a2b3c4e");
    assert_eq!(reqwest::get(elsewhere).await.expect("an answer").status(), 403, "it leads to one file");
    let longer = five_minutes.as_str().replace("X-Amz-Expires=300", "X-Amz-Expires=3000");
    assert_eq!(reqwest::get(longer).await.expect("an answer").status(), 403, "its lifetime is signed");
    let short = link(&bucket.store, 1).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(reqwest::get(short).await.expect("an answer").status(), 403, "it has ended");
    let error = bucket.store.link(KEY, Duration::from_secs(8 * 24 * 3600)).await.expect_err("longer than a week");
    assert_eq!(error.code(), "store_denied");
}
