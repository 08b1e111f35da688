//! The whole way: somebody asks, the worker makes it, and what they fetch is signed with a key that anybody may have.

use evidence::signature::{Kind, open};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{AURORA, OWNER, Planted, Trail, ask, wanted};
use crate::{app::TestApp, workers::audit_export::invoke};

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn d5_what_somebody_asks_for_is_made_signed_and_fetched() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    for number in 0..3 {
        trail.append(number, None, "SECURITY_ALERT_TRIGGERED", "security").await;
    }
    trail.plant(&Planted::days_ago(9, 40)).await;
    let mut document = wanted();
    document["from"] = json!("2026-01-01T00:00:00Z");
    document["to"] = json!("2030-01-01T00:00:00Z");
    document["actions"] = json!(["SECURITY_ALERT_TRIGGERED"]);
    let asked = ask(&client, &document).await;
    let path = format!("/audit/exports/{}", asked["id"].as_str().expect("an id"));
    invoke(&app).await.expect("the worker has made it");

    let export = client.get_json(&path).await;
    assert_eq!((&export["status"], &export["progress"]), (&json!("done"), &json!(1.0)), "{export}");
    assert_eq!(export["record_count"], 3, "{export}");
    let fetch = async |file: &str| {
        let answer = client.get(&format!("{path}/{file}")).await;
        assert_eq!(answer.status(), 200, "{file}: {answer:?}");
        answer.bytes().to_vec()
    };
    assert_eq!(export["sha256"], sha256(&fetch("download").await));
    assert_eq!(export["left_out_sha256"], sha256(&fetch("left-out").await));
    let manifest = fetch("manifest").await;
    let signed = open(Kind::Manifest, &manifest).expect("it is signed");
    let keys = app.client().get("/audit/signing-keys").await.json();
    assert_eq!(keys["exports"][0]["fingerprint"], signed.public_key.fingerprint());
    assert_eq!(keys["exports"][0]["key_id"], signed.key_id);
    let said: Value = serde_json::from_str(signed.said).expect("JSON");
    assert_eq!((&said["export_id"], &said["rows"]), (&asked["id"], &json!(3)));
    assert_eq!((&said["requested_by"], &said["reason"]), (&json!("user_01SEEDAURORAOWNER"), &document["reason"]));
    assert_eq!(said["files"][0]["sha256"], export["sha256"]);
    assert_eq!((&said["first_seq"], &said["last_seq"]), (&export["first_seq"], &export["last_seq"]));
    assert_eq!((&said["chain_end"]["seq"], &said["chain_end"]["hash"]), (&export["head_seq"], &export["head_hash"]));
}
