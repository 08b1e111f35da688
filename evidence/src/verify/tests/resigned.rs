//! Exports that were changed and signed again by somebody who has the key: then only the chain shows it.

use proptest::{prelude::*, sample::Index};
use tempfile::tempdir;

use super::{
    BEGIN, DAY, HOUR, Kind,
    calendar::{Calendar, daily},
    chain::Chain,
    draft::{Draft, Request, exports},
    notary, second_day, verified_alone, verify_folder,
};
use crate::manifest::Manifest;

#[test]
fn d5_a_changed_row_is_named_with_its_line() {
    let (_, mut draft) = second_day();
    verified_alone(&mut draft).assert_in_order();
    draft.entry_mut(30).new_values = Some("{\"price\": 1}".to_owned());
    let report = verified_alone(&mut draft);
    report.assert_first(Kind::Altered, Some(30));
    let id = draft.entry_mut(30).id;
    let line = format!("audit-1.jsonl.gz: line 6: altered: row 30, id {id}: its hash is not that of its content");
    assert!(report.to_string().lines().any(|told| told.starts_with(&line)), "{report}");
    assert!(!report.to_string().contains("price"), "nothing of a row is told: {report}");
    // With a hash of its own, it is the next row that hangs on nothing.
    let (_, mut draft) = second_day();
    draft.entry_mut(30).hash = [7; 32];
    verified_alone(&mut draft).assert_first(Kind::Altered, Some(30));
}

#[test]
fn d5_rows_that_were_taken_out_put_in_doubled_or_swapped_are_named() {
    let (_, mut missing) = second_day();
    missing.rows.drain(5..8);
    verified_alone(&mut missing).assert_first(Kind::Inconsistent, None);
    // With numbers that fit.
    missing.manifest.last_seq = missing.manifest.last_seq.map(|seq| seq - 3);
    verified_alone(&mut missing).assert_first(Kind::Missing, Some(30));

    let (_, mut doubled) = second_day();
    doubled.rows.insert(6, doubled.rows[5].clone());
    doubled.rows.remove(12);
    verified_alone(&mut doubled).assert_first(Kind::Twice, Some(30));

    let (_, mut swapped) = second_day();
    swapped.rows.swap(5, 6);
    verified_alone(&mut swapped).assert_first(Kind::Missing, Some(30));
    let (_, mut swapped) = second_day();
    swapped.rows.swap(5, 6);
    let (one, other) = (swapped.rows[5].seq, swapped.rows[6].seq);
    (swapped.rows[5].seq, swapped.rows[6].seq) = (other, one);
    verified_alone(&mut swapped).assert_first(Kind::Altered, Some(30));

    let (_, mut put_in) = second_day();
    let mut row = put_in.rows[5].clone();
    row.seq = 1_000;
    put_in.rows.pop();
    put_in.rows.push(row);
    verified_alone(&mut put_in).assert_first(Kind::Missing, Some(48));

    let (_, mut early) = second_day();
    early.rows[5].seq = 1;
    verified_alone(&mut early).assert_first(Kind::Inserted, Some(1));
}

#[test]
fn d5_a_row_of_another_organization_is_named() {
    let (_, mut draft) = second_day();
    draft.rows[5].org_id = uuid::Uuid::from_u128(99);
    verified_alone(&mut draft).assert_first(Kind::Moved, Some(30));
    // A whole chain under another name.
    let (_, mut draft) = second_day();
    draft.manifest.organization.id = uuid::Uuid::from_u128(99);
    verified_alone(&mut draft).assert_first(Kind::Altered, Some(24));
    let chain = Chain::hourly(7, 72);
    let mut draft = Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY));
    draft.manifest.organization.id = uuid::Uuid::from_u128(99);
    verified_alone(&mut draft).assert_first(Kind::Inconsistent, None);
}

#[test]
fn d5_a_row_that_was_asked_for_and_is_left_out_is_named_and_so_is_one_that_was_not_asked_for() {
    let (_, mut draft) = second_day();
    for _ in 0..3 {
        let row = draft.rows.remove(5);
        draft.left_out.push(row);
    }
    draft.left_out.sort_by_key(|row| row.seq);
    let report = verified_alone(&mut draft);
    report.assert_first(Kind::Omitted, Some(30));
    assert!(report.findings[0].reason.ends_with("so are 2 others"), "{report}");

    let (_, mut draft) = second_day();
    let row = draft.left_out.pop().expect("the row after the period");
    draft.rows.push(row);
    verified_alone(&mut draft).assert_first(Kind::NotAskedFor, Some(49));

    // By another filter than the one that the rows were chosen by.
    let (_, mut draft) = second_day();
    draft.manifest.actions = Some(vec!["EVENT_UPDATED".to_owned()]);
    verified_alone(&mut draft).assert_first(Kind::NotAskedFor, Some(26));
}

#[test]
fn d5_boundaries_that_were_moved_are_found() {
    let (_, mut later) = second_day();
    let first = later.left_out.remove(0);
    later.manifest.first_seq = Some(first.seq + 1);
    later.manifest.previous_hash = first.hash;
    verified_alone(&mut later).assert_first(Kind::Incomplete, Some(25));

    let (_, mut earlier) = second_day();
    earlier.left_out.pop();
    earlier.manifest.last_seq = Some(48);
    earlier.manifest.last_hash = earlier.rows.last().expect("rows").hash;
    verified_alone(&mut earlier).assert_first(Kind::Incomplete, Some(48));

    let (_, mut period) = second_day();
    period.manifest.from = super::instant(BEGIN + DAY - 2 * HOUR);
    verified_alone(&mut period).assert_first(Kind::Incomplete, Some(24));
    let (_, mut period) = second_day();
    period.manifest.to = super::instant(BEGIN + 2 * DAY + 2 * HOUR);
    let report = verified_alone(&mut period);
    report.assert_first(Kind::Omitted, Some(49));
    report.assert_found(Kind::Incomplete, Some(49));

    let (_, mut nothing) = second_day();
    (nothing.rows, nothing.left_out) = (Vec::new(), Vec::new());
    (nothing.manifest.first_seq, nothing.manifest.last_seq) = (None, None);
    let report = verified_alone(&mut nothing);
    report.assert_first(Kind::Inconsistent, None);
    assert_eq!(report.findings[0].reason, "it shows nothing of a chain that has rows");
}

#[test]
fn d5_names_that_read_as_others_are_found() {
    let names = ["EVENT_UPDATED, MEDICAL_RECORD_VIEWED", "MEDICAL_RECORD_VIEWED\u{200b}", "MEDICAL_REC\u{41e}RD", ""];
    for name in names.map(str::to_owned) {
        for name_it in [
            (|manifest, name| manifest.actions = Some(vec![name])) as fn(&mut Manifest, String),
            |manifest, name| manifest.resource_types = Some(vec![name]),
            |manifest, name| manifest.organization.workos_org_id = Some(name),
        ] {
            let (_, mut draft) = second_day();
            name_it(&mut draft.manifest, name.clone());
            verified_alone(&mut draft).assert_first(Kind::Inconsistent, None);
        }
    }
    let (_, mut draft) = second_day();
    draft.manifest.actions = Some(vec!["EVENT_UPDATED".to_owned(); 101]);
    verified_alone(&mut draft).assert_first(Kind::Inconsistent, None);
}

#[test]
fn d5_times_that_do_not_rise_are_found_even_in_a_chain_that_was_computed_with_them() {
    let mut chain = Chain::hourly(7, 72);
    chain.entries[29].created_at -= 2 * HOUR;
    chain.rehash();
    let mut draft = Draft::new(1, &chain, &Request::whole(&chain, BEGIN + DAY, BEGIN + 2 * DAY));
    verified_alone(&mut draft).assert_first(Kind::Time, Some(30));
}

#[test]
fn d5_another_key_is_not_trusted() {
    let (_, mut draft) = second_day();
    let folder = tempdir().expect("a folder");
    let stranger = crate::signature::Signer::new("exports-1", &[9; 32]);
    draft.write_signed(folder.path(), &stranger);
    let report = verify_folder(folder.path(), None, 0);
    report.assert_first(Kind::UntrustedKey, None);
    assert!(report.to_string().contains(&stranger.public_key().fingerprint()), "{report}");
}

#[test]
fn d5_a_history_that_was_computed_anew_passes_alone_and_is_found_against_a_checkpoint() {
    let (mut chain, _) = second_day();
    let calendar = Calendar::new(&[&chain], &daily(BEGIN + HOUR / 2, 3));
    chain.entries[29].new_values = Some("{\"price\": 1}".to_owned());
    chain.rehash();
    let request = Request::whole(&chain, BEGIN + DAY, BEGIN + 2 * DAY);
    let mut draft = Draft::new(1, &chain, &Request { end: 60, ..request });
    verified_alone(&mut draft).assert_in_order();

    let folder = tempdir().expect("a folder");
    let checkpoints = tempdir().expect("a folder");
    draft.write(folder.path());
    calendar.write(checkpoints.path());
    let report = verify_folder(folder.path(), Some(checkpoints.path()), BEGIN + 3 * DAY);
    report.assert_first(Kind::Rewritten, Some(49));
    assert!(report.findings[0].reason.contains("2026/10/03.json"), "{report}");
    assert!(report.covered.is_empty(), "{report}");
}

/// What somebody may do to an export.
#[derive(Clone, Copy, Debug)]
enum Tampering {
    Change,
    ChangeLeftOut,
    Omit,
    Leave,
    Double,
    Swap,
    Begin,
    End,
    From,
    To,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d5_whatever_is_done_to_an_export_is_found_although_the_signature_holds(
        (chain, request) in exports(2..40),
        tampering in prop::sample::select(vec![
            Tampering::Change, Tampering::ChangeLeftOut, Tampering::Omit, Tampering::Leave, Tampering::Double,
            Tampering::Swap, Tampering::Begin, Tampering::End, Tampering::From, Tampering::To,
        ]),
        at in any::<Index>(),
    ) {
        let mut draft = Draft::new(1, &chain, &request);
        prop_assume!(draft.rows.len() > 1 && !draft.left_out.is_empty());
        let at_row = at.index(draft.rows.len());
        let at_left_out = at.index(draft.left_out.len());
        match tampering {
            Tampering::Change => draft.rows[at_row].user_agent = Some("somebody else".to_owned()),
            Tampering::ChangeLeftOut => draft.left_out[at_left_out].created_at -= 1,
            Tampering::Omit => {
                draft.rows.remove(at_row);
            }
            Tampering::Leave => {
                let row = draft.rows.remove(at_row);
                draft.left_out.push(row);
                draft.left_out.sort_by_key(|row| row.seq);
            }
            Tampering::Double => draft.rows.insert(at_row, draft.rows[at_row].clone()),
            Tampering::Swap => {
                let next = (at_row + 1) % draft.rows.len();
                draft.rows.swap(at_row, next);
            }
            Tampering::Begin => {
                let first = draft.manifest.first_seq.expect("rows");
                let hash = draft.entry_mut(first).hash;
                draft.rows.retain(|row| row.seq != first);
                draft.left_out.retain(|row| row.seq != first);
                draft.manifest.first_seq = Some(first + 1);
                draft.manifest.previous_hash = hash;
            }
            Tampering::End => {
                let last = draft.manifest.last_seq.expect("rows");
                // Whatever comes after a younger row can only have been imported, which nothing else tells.
                let is_younger = |row: &&super::chain::Entry| !row.is_imported && row.created_at >= request.to;
                prop_assume!(draft.left_out.iter().filter(is_younger).all(|row| row.seq == last));
                draft.rows.retain(|row| row.seq != last);
                draft.left_out.retain(|row| row.seq != last);
                draft.manifest.last_seq = Some(last - 1);
                draft.manifest.last_hash = draft.entry_mut(last - 1).hash;
            }
            Tampering::From => {
                prop_assume!(draft.manifest.first_seq != Some(1));
                let first = draft.manifest.first_seq.expect("rows");
                draft.manifest.from = super::instant(draft.entry_mut(first).created_at);
            }
            Tampering::To => draft.manifest.to = super::instant(draft.rows[at_row].created_at),
        }
        prop_assume!(draft.manifest.from < draft.manifest.to);
        let report = verified_alone(&mut draft);
        prop_assert!(!report.in_order, "{tampering:?}: {report}");
        prop_assert!(report.findings.iter().any(|finding| finding.kind != Kind::UntrustedKey));
    }
}

#[test]
fn d5_the_key_of_checkpoints_signs_no_exports() {
    // Neither is it trusted with exports, nor is its signature of a checkpoint one of a manifest.
    let (_, mut draft) = second_day();
    let folder = tempdir().expect("a folder");
    draft.write(folder.path());
    let path = folder.path().join("audit-1.manifest.json");
    let document = notary().sign(crate::signature::Kind::Checkpoint, &draft.manifest).expect("a document");
    let renamed = String::from_utf8(document).expect("text").replacen("{\"checkpoint\"", "{\"manifest\"", 1);
    std::fs::write(path, renamed).expect("the file");
    verify_folder(folder.path(), None, 0).assert_first(Kind::NotSigned, None);
}
