//! What the report says of what was verified, and how it quotes what others wrote.

use std::fs;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::tempdir;

use super::{
    BEGIN, DAY, HOUR, Kind, Report,
    calendar::{self, Calendar, daily},
    chain::Chain,
    draft::{Draft, Request},
    exporter, verify_folder,
};
use crate::{hex, signature::Signer};

fn draft() -> (Chain, Draft) {
    let chain = Chain::hourly(7, 72);
    let draft = Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY));
    (chain, draft)
}

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&serde_json::to_string(report).expect("JSON")).expect("JSON")
}

#[test]
fn d5_the_files_that_were_verified_are_told_with_their_hashes_and_no_others() {
    let folder = tempdir().expect("a folder");
    let (_, mut draft) = draft();
    draft.write(folder.path());
    let [rows, left_out] = ["audit-1.jsonl.gz", "audit-1.left-out.jsonl.gz"].map(|name| {
        let file = fs::read(folder.path().join(name)).expect("the file");
        (name, hex::encode(&Sha256::digest(file)))
    });
    let report = verify_folder(folder.path(), None, 0);
    report.assert_in_order();
    let told = |role, (name, sha256): &(&str, String)| json!({"role": role, "name": name, "sha256": sha256});
    assert_eq!(parsed(&report)["exports"][0]["files"], json!([told("rows", &rows), told("left_out", &left_out)]));
    let text = report.to_string();
    assert!(text.contains(&format!("\n  rows: {}, SHA-256 {}\n", rows.0, rows.1)), "{text}");
    assert!(text.contains(&format!("\n  left out: {}, SHA-256 {}\n", left_out.0, left_out.1)), "{text}");

    let mut file = fs::read(folder.path().join(rows.0)).expect("the file");
    file[20] ^= 1;
    fs::write(folder.path().join(rows.0), file).expect("the file");
    let report = verify_folder(folder.path(), None, 0);
    report.assert_found(Kind::FileDiffers, None);
    assert_eq!(parsed(&report)["exports"][0]["files"], json!([told("left_out", &left_out)]));
}

#[test]
fn d5_checkpoints_are_told_with_their_hashes_so_that_somebody_can_compare_them_with_their_own() {
    let [folder, checkpoints] = [(); 2].map(|()| tempdir().expect("a folder"));
    let (chain, mut draft) = draft();
    let calendar = Calendar::new(&[&chain], &daily(BEGIN + HOUR / 2, 3));
    calendar.write(checkpoints.path());
    draft.manifest.checkpoint = calendar.covering(1, &chain);
    draft.write(folder.path());
    let held: Vec<Value> = calendar
        .checkpoints
        .iter()
        .map(|checkpoint| {
            let file = fs::read(calendar::path(checkpoints.path(), checkpoint)).expect("a checkpoint");
            json!({"date": checkpoint.date, "sha256": hex::encode(&Sha256::digest(file))})
        })
        .collect();

    let report = verify_folder(folder.path(), Some(checkpoints.path()), BEGIN + 3 * DAY);
    report.assert_in_order();
    let told = parsed(&report);
    assert_eq!((&told["checkpoints"]["held"], &told["checkpoints"]["count"]), (&json!(held), &json!(3)));
    assert_eq!(told["exports"][0]["checkpoint"], held[1]);
    let sha256 = |position: usize| held[position]["sha256"].as_str().expect("a hash");
    for line in [
        format!("  names the checkpoint of 2026-10-02, SHA-256 {}", sha256(1)),
        format!("3 checkpoints, 2026-10-01 to 2026-10-03, the newest with SHA-256 {}", sha256(2)),
    ] {
        assert!(report.to_string().lines().any(|told| told == line), "{line}: {report}");
    }
    // Whether or not somebody holds any: what the manifest names can be compared.
    let alone = parsed(&verify_folder(folder.path(), None, 0));
    assert_eq!((&alone["checkpoints"], &alone["exports"][0]["checkpoint"]), (&Value::Null, &held[1]));
}

#[test]
fn d5_the_name_of_a_key_stands_behind_its_fingerprint_in_quotes_and_is_not_long() {
    let folder = tempdir().expect("a folder");
    let (_, mut draft) = draft();
    let name = format!("k\"): trusted\r\u{1b}[2J\u{202e}{}", "x".repeat(100_000));
    draft.write_signed(folder.path(), &Signer::new(&name, &[1; 32]));
    let report = verify_folder(folder.path(), None, 0);
    report.assert_in_order();
    let fingerprint = exporter().public_key().fingerprint();
    let cut = "x".repeat(64 - 18);
    let line = format!(
        "1 manifests signed with the key {fingerprint} (\"k\\\"): trusted\u{fffd}\u{fffd}[2J\u{fffd}{cut}\"): trusted"
    );
    assert!(report.to_string().lines().any(|told| told == line), "{line}\n{report}");
    assert_eq!(report.keys[0].signer.key_id.chars().count(), 64);
}

#[test]
fn d5_what_others_wrote_is_quoted_so_that_it_moves_and_hides_nothing() {
    let odd = |text: &str| format!("{text}\u{202e}\u{1b}[1A\u{200b}\n");
    let folder = tempdir().expect("a folder");
    let (_, mut draft) = draft();
    draft.manifest.organization.workos_org_id = Some(odd("org_1"));
    draft.manifest.organization.name = odd("Clinic");
    draft.manifest.actions = Some(vec![odd("A"), odd("B")]);
    draft.manifest.resource_types = Some(vec![odd("c")]);
    draft.stem = format!("audit-{}", odd("1"));
    draft.write_signed(folder.path(), &Signer::new(&odd("k1"), &[9; 32]));
    fs::write(folder.path().join(format!("{}.csv.gz", odd("rows"))), b"").expect("a file");
    let report = verify_folder(folder.path(), None, 0);
    report.assert_found(Kind::UntrustedKey, None);
    report.assert_found(Kind::Inconsistent, None);
    for told in [report.to_string().replace('\n', ""), parsed(&report).to_string()] {
        for text in ["org_1", "A", "B", "c", "audit-1", "k1", "rows"] {
            let quoted = format!("{text}\u{fffd}\u{fffd}[1A\u{fffd}\u{fffd}");
            assert!(told.contains(&quoted), "{text}: {told}");
        }
        let is_odd = |character: char| character.is_control() || matches!(character, '\u{202e}' | '\u{200b}');
        assert!(!told.chars().any(is_odd) && !told.contains("\\u") && !told.contains("\\n"), "{told:?}");
    }
}
