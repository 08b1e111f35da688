//! Changing the master key.

use serde_json::json;

use crate::database::practice::{Practice, master, ring};

/// A second master key, and one that is in no ring.
const NEW: &str = "new:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const LOST: &str = "lost:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

#[tokio::test]
async fn e1_data_keys_are_wrapped_anew_and_what_is_sealed_stays() {
    let practice = Practice::with_records(2).await;
    practice.rotate().succeed().await;
    let before: Vec<String> = practice.envelopes().await.iter().map(|envelope| envelope.sha256()).collect();
    let rotated_before = practice.rotated().await.len();

    let both = format!("{NEW},{}", ring());
    let rotate = || practice.operator(&["keys", "rotate", "--master"]).setting("ENCRYPTION_KEYS", &both);
    let report = rotate().succeed().await;
    assert!(report.out.contains("in order: 2 keys wrapped anew, all are wrapped by new"), "{report}");
    let keys = practice.keys().await;
    let brief: Vec<_> = keys.iter().map(|key| (key.key_no, key.wrapped_by.as_str(), key.is_retired)).collect();
    assert_eq!(brief, [(1, "new", true), (2, "new", false)]);
    let after: Vec<String> = practice.envelopes().await.iter().map(|envelope| envelope.sha256()).collect();
    assert_eq!(after, before, "envelopes stay as they are");
    // The old master key can be dropped.
    assert_eq!(practice.assert_readable(NEW).await, [2]);
    let rotated = practice.rotated().await.split_off(rotated_before);
    let told = |key_no: i32| json!({"key_no": key_no, "wrapped_by": "new", "wrapped_before_by": "dev1"});
    assert_eq!(rotated, [told(1), told(2)]);
    practice.assert_trail_in_order().await;

    let report = rotate().succeed().await;
    assert!(report.out.contains("in order: 0 keys wrapped anew"), "{report}");
    assert_eq!(practice.rotated().await.len(), rotated_before + 2);
}

#[tokio::test]
async fn e1_a_data_key_that_no_master_key_opens_is_reported_and_the_others_are_wrapped_anew() {
    let practice = Practice::with_records(1).await;
    practice.add_key(&master(LOST), 2).await;
    let both = format!("{NEW},{}", ring());
    let report = practice.operator(&["keys", "rotate", "--master"]).setting("ENCRYPTION_KEYS", &both).fail().await;
    let line = format!(
        "{}: key 2 stays as it is: a data key was wrapped by a master key that is not in ENCRYPTION_KEYS (lost)",
        practice.org_id
    );
    assert!(report.out.lines().any(|told| told == line), "{report}");
    assert!(report.out.contains("NOT in order: 1 keys wrapped anew by new, 1 stay as they were"), "{report}");
    let keys = practice.keys().await;
    assert_eq!(keys.iter().map(|key| key.wrapped_by.as_str()).collect::<Vec<_>>(), ["new", "lost"]);
}
