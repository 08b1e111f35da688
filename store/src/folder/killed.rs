//! Processes that are killed while they write: whoever does the same once more leaves nothing but the files.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use bytes::Bytes;
use eleva::settings::StoreUrl;
use tempfile::TempDir;

use crate::{Object, Store};

/// Where the process that is killed writes, and from which number on.
const ROOT: &str = "STORE_FOLDER_OF_A_PROCESS_THAT_IS_KILLED";
const FIRST: &str = "STORE_FIRST_OF_A_PROCESS_THAT_IS_KILLED";
const NAME: &str = "folder::killed::a_process_that_writes_until_it_is_killed";
const KILLS: u64 = 60;

fn store(root: &Path) -> Store {
    Store::with_config(&StoreUrl::Folder(root.to_owned()), &aws_config::SdkConfig::builder().build())
}

/// Writes a file in parts and one at once, as an export does.
async fn write(store: &Store, number: u32) {
    let (rows, manifest) = (format!("exports/{number}/rows"), format!("exports/{number}/manifest"));
    let object = |key| Object { key, content_type: "application/gzip", file_name: "audit.jsonl.gz" };
    let upload = store.begin(&object(&rows)).await.expect("begun");
    let mut parts = Vec::new();
    for part in 1..=3 {
        let body = Bytes::from(format!("{number} {part} "));
        parts.push(store.upload_part(&rows, &upload, part, body).await.expect("a part"));
    }
    store.complete(&rows, &upload, &parts).await.expect("completed");
    store.put(&object(&manifest), Bytes::from(number.to_string())).await.expect("put");
}

#[tokio::test]
#[ignore = "the test below starts it, and kills it"]
async fn a_process_that_writes_until_it_is_killed() {
    let [root, first] = [ROOT, FIRST].map(|name| env::var(name).expect("only the test below starts this"));
    let store = store(root.as_ref());
    for number in first.parse().expect("a number").. {
        write(&store, number).await;
    }
}

/// The highest number of which anything is to be seen.
fn highest(root: &Path) -> u32 {
    let Ok(folders) = fs::read_dir(root.join("exports")) else { return 0 };
    let names = folders.map(|folder| folder.expect("an entry").file_name().into_string().expect("UTF-8"));
    names.map(|name| name.parse().expect("a number")).max().unwrap_or(0)
}

#[tokio::test]
async fn whoever_goes_on_for_one_who_was_killed_leaves_nothing_but_the_files() {
    let parent = TempDir::new().expect("a folder");
    let root = parent.path().join("exports");
    let store = store(&root);
    let mut number = 0;
    for kill in 0..KILLS {
        let mut command = Command::new(env::current_exe().expect("this program"));
        command.args([NAME, "--exact", "--ignored"]).env(ROOT, &root).env(FIRST, number.to_string());
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        while highest(&root) < number + 1 {
            sleep(Duration::from_millis(1));
        }
        sleep(Duration::from_micros(kill * 7919 % 10_000));
        process.kill().expect("it is killed");
        process.wait().expect("it is gone");
        let reached = highest(&root);
        // It was at this one, or had not begun with the files of the next.
        for again in reached..=reached + 1 {
            write(&store, again).await;
        }
        let left: Vec<_> = fs::read_dir(root.join(".uploads")).expect("a folder").collect();
        assert_eq!(left.len(), 0, "{left:?}");
        number = reached + 2;
    }
    for number in 1..number {
        let rows = store.read(&format!("exports/{number}/rows"), 100).await.expect("read");
        assert_eq!(rows, Some(Bytes::from(format!("{number} 1 {number} 2 {number} 3 "))));
        let manifest = store.read(&format!("exports/{number}/manifest"), 100).await.expect("read");
        assert_eq!(manifest, Some(Bytes::from(number.to_string())));
    }
}
