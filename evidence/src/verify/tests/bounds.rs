//! Numbers and lengths that nobody has, and that whoever reads them must not stumble over.

use std::fs::{self, File, OpenOptions};

use tempfile::tempdir;

use super::{
    BEGIN, DAY, HOUR, Kind, Report,
    calendar::{Calendar, daily},
    chain::Chain,
    draft::{Draft, Request},
    exporter, second_day, verify_folder,
};
use crate::{
    chain::PLACES,
    checkpoint,
    manifest::{Covering, Gone, Manifest},
};

/// Places that no row can have.
const NO_PLACES: [i64; 6] = [i64::MIN, -1, 0, (1 << 62) + 1, i64::MAX - 1, i64::MAX];

/// What is found of an export whose manifest was changed after its files were written.
fn claimed(change: impl Fn(&mut Manifest)) -> Report {
    let folder = tempdir().expect("a folder");
    let (_, mut draft) = second_day();
    draft.write(folder.path());
    change(&mut draft.manifest);
    draft.write_manifest(folder.path(), &exporter());
    verify_folder(folder.path(), None, 0)
}

#[test]
fn d5_a_place_that_no_row_can_have_is_found_in_a_manifest_at_once() {
    let covering = |seq| Some(Covering { date: jiff::civil::date(2026, 10, 1), sha256: [7; 32], seq, hash: [7; 32] });
    let gone = |first_seq, last_seq| vec![Gone { first_seq, last_seq, last_hash: [7; 32] }];
    for seq in NO_PLACES {
        let changes: [&dyn Fn(&mut Manifest); 6] = [
            &|manifest| manifest.first_seq = Some(seq),
            &|manifest| manifest.last_seq = Some(seq),
            &|manifest| manifest.chain_end.seq = if seq == 0 { -2 } else { seq },
            &|manifest| manifest.checkpoint = covering(seq),
            &|manifest| manifest.dropped = gone(seq, 30),
            &|manifest| manifest.dropped = gone(30, seq),
        ];
        for (position, change) in changes.iter().enumerate() {
            let report = claimed(change);
            let is_it = |reason: &str| reason == "it names a place that no row can have";
            assert!(report.findings.iter().any(|finding| is_it(&finding.reason)), "{seq} at {position}: {report}");
            assert!(
                report.findings.iter().all(|finding| finding.kind == Kind::Inconsistent),
                "nothing is read: {report}"
            );
        }
    }
    // The last one that a row could have is only not that of this export.
    let report = claimed(|manifest| manifest.chain_end.seq = *PLACES.end());
    assert!(report.in_order, "{report}");
}

#[test]
fn d5_a_place_that_no_row_can_have_is_malformed_in_a_checkpoint() {
    let (chain, mut draft) = second_day();
    for seq in NO_PLACES {
        let [folder, checkpoints] = [(); 2].map(|()| tempdir().expect("a folder"));
        draft.write(folder.path());
        let mut calendar = Calendar::new(&[&chain], &daily(BEGIN + HOUR / 2, 4));
        calendar.checkpoints[3].heads[0].seq = seq;
        calendar.checkpoints[3].root = checkpoint::root(&calendar.checkpoints[3].heads);
        calendar.write(checkpoints.path());
        let report = verify_folder(folder.path(), Some(checkpoints.path()), BEGIN + 4 * DAY);
        report.assert_found(Kind::Malformed, None);
    }
}

#[test]
fn d5_numbers_of_any_size_are_compared_and_overflow_nothing() {
    for number in [0, 1 << 62, u64::MAX - 1, u64::MAX] {
        for position in [0, 1] {
            let report = claimed(|manifest| manifest.files[position].size = number);
            report.assert_found(Kind::FileDiffers, None);
            // Of a file that would have nothing in it, only one byte is read.
            assert_eq!(report.findings.len(), if number == 0 { 2 } else { 1 }, "{report}");
        }
        claimed(|manifest| manifest.rows = number).assert_first(Kind::Inconsistent, None);
        claimed(|manifest| manifest.left_out = number).assert_first(Kind::Inconsistent, None);
        claimed(|manifest| (manifest.rows, manifest.left_out) = (number, number))
            .assert_first(Kind::Inconsistent, None);
    }
}

#[test]
fn d5_of_a_file_that_is_longer_than_the_manifest_says_no_more_is_read() {
    let folder = tempdir().expect("a folder");
    let (_, mut draft) = second_day();
    draft.write(folder.path());
    for file in &draft.manifest.files {
        // Zeros, of which the file system keeps none: to read them all would take hours.
        let opened = OpenOptions::new().write(true).open(folder.path().join(&file.name)).expect("the file");
        opened.set_len(1 << 42).expect("a file of four terabytes");
    }
    let report = verify_folder(folder.path(), None, 0);
    for file in &draft.manifest.files {
        let reason = format!("it has 4398046511104 bytes, and the manifest says {}", file.size);
        assert!(report.findings.iter().any(|finding| finding.reason == reason), "{report}");
    }
    assert!(report.exports[0].files.is_empty(), "{report}");
}

#[test]
fn d5_a_manifest_is_no_longer_than_a_mebibyte_and_a_checkpoint_may_be() {
    let (folder, chain) = (tempdir().expect("a folder"), Chain::hourly(7, 72));
    let [mut first, mut second] =
        [1, 2].map(|day| Draft::new(day as u128, &chain, &Request::whole(&chain, BEGIN, BEGIN + day * DAY)));
    first.manifest.reason = Some("x".repeat(1024 * 1024 - 2_500));
    second.manifest.reason = Some("x".repeat(1024 * 1024));
    first.write(folder.path());
    let path = folder.path().join("audit-1.manifest.json");
    let length = fs::metadata(&path).expect("a manifest").len();
    assert!((1_045_000..=1_048_576).contains(&length), "{length}");
    verify_folder(folder.path(), None, 0).assert_in_order();
    second.write(folder.path());
    let report = verify_folder(folder.path(), None, 0);
    report.assert_first(Kind::NotThere, None);
    assert_eq!(report.findings[0].file, "audit-2.manifest.json");
    assert_eq!(report.findings[0].reason, "it cannot be read: it is longer than 1048576 bytes");
    // Nor is one that has only a length.
    fs::remove_dir_all(folder.path()).expect("a folder");
    fs::create_dir(folder.path()).expect("a folder");
    File::create(&path).and_then(|file| file.set_len(1 << 42)).expect("a file of four terabytes");
    verify_folder(folder.path(), None, 0).assert_first(Kind::NotThere, None);

    first.write(folder.path());
    let checkpoints = tempdir().expect("a folder");
    let mut calendar = Calendar::new(&[&chain], &daily(BEGIN + HOUR / 2, 3));
    for checkpoint in &mut calendar.checkpoints {
        checkpoint.software.version = "x".repeat(2 * 1024 * 1024);
    }
    calendar.link();
    calendar.write(checkpoints.path());
    verify_folder(folder.path(), Some(checkpoints.path()), BEGIN + 3 * DAY).assert_in_order();
}
