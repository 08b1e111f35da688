//! Exports against checkpoints that somebody else holds.

use std::fs;

use tempfile::{TempDir, tempdir};

use super::{
    BEGIN, DAY, HOUR, Kind, LONG_AFTER, Report,
    calendar::{self, Calendar, daily},
    chain::{Chain, Entry},
    draft::{Draft, Request},
    exporter, instant, notary, verify_folder,
};
use crate::{chain, checkpoint, manifest::ChainEnd, signature::Signer};

/// An export of the first day of four, and checkpoints of all of them.
struct Case {
    folder: TempDir,
    checkpoints: TempDir,
    chain: Chain,
    calendar: Calendar,
    draft: Draft,
}

impl Case {
    fn new() -> Self {
        let (chain, other) = (Chain::hourly(7, 96), Chain::hourly(8, 96));
        let calendar = Calendar::new(&[&chain, &other], &daily(BEGIN + HOUR / 2, 5));
        let mut draft = Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY + HOUR / 4));
        draft.manifest.checkpoint = calendar.covering(1, &chain);
        let [folder, checkpoints] = [(); 2].map(|()| tempdir().expect("a folder"));
        Self { folder, checkpoints, chain, calendar, draft }
    }

    fn verified(&mut self) -> Report {
        self.draft.write(self.folder.path());
        fs::remove_dir_all(self.checkpoints.path().join("checkpoints")).ok();
        self.calendar.write(self.checkpoints.path());
        self.report()
    }

    fn report(&self) -> Report {
        verify_folder(self.folder.path(), Some(self.checkpoints.path()), BEGIN + 5 * DAY)
    }

    /// Puts something else where a checkpoint lies.
    fn replace(&self, position: usize, change: impl FnOnce(&mut checkpoint::Checkpoint)) {
        let mut checkpoint = self.calendar.checkpoints[position].clone();
        change(&mut checkpoint);
        calendar::write(self.checkpoints.path(), &checkpoint, &notary());
    }
}

#[test]
fn d5_exports_and_checkpoints_of_the_same_chains_are_in_order() {
    let report = Case::new().verified();
    report.assert_in_order();
    assert!(report.to_string().contains("5 checkpoints, 2026-10-01 to 2026-10-05"), "{report}");
}

#[test]
fn d5_a_checkpoint_that_was_changed_and_signed_again_is_not_what_the_next_is_tied_to() {
    let mut case = Case::new();
    case.verified();
    case.replace(2, |checkpoint| checkpoint.software.version = "1".to_owned());
    let report = case.report();
    report.assert_first(Kind::NotLinked, None);
    assert!(report.findings[0].file.ends_with("2026/10/04.json"), "{report}");
}

#[test]
fn d5_heads_that_are_not_in_order_or_not_those_of_the_root_are_found() {
    for change in [
        (|checkpoint| checkpoint.root = [7; 32]) as fn(&mut checkpoint::Checkpoint),
        |checkpoint| checkpoint.heads[0].seq += 1,
        |checkpoint| checkpoint.heads.swap(0, 1),
        |checkpoint| {
            checkpoint.heads.swap(0, 1);
            checkpoint.root = checkpoint::root(&checkpoint.heads);
        },
        |checkpoint| {
            checkpoint.heads.pop();
        },
        |checkpoint| checkpoint.format = "eleva-checkpoint-9".to_owned(),
    ] {
        let mut case = Case::new();
        case.verified();
        case.replace(4, change);
        let report = case.report();
        report.assert_first(Kind::Inconsistent, None);
        assert!(report.findings[0].file.ends_with("2026/10/05.json"), "{report}");
    }
}

#[test]
fn d5_a_head_that_goes_back_changes_or_goes_is_found_although_the_checkpoint_fits_itself() {
    let of_both = |change: fn(&mut Vec<checkpoint::Head>)| {
        let mut case = Case::new();
        let checkpoint = &mut case.calendar.checkpoints[4];
        change(&mut checkpoint.heads);
        checkpoint.root = checkpoint::root(&checkpoint.heads);
        case.calendar.link();
        case.verified()
    };
    let report = of_both(|heads| heads[0].seq = 50);
    report.assert_first(Kind::SetBack, Some(73));
    assert!(report.findings[0].reason.contains("2026/10/04.json"), "{report}");
    of_both(|heads| heads.clear()).assert_first(Kind::SetBack, Some(73));

    let mut case = Case::new();
    let [.., before, last] = case.calendar.checkpoints.as_mut_slice() else { panic!("five checkpoints") };
    last.heads = before.heads.clone();
    last.heads[1].hash = [7; 32];
    last.root = checkpoint::root(&last.heads);
    case.calendar.link();
    case.verified().assert_first(Kind::SetBack, Some(73));
}

#[test]
fn d5_a_checkpoint_that_is_missing_or_there_twice_or_another_day_s_is_found() {
    let mut case = Case::new();
    case.verified();
    let path = calendar::path(case.checkpoints.path(), &case.calendar.checkpoints[2]);
    let copy = case.checkpoints.path().join("copy.json");
    fs::copy(&path, &copy).expect("a copy");
    case.report().assert_in_order();

    fs::remove_file(&path).expect("it was there");
    fs::remove_file(&copy).expect("it was there");
    let report = case.report();
    report.assert_first(Kind::NotThere, None);
    assert!(report.findings[0].reason.contains("of 2026-10-03"), "{report}");

    case.verified();
    let mut other = case.calendar.checkpoints[2].clone();
    other.software.version = "1".to_owned();
    let elsewhere = case.checkpoints.path().join("other");
    calendar::write(&elsewhere, &other, &notary());
    case.report().assert_first(Kind::TwoOfADay, None);
    fs::remove_dir_all(elsewhere).expect("it was there");

    let day = case.checkpoints.path().join("checkpoints/2026/10/09.json");
    fs::rename(&path, &day).expect("it was there");
    case.report().assert_first(Kind::Inconsistent, None);
    fs::rename(&day, &path).expect("it was there");
    case.report().assert_in_order();

    // The first ones may be somebody else's to hold; it is said.
    fs::remove_file(calendar::path(case.checkpoints.path(), &case.calendar.checkpoints[0])).expect("it was there");
    let report = case.report();
    report.assert_in_order();
    assert!(report.notes[0].contains("2026-10-01"), "{report}");
}

#[test]
fn d5_links_that_lead_nowhere_are_found() {
    for (change, kind) in [
        ((|checkpoint| checkpoint.previous = None) as fn(&mut checkpoint::Checkpoint), Kind::NotLinked),
        (
            |checkpoint| checkpoint.previous.as_mut().expect("one").date = jiff::civil::date(2026, 10, 5),
            Kind::NotLinked,
        ),
        (
            |checkpoint| checkpoint.previous.as_mut().expect("one").date = jiff::civil::date(2026, 10, 3),
            Kind::NotLinked,
        ),
        (|checkpoint| checkpoint.previous.as_mut().expect("one").sha256 = [7; 32], Kind::NotLinked),
        (|checkpoint| checkpoint.created_at = super::instant(BEGIN), Kind::NotLinked),
    ] {
        let mut case = Case::new();
        case.verified();
        case.replace(4, change);
        case.report().assert_found(kind, None);
    }
}

#[test]
fn d5_rows_that_were_invented_at_places_that_no_checkpoint_knows_are_found() {
    for distance in [1_000_000, (1 << 62) - 100] {
        let mut case = Case::new();
        let mut draft = Draft::new(1, &case.chain, &Request::whole(&case.chain, BEGIN + DAY, BEGIN + 2 * DAY));
        let mut hash = [9; 32];
        draft.manifest.previous_hash = hash;
        let mut entries: Vec<&mut Entry> = draft.rows.iter_mut().chain(&mut draft.left_out).collect();
        entries.sort_by_key(|entry| entry.seq);
        for entry in entries {
            entry.seq += distance;
            let row = entry.as_row();
            hash = chain::link(&hash, &chain::row_hash(&row.header.hash(), &row.body.hash()));
            entry.hash = hash;
        }
        draft.manifest.first_seq = draft.manifest.first_seq.map(|seq| seq + distance);
        draft.manifest.last_seq = draft.manifest.last_seq.map(|seq| seq + distance);
        draft.manifest.last_hash = hash;
        let seq = draft.manifest.last_seq.expect("rows");
        draft.manifest.chain_end = ChainEnd { seq, hash, read_at: instant(BEGIN + 6 * DAY) };
        let first = draft.manifest.first_seq;
        case.draft = draft;
        case.verified().assert_found(Kind::Rewritten, first);
    }
}

#[test]
fn a_manifest_with_absurd_places_is_refused_and_nothing_else() {
    for (first, last) in [(i64::MIN, i64::MAX), (i64::MIN, 0), (1, i64::MAX), (i64::MAX, i64::MAX)] {
        let mut case = Case::new();
        (case.draft.manifest.first_seq, case.draft.manifest.last_seq) = (Some(first), Some(last));
        case.draft.manifest.chain_end.seq = i64::MAX;
        assert!(!case.verified().in_order, "{first} to {last}");
    }
}

#[test]
fn d5_what_would_be_made_in_a_time_to_come_is_found() {
    let mut case = Case::new();
    case.draft.manifest.chain_end.read_at = instant(LONG_AFTER + DAY);
    case.verified().assert_first(Kind::Inconsistent, None);
    let mut case = Case::new();
    case.verified();
    case.replace(4, |checkpoint| {
        checkpoint.date = jiff::civil::date(2100, 1, 2);
        checkpoint.created_at = instant(LONG_AFTER + DAY + HOUR);
    });
    let report = case.report();
    let is_ahead = |finding: &crate::verify::Finding| finding.reason.contains("made in a time to come, 2100-01-02");
    assert!(report.findings.iter().any(is_ahead), "{report}");
}

#[test]
fn d5_a_newest_checkpoint_that_is_too_old_is_found_unless_another_time_is_asked_about() {
    let mut case = Case::new();
    case.verified();
    let [folder, checkpoints] = [&case.folder, &case.checkpoints].map(TempDir::path);
    let newest = BEGIN + HOUR / 2 + 4 * DAY;
    verify_folder(folder, Some(checkpoints), newest + 2 * DAY).assert_in_order();
    verify_folder(folder, Some(checkpoints), newest + 2 * DAY + 1).assert_first(Kind::Stale, None);
}

#[test]
fn d5_checkpoints_by_somebody_else_are_told_once() {
    let mut case = Case::new();
    case.verified();
    for checkpoint in &case.calendar.checkpoints {
        calendar::write(case.checkpoints.path(), checkpoint, &Signer::new("checkpoints-1", &[9; 32]));
    }
    let report = case.report();
    let untrusted: Vec<_> = report.findings.iter().filter(|finding| finding.kind == Kind::UntrustedKey).collect();
    assert_eq!(untrusted.len(), 1, "{report}");
    assert!(untrusted[0].reason.contains("and 4 other checkpoints"), "{report}");
    let document =
        exporter().sign(crate::signature::Kind::Manifest, &case.calendar.checkpoints[0]).expect("a document");
    fs::write(calendar::path(case.checkpoints.path(), &case.calendar.checkpoints[4]), document).expect("a file");
    case.report().assert_found(Kind::NotSigned, None);
}

#[test]
fn d5_an_end_that_was_cut_off_is_found() {
    // The worker was shown a chain that ends in the middle of the day that is exported.
    let mut case = Case::new();
    let request = Request { end: 20, ..Request::whole(&case.chain, BEGIN, BEGIN + DAY + HOUR / 4) };
    case.draft = Draft::new(1, &case.chain, &request);
    // It says that it looked when the day was over.
    case.draft.manifest.chain_end.read_at = super::instant(BEGIN + 3 * DAY);
    let report = case.verified();
    report.assert_first(Kind::CutOff, Some(21));
    assert_eq!(report.findings[0].last_seq, Some(25), "the first checkpoint that shows it: {report}");

    // It says that rows come after the period which an older checkpoint does not know in that place.
    let mut case = Case::new();
    case.draft = Draft::new(1, &case.chain, &Request::whole(&case.chain, BEGIN, BEGIN + DAY + HOUR / 4));
    case.draft.manifest.to = super::instant(BEGIN + 3 * DAY);
    case.verified().assert_found(Kind::CutOff, Some(27));

    // Afterwards the chain became shorter than the export shows it.
    let mut case = Case::new();
    let short = Chain { entries: case.chain.entries[..50].to_vec(), ..case.chain.clone() };
    let later = Calendar::new(&[&short], &daily(BEGIN + HOUR / 2 + 5 * DAY, 1));
    case.calendar.checkpoints.extend(later.checkpoints);
    case.calendar.link();
    let report = case.verified();
    report.assert_found(Kind::CutOff, Some(51));
    report.assert_found(Kind::SetBack, Some(96));
}

#[test]
fn d5_the_checkpoint_that_a_manifest_names_has_to_be_there_and_to_say_so() {
    let mut case = Case::new();
    case.draft.manifest.checkpoint.as_mut().expect("one").date = jiff::civil::date(2026, 9, 1);
    case.verified().assert_first(Kind::NotThere, None);

    let mut case = Case::new();
    case.draft.manifest.checkpoint.as_mut().expect("one").sha256 = [7; 32];
    case.verified().assert_first(Kind::Contradiction, None);

    let mut case = Case::new();
    let hash = case.chain.hash(24);
    let covering = case.draft.manifest.checkpoint.as_mut().expect("one");
    (covering.seq, covering.hash) = (24, hash);
    let report = case.verified();
    report.assert_first(Kind::Inconsistent, Some(25));
    report.assert_found(Kind::Contradiction, None);

    let mut case = Case::new();
    case.draft.manifest.checkpoint.as_mut().expect("one").seq = 90;
    case.verified().assert_first(Kind::Inconsistent, None);

    let mut case = Case::new();
    case.draft.manifest.checkpoint.as_mut().expect("one").hash = [7; 32];
    case.verified().assert_first(Kind::Contradiction, Some(25));
}
