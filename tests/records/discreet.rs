//! What records say is in no log, no error and no row of the trail (hardening A12, D8).

use serde_json::json;

use super::{AURORA, OWNER, OWNER_ID, change, meeting, path, records_of, write_with};
use crate::{app::TestApp, trail::rows};

/// Of a record, its metadata and its guest.
const PERSONAL: [&str; 4] = ["Diagnóstico", "diagnostico", "Rita", "guest.example"];

#[tokio::test]
async fn a12_d8_nothing_of_a_record_reaches_a_log_an_error_or_the_trail() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let metadata = json!({"diagnostico": "Diagnóstico"});
    let record = write_with(&client, meeting, "Diagnóstico: nenhum.", &metadata).await;
    client.get_json(&path(&record)).await;
    client.get_json(&records_of(meeting)).await;
    client.send(client.call("GET", &path(&record)).header("accept", "text/html")).await;
    client.put(&path(&record), &change("Diagnóstico: algum.", 1)).await;
    let long = format!("Diagnóstico{}", "x".repeat(262_144));
    let malformed = client.call("POST", &records_of(meeting)).body("application/json", "{\"content\": \"Diagnóstico");
    for answer in [
        client.put(&path(&record), &change("Diagnóstico: outro.", 1)).await,
        client.put(&path(&record), &change(&long, 2)).await,
        client.post(&records_of(meeting), &json!({"content": 1, "metadata": "Diagnóstico"})).await,
        client.post(&records_of(meeting), &json!({"content": "Diagnóstico", "Other": 1})).await,
        client.send(malformed).await,
    ] {
        assert!((400..500).contains(&answer.status()), "{answer:?}");
        assert!(PERSONAL.iter().all(|text| !answer.text().contains(text)), "{answer:?}");
    }
    let corrupt = "update record_versions set encrypted_content = sha256('x')";
    app.owner().await.batch_execute(corrupt).await.expect("it is broken");
    let answer = client.get(&format!("{}/versions/1", path(&record))).await;
    assert_eq!(answer.problem(), (500, "undecryptable".to_owned()));
    let (logs, trail) = (app.logs(), format!("{:?}", rows(&app).await));
    assert!(logs.contains("\"answered\"") && trail.contains("MEDICAL_RECORD_UPDATED"));
    for text in PERSONAL {
        assert!(!logs.contains(text), "a log has {text}");
        assert!(!trail.contains(text), "the trail has {text}");
    }
}
