//! What does not open.

use serde_json::{Value, json};

use crate::database::practice::{Practice, ring};

const TAMPER: &str = "
    update records
       set encrypted_content = set_byte(encrypted_content, 40, get_byte(encrypted_content, 40) # 1)
     where id = $1";

/// Puts the notes of the first meeting where those of the second were.
const SWAP: &str = "
    update meetings
       set encrypted_guest_notes = (select m.encrypted_guest_notes from meetings m where m.id = $1)
     where id = $2";

const REPORTED: &str = "
    select resource_type, resource_id, metadata
      from audit_logs
     where action = 'RECORD_UNDECRYPTABLE' and actor_type = 'operator' and outcome = 'failure'
     order by seq";

#[tokio::test]
async fn e1_a_tampered_envelope_is_reported_and_the_rest_is_rotated() {
    let practice = Practice::with_records(4).await;
    let record = practice.records[1];
    practice.owner.execute(TAMPER, &[&record]).await.expect("tampered with");
    let rows = practice.owner.query("select id from meetings order by id", &[]).await.expect("meetings");
    let (one, other): (uuid::Uuid, uuid::Uuid) = (rows[0].get(0), rows[1].get(0));
    practice.owner.execute(SWAP, &[&one, &other]).await.expect("moved");

    let report = practice.rotate().fail().await;
    let org_id = practice.org_id;
    for line in [
        format!("{org_id}: records {record}, version 2: content does not open and stays as it is: not_authentic"),
        format!("{org_id}: meetings {other}: guest_notes does not open and stays as it is: not_authentic"),
        format!("{org_id}: 18 envelopes sealed anew under key 2"),
        "NOT in order: 1 of 1 organizations, 18 envelopes".to_owned(),
    ] {
        assert_eq!(report.out.lines().filter(|told| **told == line).count(), 1, "{line}: {report}");
    }
    let left: Vec<(String, i32)> = practice
        .envelopes()
        .await
        .iter()
        .filter(|envelope| envelope.key_no() == 1)
        .map(|envelope| (envelope.row_id.to_string(), 1))
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.iter().all(|(id, _)| [record.to_string(), other.to_string()].contains(id)));
    assert_eq!(practice.keys().await.len(), 2, "the earlier key is kept");
    let reported = practice.owner.query(REPORTED, &[]).await.expect("the trail");
    let reported: Vec<(String, String, Value)> =
        reported.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let expected = [
        (
            "medical_record".to_owned(),
            record.to_string(),
            json!({"field": "content", "version": 2, "reason": "not_authentic"}),
        ),
        (
            "appointment".to_owned(),
            other.to_string(),
            json!({"field": "guest_notes", "version": 0, "reason": "not_authentic"}),
        ),
    ];
    assert_eq!(reported, expected);

    // They are in the way of no further rotation.
    let report = practice.rotate().fail().await;
    assert!(report.out.contains("key 3 is in force, retired: 2"), "{report}");
    assert!(report.out.contains("18 envelopes sealed anew under key 3"), "{report}");
    practice.assert_trail_in_order().await;
}

#[tokio::test]
async fn e1_e2_without_the_master_key_nothing_is_changed_and_bad_rings_stop_the_start() {
    let practice = Practice::with_records(2).await;
    let before = practice.keys().await;
    let other = ring().replace("dev1:", "dev2:");
    let report = practice.rotate().setting("ENCRYPTION_KEYS", &other).fail().await;
    let told = "a data key was wrapped by a master key that is not in ENCRYPTION_KEYS (dev1)";
    assert!(report.out.contains(told), "{report}");
    // One of that name which is another one.
    let mut impostor = ring().to_owned();
    let digit = if impostor.as_bytes()[9] == b'A' { "B" } else { "A" };
    impostor.replace_range(9..10, digit);
    let report = practice.rotate().setting("ENCRYPTION_KEYS", &impostor).fail().await;
    assert!(report.out.contains("a wrapped data key is not authentic (dev1)"), "{report}");
    for bad in ["", "dev1:AAEC", "dev1"] {
        let report = practice.rotate().setting("ENCRYPTION_KEYS", bad).fail().await;
        assert!(report.err.starts_with("error: the setting ENCRYPTION_KEYS is "), "{report}");
        assert_eq!(report.out, "");
    }
    assert!(practice.keys().await == before, "the keys are as they were");
    assert_eq!(practice.assert_readable(ring()).await, [1]);
    assert!(practice.rotated().await.is_empty());
}
