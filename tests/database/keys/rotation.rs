//! A rotation to which nothing happens.

use serde_json::json;

use crate::database::practice::{Practice, ring};

#[tokio::test]
async fn e1_everything_is_sealed_anew_and_the_trail_vouches_for_it() {
    let practice = Practice::with_records(120).await;
    assert_eq!(practice.assert_readable(ring()).await, [1]);
    let before: Vec<String> = practice.envelopes().await.iter().map(|envelope| envelope.sha256()).collect();
    let versions = "select count(*) from record_versions";
    let versions_before: i64 = practice.owner.query_one(versions, &[]).await.expect("a count").get(0);

    let report = practice.rotate().succeed().await;
    let org_id = practice.org_id;
    for line in [
        format!("{org_id}: key 2 is in force, retired: 1"),
        format!("{org_id}: 600 envelopes sealed anew under key 2"),
        "in order: 600 envelopes of 1 organizations".to_owned(),
    ] {
        assert!(report.out.lines().any(|told| told == line), "{line}: {report}");
    }
    assert_eq!(report.err, "", "no bar without a terminal");
    assert_eq!(practice.assert_readable(ring()).await, [2]);
    let keys = practice.keys().await;
    assert_eq!(keys.iter().map(|key| (key.key_no, key.is_retired)).collect::<Vec<_>>(), [(1, true), (2, false)]);
    let after = practice.envelopes().await;
    assert!(after.iter().all(|envelope| !before.contains(&envelope.sha256())), "each has a nonce of its own");
    let versions_after: i64 = practice.owner.query_one(versions, &[]).await.expect("a count").get(0);
    assert_eq!(versions_after, versions_before, "encrypting anew makes no version");

    practice.assert_vouched_for().await;
    let rotated = practice.rotated().await;
    assert_eq!(rotated[..2], [json!({"key_no": 2, "wrapped_by": "dev1"}), json!({"key_no": 2, "retired": [1]})]);
    // Two batches of each table.
    assert_eq!(rotated.len(), 8, "{rotated:#?}");
    practice.assert_trail_in_order().await;

    // Another one leaves the second key as the first was left.
    practice.rotate().succeed().await;
    assert_eq!(practice.assert_readable(ring()).await, [3]);
    practice.assert_vouched_for().await;
}

#[tokio::test]
async fn e1_all_organizations_are_rotated_and_those_without_keys_left_alone() {
    let practice = Practice::with_records(3).await;
    let report = practice.operator(&["keys", "rotate", "--all"]).succeed().await;
    assert!(report.out.contains("in order: 15 envelopes of 1 organizations"), "{report}");
    assert_eq!(practice.assert_readable(ring()).await, [2]);
    let report = practice.operator(&["keys", "rotate", "--organization", "org_01SEEDNORTE"]).succeed().await;
    assert!(report.out.contains("has no data key, and nothing that is sealed"), "{report}");
    let report = practice.operator(&["keys", "rotate", "--organization", "nowhere"]).fail().await;
    assert_eq!(report.err.trim(), "error: no organization has the id or slug nowhere", "{report}");
    let report = practice.operator(&["keys", "rotate"]).run().await;
    assert_eq!(report.code, 2, "{report}");
}
