//! People who read and write records through the functions meanwhile.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::future::{join, join_all};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{
    app::{TestApp, world},
    database::{operator::Operator, practice::ring},
    records::{AURORA, OWNER, OWNER_ID, meeting, path, records_of, write_with},
    web::ApiClient,
};

const CLIENTS: usize = 8;
/// Records that lie there, besides those that are being written.
const RECORDS: usize = 40;

fn rotate(app: &TestApp) -> Operator {
    Operator::new(&["keys", "rotate", "--organization", AURORA])
        .setting("DATABASE_URL_DIRECT", &world().owner_url(app.database()))
        .setting("ENCRYPTION_KEYS", ring())
}

/// Reads a record and saves it, again and again, and looks at all of the meeting's in between.
async fn work(client: &ApiClient, record: String, all: &str, is_over: &AtomicBool, turns: &AtomicUsize) {
    while !is_over.load(Ordering::Relaxed) {
        let read = client.get_json(&record).await;
        let change = json!({"content": read["content"], "metadata": {"read": true}, "version": read["version"]});
        let saved = client.put(&record, &change).await;
        assert_eq!(saved.status(), 200, "{saved:?}");
        let list = client.get_json(all).await;
        let items = list["items"].as_array().expect("items");
        assert!(items.iter().all(|record| record["error"].is_null()), "{list}");
        turns.fetch_add(1, Ordering::Relaxed);
    }
}

const UNDER_KEYS: &str = "
    select array_agg(distinct get_byte(envelope, 4) order by get_byte(envelope, 4))
      from (
             select encrypted_content as envelope from records
              union all
             select encrypted_metadata from records
              union all
             select encrypted_content from record_versions
              union all
             select encrypted_metadata from record_versions
           ) as all_of_them
     where envelope is not null";

#[tokio::test]
async fn e1_nobody_notices_that_keys_are_changed() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let mut records = Vec::new();
    for number in 0..RECORDS {
        let record = write_with(&client, meeting, &format!("Nota {number}"), &json!({"number": number})).await;
        records.push(path(&record));
    }
    let all = records_of(meeting);
    let (is_over, turns) = (AtomicBool::new(false), AtomicUsize::new(0));
    let working = records[..CLIENTS].iter().map(|record| work(&client, record.clone(), &all, &is_over, &turns));
    let rotations = async {
        let killed = rotate(&app).start();
        sleep(Duration::from_millis(150)).await;
        killed.kill().await;
        for _ in 0..3 {
            let before = turns.load(Ordering::Relaxed);
            rotate(&app).succeed().await;
            while turns.load(Ordering::Relaxed) < before + 2 * CLIENTS {
                sleep(Duration::from_millis(20)).await;
            }
        }
        is_over.store(true, Ordering::Relaxed);
    };
    timeout(Duration::from_secs(120), join(rotations, join_all(working))).await.expect("it ends");

    rotate(&app).succeed().await;
    let owner = app.owner().await;
    let keys: Vec<i32> = owner.query_one(UNDER_KEYS, &[]).await.expect("numbers").get(0);
    let in_force = "select max(key_no) from org_keys where retired_at is null";
    let in_force: i32 = owner.query_one(in_force, &[]).await.expect("a number").get(0);
    assert_eq!(keys, [in_force]);
    assert!(in_force >= 4, "three rotations and more");
    for (number, record) in records.iter().enumerate() {
        assert_eq!(client.get_json(record).await["content"], format!("Nota {number}"));
    }
    let undecryptable = "select count(*) from audit_logs where action = 'RECORD_UNDECRYPTABLE'";
    assert_eq!(owner.query_one(undecryptable, &[]).await.expect("a count").get::<_, i64>(0), 0);
}
