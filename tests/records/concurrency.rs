//! Several at once: one wins each version, and none is lost (hardening E4).

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::{AURORA, OWNER, OWNER_ID, change, meeting, path, write};
use crate::app::TestApp;

const CLIENTS: usize = 8;
const VERSIONS: i64 = 6;

#[tokio::test]
async fn e4_of_many_changes_of_one_version_one_is_taken_and_every_version_can_be_read() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let record = write(&client, meeting(&app, OWNER_ID, AURORA).await, "0").await;
    let target = path(&record);
    let mut winners = BTreeMap::from([(1, "0".to_owned())]);
    for version in 1..=VERSIONS {
        let attempts = (0..CLIENTS).map(|number| {
            let (client, target) = (&client, &target);
            async move {
                let content = format!("{version} of {number}");
                (client.put(target, &change(&content, version)).await, content)
            }
        });
        let mut taken = Vec::new();
        for (answer, content) in join_all(attempts).await {
            match answer.status() {
                200 => {
                    assert_eq!(answer.json()["version"], version + 1);
                    taken.push(content);
                }
                _ => assert_eq!(answer.problem(), (409, "version_conflict".to_owned())),
            }
        }
        assert_eq!(taken.len(), 1, "{taken:?}");
        winners.extend(taken.pop().map(|content| (version + 1, content)));
    }
    for (version, content) in winners {
        let read = client.get_json(&format!("{target}/versions/{version}")).await;
        assert_eq!(read["content"], content, "version {version}");
    }
    let count = "select count(*) from audit_logs where action = 'MEDICAL_RECORD_UPDATED'";
    let updated: i64 = app.owner().await.query_one(count, &[]).await.expect("a count").get(0);
    assert_eq!(updated, VERSIONS, "who lost changed nothing");
}

#[tokio::test]
async fn e4_people_who_read_again_after_losing_lose_nothing() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let record = write(&client, meeting(&app, OWNER_ID, AURORA).await, "Lista:").await;
    let target = path(&record);
    let adding = (0..CLIENTS).map(|number| {
        let (client, target) = (&client, &target);
        async move {
            loop {
                let read = client.get_json(target).await;
                let content = format!("{} {number}", read["content"].as_str().expect("a content"));
                let version = read["version"].as_i64().expect("a version");
                match client.put(target, &change(&content, version)).await.status() {
                    200 => return,
                    409 => {}
                    status => panic!("{status}"),
                }
            }
        }
    });
    join_all(adding).await;
    let read = client.get_json(&target).await;
    let mut numbers: Vec<&str> = read["content"].as_str().expect("a content").split(' ').skip(1).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!(read["version"], 1 + CLIENTS);
}
