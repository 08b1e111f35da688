//! Exports into a bucket, on days on which S3 fails in every way that it can (hardening D5): what comes of it is either
//! the export or a row that says why not, and never half of something.
//!
//! `tests::store` has what is asked of S3, request by request.

use std::{fs, time::Duration};

use dev::{lambda::Function, ministack};
use serde_json::json;
use uuid::Uuid;

use super::{
    Finished, finished, october, pass, queue, status,
    trail::{Rows, grow, organization},
    verified_by_python, worker,
};
use crate::{
    app::TestApp,
    store::{Asked, BUCKET, Bucket, Fault, URL},
};

/// Enough for several parts.
fn heavy() -> Rows {
    Rows { first: super::at("2026-09-30T00:00:00Z"), step: 1800, count: 1600, padding: 640 }
}

fn light() -> Rows {
    Rows { padding: 0, ..heavy() }
}

/// A worker whose store is the bucket.
fn worker_of(app: &TestApp, bucket: &Bucket) -> Function {
    let environment = ministack::environment(bucket.port());
    let mut settings = vec![("EXPORT_URL", URL), ("AWS_REGION", "eu-west-1")];
    settings.extend(environment.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    worker(app, &settings)
}

/// The export, with its files fetched from the bucket to where the others of this test are.
async fn fetched(app: &TestApp, bucket: &Bucket, id: Uuid) -> Finished {
    let export = finished(app, &app.owner().await, id).await;
    for path in [Some(&export.rows), export.left_out.as_ref(), Some(&export.manifest)].into_iter().flatten() {
        let key = path.strip_prefix(app.exports()).expect("below the folder").to_str().expect("UTF-8");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bucket.fetch(&format!("trail/{key}")).await).expect("a file");
    }
    export
}

#[tokio::test]
async fn d5_an_export_succeeds_whatever_happens_to_one_request() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, heavy()).await;
    let bucket = Bucket::start("export-requests").await;
    let worker = worker_of(&app, &bucket);
    for (operation, fault) in [
        ("CreateMultipartUpload", Fault::Refused(503, "SlowDown")),
        ("CreateMultipartUpload", Fault::CutAfter),
        ("UploadPart", Fault::Refused(500, "InternalError")),
        ("UploadPart", Fault::CutBefore),
        ("UploadPart", Fault::CutAfter),
        ("UploadPart", Fault::Late(Duration::from_secs(1))),
        ("CompleteMultipartUpload", Fault::CutAfter),
        ("CompleteMultipartUpload", Fault::Refused(503, "SlowDown")),
        ("PutObject", Fault::CutAfter),
        ("PutObject", Fault::Refused(500, "InternalError")),
    ] {
        let id = queue(&owner, org_id, &october("jsonl")).await;
        bucket.next(operation, fault);
        let answer = worker.invoke(json!({})).await.unwrap_or_else(|error| panic!("{operation} {fault:?}: {error}"));
        assert_eq!(answer, json!({"queued": 0, "done": 1}), "{operation} {fault:?}");
        verified_by_python(&fetched(&app, &bucket, id).await).await;
        assert!(bucket.has_failed(), "{operation} {fault:?} happened");
        assert_eq!(bucket.unfinished().await, Vec::<String>::new(), "{operation} {fault:?}");
    }
}

#[tokio::test]
async fn d5_what_s3_refuses_leaves_a_row_that_says_so_and_no_upload_once_it_is_over() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, heavy()).await;
    let bucket = Bucket::start("export-refused").await;
    let worker = worker_of(&app, &bucket);
    for operation in ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "PutObject"] {
        let id = queue(&owner, org_id, &october("csv")).await;
        bucket.next(operation, Fault::Refused(403, "AccessDenied"));
        worker.invoke(json!({})).await.expect_err("it fails");
        assert_eq!(status(&owner, id).await, ("queued".to_owned(), Some("store_denied".to_owned())), "{operation}");
        let done = "select object_key is null and manifest_key is null from audit_log_exports where id = $1";
        let nothing_shown: bool = owner.query_one(done, &[&id]).await.expect("the export").get(0);
        assert!(nothing_shown, "{operation}");
        pass(&owner, id).await;
        worker.invoke(json!({})).await.unwrap_or_else(|error| panic!("{operation}: {error}\n{}", worker.logs()));
        verified_by_python(&fetched(&app, &bucket, id).await).await;
        assert_eq!(bucket.unfinished().await, Vec::<String>::new(), "{operation}");
    }
    // Given up while its upload is half-way.
    let id = queue(&owner, org_id, &october("jsonl")).await;
    let last = "update audit_log_exports set attempt = 7 where id = $1";
    owner.execute(last, &[&id]).await.expect("it was tried before");
    bucket.next("UploadPart", Fault::Refused(403, "AccessDenied"));
    worker.invoke(json!({})).await.expect_err("it fails");
    assert_eq!(status(&owner, id).await, ("failed".to_owned(), Some("store_denied".to_owned())));
    assert_eq!(bucket.unfinished().await, Vec::<String>::new());
}

#[tokio::test]
async fn d5_what_arrives_changed_is_not_kept() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, light()).await;
    let bucket = Bucket::start("export-corrupted").await;
    let id = queue(&owner, org_id, &october("jsonl")).await;
    bucket.next("PutObject", Fault::Corrupted);
    let worker = worker_of(&app, &bucket);
    // Whether the first attempt or a later one of the SDK's gets through, what is there is what was sent.
    if worker.invoke(json!({})).await.is_err() {
        pass(&owner, id).await;
        worker.invoke(json!({})).await.unwrap_or_else(|error| panic!("{error}\n{}", worker.logs()));
    }
    assert!(bucket.has_failed());
    verified_by_python(&fetched(&app, &bucket, id).await).await;
}

#[tokio::test]
async fn d5_a_store_that_hangs_until_the_time_is_up_keeps_no_other_export_waiting() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, heavy()).await;
    let bucket = Bucket::start("export-hangs").await;
    let hanging = queue(&owner, org_id, &october("jsonl")).await;
    let other = queue(&owner, org_id, &october("csv")).await;
    bucket.next("UploadPart", Fault::Late(Duration::from_secs(120)));
    let worker = worker_of(&app, &bucket).with_timeout(Duration::from_secs(23));
    let answer = worker.invoke(json!({})).await.unwrap_or_else(|error| panic!("{error}\n{}", worker.logs()));
    assert_eq!((answer, bucket.has_failed()), (json!({"queued": 0, "done": 0}), true), "it was still able to say so");
    assert_eq!(status(&owner, hanging).await, ("queued".to_owned(), Some("interrupted".to_owned())));
    let waits = "
        select lease is null and attempt = 1 and next_attempt_at > now() + interval '30 seconds'
          from audit_log_exports
         where id = $1";
    assert!(owner.query_one(waits, &[&hanging]).await.expect("the export").get::<_, bool>(0), "it got nowhere");
    for id in [other, hanging] {
        pass(&owner, id).await;
        worker.invoke(json!({})).await.unwrap_or_else(|error| panic!("{error}\n{}", worker.logs()));
        verified_by_python(&fetched(&app, &bucket, id).await).await;
    }
    assert_eq!(bucket.unfinished().await, Vec::<String>::new());
}

#[tokio::test]
async fn each_part_is_larger_than_the_one_before() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, Rows { count: 3200, step: 800, ..heavy() }).await;
    let bucket = Bucket::start("export-parts").await;
    let id = queue(&owner, org_id, &october("jsonl")).await;
    worker_of(&app, &bucket).invoke(json!({})).await.expect("an export");
    let mut sizes: Vec<usize> = bucket.take_asked().iter().filter_map(Asked::part_size).collect();
    sizes.pop().expect("the last one, which is as large as it is");
    assert!(sizes.len() > 2, "{sizes:?}");
    for (number, size) in sizes.into_iter().enumerate() {
        assert!(size >= (8 << 20) + number * (64 << 10), "{number}: {size}");
    }
    verified_by_python(&fetched(&app, &bucket, id).await).await;
}

#[tokio::test]
async fn d5_every_file_is_sent_with_its_checksum_and_replaces_none() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, light()).await;
    let bucket = Bucket::start("export-small").await;
    queue(&owner, org_id, &october("jsonl")).await;
    worker_of(&app, &bucket).invoke(json!({})).await.expect("an export");
    let puts: Vec<_> = bucket.take_asked().into_iter().filter(|asked| asked.operation == "PutObject").collect();
    let kinds: Vec<&str> = puts.iter().map(|put| put.header("content-type")).collect();
    assert_eq!(kinds, ["application/gzip", "application/gzip", "application/json"], "rows, left out, manifest");
    for put in &puts {
        assert_eq!(put.header("if-none-match"), "*", "{}", put.path);
        assert!(!put.header("x-amz-checksum-sha256").is_empty(), "{}", put.path);
        let name = put.path.rsplit('/').next().expect("a name");
        assert_eq!(put.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        assert!(put.path.starts_with(&format!("/{BUCKET}/trail/exports/{org_id}/")), "{}", put.path);
    }
}
