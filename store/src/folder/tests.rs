use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use eleva::settings::StoreUrl;
use tempfile::TempDir;

use crate::{Link, Object, Part, Store, StoreError};

const KEY: &str = "exports/a/audit.jsonl.gz";

/// A store in a folder that is not there yet, and that folder.
fn store() -> (Store, PathBuf, TempDir) {
    let parent = TempDir::new().expect("a folder");
    let root = parent.path().join("exports");
    let url = StoreUrl::Folder(root.clone());
    (Store::with_config(&url, &aws_config::SdkConfig::builder().build()), root, parent)
}

fn object(key: &str) -> Object<'_> {
    Object { key, content_type: "application/gzip", file_name: "audit.jsonl.gz" }
}

/// An upload of `KEY` with these parts.
async fn uploaded(store: &Store, bodies: &[&'static str]) -> (String, Vec<Part>) {
    let upload = store.begin(&object(KEY)).await.expect("begun");
    let mut parts = Vec::new();
    for (number, body) in (1..).zip(bodies) {
        parts.push(store.upload_part(KEY, &upload, number, Bytes::from(*body)).await.expect("written"));
    }
    (upload, parts)
}

async fn read(store: &Store) -> Option<Bytes> {
    store.read(KEY, 100).await.expect("read")
}

/// Where an upload of `KEY` is.
fn place(root: &Path, upload: &str) -> PathBuf {
    root.join(".uploads").join(format!("{}-{upload}", super::mark(KEY)))
}

/// How many uploads and files there are that nobody completed.
fn left_behind(root: &Path) -> usize {
    fs::read_dir(root.join(".uploads")).expect("a folder").count()
}

#[tokio::test]
async fn what_is_put_is_read_and_listed_by_us_alone() {
    let (store, root, _parent) = store();
    assert_eq!((read(&store).await, store.list("").await), (None, Ok(Vec::new())));
    for key in [KEY, "checkpoints/2026/11/02.json", "checkpoints/2026/11/01.json", "checkpoints/2025/11/01.json"] {
        store.put(&object(key), Bytes::from(key.to_owned())).await.expect("put");
    }
    assert_eq!(read(&store).await, Some(Bytes::from(KEY)));
    assert_eq!(store.read(KEY, KEY.len() - 1).await.map_err(|error| error.code()), Err("store_denied"));
    assert_eq!(store.read("exports/a", 100).await, Ok(None), "a folder is no file");
    assert_eq!(store.read("exports/a/audit.jsonl.gz/b", 100).await, Ok(None), "nor is a file a folder");
    let days = ["checkpoints/2026/11/01.json", "checkpoints/2026/11/02.json"].map(str::to_owned);
    assert_eq!(store.list("checkpoints/2026/").await, Ok(days.to_vec()));
    assert_eq!(store.list("checkpoints/20").await.map(|keys| keys.len()), Ok(3));
    assert_eq!(store.list("nothing/").await, Ok(Vec::new()));
    assert_eq!(store.link(KEY, Duration::from_secs(1)).await, Ok(Link::File(root.join(KEY))));
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&root), mode(&root.join("exports/a")), mode(&root.join(KEY))), (0o700, 0o700, 0o600));
}

#[tokio::test]
async fn parts_are_nothing_until_they_are_the_file() {
    let (store, root, _parent) = store();
    let (upload, mut parts) = uploaded(&store, &["one ", "two ", "three"]).await;
    assert_eq!((read(&store).await, store.list("").await), (None, Ok(Vec::new())));
    parts[1] = store.upload_part(KEY, &upload, 2, Bytes::from("zwei ")).await.expect("written again");
    store.complete(KEY, &upload, &parts).await.expect("completed");
    assert_eq!(read(&store).await, Some(Bytes::from("one zwei three")));
    assert_eq!(left_behind(&root), 0);
    store.complete(KEY, &upload, &parts).await.expect("whoever asks again is told the same");
    assert_eq!(store.complete(KEY, &upload, &parts[..2]).await, Err(StoreError::Exists));
    assert_eq!(store.upload_part(KEY, &upload, 4, Bytes::new()).await, Err(StoreError::NoUpload));
    let mode = fs::metadata(root.join(KEY)).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let (store, root, _parent) = store();
    store.put(&object(KEY), Bytes::from("one")).await.expect("put");
    store.put(&object(KEY), Bytes::from("one")).await.expect("the same again");
    for other in ["", "on", "one ", "two"] {
        assert_eq!(store.put(&object(KEY), Bytes::from(other)).await, Err(StoreError::Exists), "{other}");
        let (upload, parts) = uploaded(&store, &[other]).await;
        assert_eq!(store.complete(KEY, &upload, &parts).await, Err(StoreError::Exists), "{other}");
    }
    let (upload, parts) = uploaded(&store, &["o", "ne"]).await;
    store.complete(KEY, &upload, &parts).await.expect("the same bytes");
    assert_eq!((read(&store).await, left_behind(&root)), (Some(Bytes::from("one")), 0));
}

/// What a process leaves that is killed before the rename: parts, and what was put together of them.
#[tokio::test]
async fn what_a_kill_leaves_is_no_file_and_goes_with_the_next_upload() {
    let (store, root, _parent) = store();
    let (killed, parts) = uploaded(&store, &["one"]).await;
    fs::write(place(&root, &killed).join(".tmpAbCdEf"), "on").expect("written");
    assert_eq!((read(&store).await, store.list("").await), (None, Ok(Vec::new())));
    const OTHER: &str = "exports/a/audit.jsonl.gz.b";
    let other = store.begin(&object(OTHER)).await.expect("begun");
    let (upload, _) = uploaded(&store, &["two"]).await;
    assert!(!place(&root, &killed).exists(), "the next one took it away");
    store.upload_part(OTHER, &other, 1, Bytes::from("one")).await.expect("of exactly that key");
    assert_eq!(store.complete(KEY, &killed, &parts).await, Err(StoreError::NoUpload));
    assert_eq!(store.abort(KEY, &killed).await, Ok(()), "it is gone already");
    assert_eq!((store.abort(KEY, &upload).await, store.abort(KEY, &upload).await), (Ok(()), Ok(())));
    let (upload, parts) = uploaded(&store, &["three"]).await;
    assert_eq!((store.abandon(KEY).await, store.abandon(KEY).await), (Ok(()), Ok(())));
    assert_eq!(store.complete(KEY, &upload, &parts).await, Err(StoreError::NoUpload));
    store.upload_part(OTHER, &other, 2, Bytes::from("two")).await.expect("of exactly that key");
    assert_eq!((read(&store).await, left_behind(&root)), (None, 1));
}

/// What a process leaves that is killed while it writes a file at once, or takes an upload away that was completed.
#[tokio::test]
async fn what_a_kill_leaves_beside_a_file_goes_when_it_is_written_again() {
    let (store, root, _parent) = store();
    let (upload, parts) = uploaded(&store, &["one", "two"]).await;
    store.complete(KEY, &upload, &parts).await.expect("completed");
    fs::create_dir(place(&root, &upload)).expect("a folder");
    fs::write(place(&root, &upload).join("2"), "two").expect("written");
    store.complete(KEY, &upload, &parts).await.expect("the file is there");
    assert_eq!(left_behind(&root), 0);
    let of = |key: &str| root.join(".uploads").join(format!("{}.AbCdEf", super::mark(key)));
    fs::write(of(KEY), "one").expect("written");
    fs::write(of("exports/b"), "one").expect("written");
    store.put(&object(KEY), Bytes::from("onetwo")).await.expect("it is there");
    assert!(!of(KEY).exists() && of("exports/b").exists(), "of exactly that key");
    store.abandon("exports/b").await.expect("given up");
    assert_eq!(left_behind(&root), 0);
}

#[tokio::test]
async fn a_part_that_is_not_the_one_that_is_named_makes_no_file() {
    let (store, root, _parent) = store();
    let (upload, parts) = uploaded(&store, &["one", "two"]).await;
    let with = |change: fn(&mut Part)| {
        let mut parts = parts.clone();
        change(&mut parts[1]);
        parts
    };
    for wrong in [
        with(|part| part.sha256 = [0; 32]),
        with(|part| part.size = 2),
        with(|part| part.size = u64::MAX),
        with(|part| part.number = 3),
    ] {
        assert_eq!(store.complete(KEY, &upload, &wrong).await, Err(StoreError::NoUpload), "{wrong:?}");
    }
    for none in [vec![], vec![parts[1].clone(), parts[0].clone()]] {
        assert_eq!(store.complete(KEY, &upload, &none).await.map_err(|error| error.code()), Err("store_denied"));
    }
    fs::write(place(&root, &upload).join("2"), "twi").expect("written");
    assert_eq!(store.complete(KEY, &upload, &parts).await, Err(StoreError::NoUpload), "changed on the disk");
    assert_eq!(read(&store).await, None);
}

#[tokio::test]
async fn an_upload_is_of_one_key_and_its_id_is_no_path() {
    let (store, root, _parent) = store();
    let (upload, parts) = uploaded(&store, &["one"]).await;
    assert_eq!(store.complete("exports/b", &upload, &parts).await, Err(StoreError::NoUpload));
    assert_eq!(store.abort("exports/b", &upload).await, Ok(()));
    for id in ["", "..", "../exports", "/etc", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(store.upload_part(KEY, id, 1, Bytes::new()).await, Err(StoreError::NoUpload), "{id}");
    }
    assert_eq!(left_behind(&root), 1, "it is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_wins_and_with_the_same_bytes_all_do() {
    for body in [|_| "the same".to_owned(), |number| format!("number {number}")] as [fn(usize) -> String; 2] {
        let (store, root, _parent) = store();
        let put = |number| {
            let store = store.clone();
            async move { store.put(&object(KEY), body(number).into()).await }
        };
        let puts: Vec<_> = (0..8).map(|number| tokio::spawn(put(number))).collect();
        let mut winners = Vec::new();
        for (number, put) in puts.into_iter().enumerate() {
            match put.await.expect("no panic") {
                Ok(()) => winners.push(number),
                Err(error) => assert_eq!(error, StoreError::Exists),
            }
        }
        let there = read(&store).await.expect("a file");
        let right: Vec<usize> = (0..8).filter(|number| body(*number) == there).collect();
        assert_eq!((winners, left_behind(&root)), (right, 0));
    }
}

#[tokio::test]
async fn odd_keys_and_names_are_refused_whatever_is_asked() {
    let (store, root, _parent) = store();
    for key in ["", "/a", "../a", "a/../b", "a//b", ".uploads/a", "a b"] {
        let denied = |error: StoreError| error.code() == "store_denied";
        assert!(store.put(&object(key), Bytes::new()).await.is_err_and(denied), "{key}");
        assert!(store.begin(&object(key)).await.is_err_and(denied), "{key}");
        assert!(store.read(key, 1).await.is_err_and(denied), "{key}");
        assert!(store.link(key, Duration::from_secs(1)).await.is_err_and(denied), "{key}");
    }
    let named = Object { file_name: "a\"; filename=\"b", ..object(KEY) };
    assert_eq!(store.put(&named, Bytes::new()).await.map_err(|error| error.code()), Err("store_denied"));
    assert!(!root.exists(), "nothing was written");
}
