//! Exports of chains of which retention has dropped rows: what is left is verified, and that some are gone is found.

use tempfile::tempdir;

use super::{
    BEGIN, DAY, HOUR, Kind,
    calendar::{Calendar, daily},
    chain::Chain,
    draft::{Draft, Request},
    verified_alone, verify_folder,
};
use crate::manifest::Gone;

/// An export of three days, without the rows from one place to another, of which it says that they are gone.
fn draft(first_seq: i64, last_seq: i64) -> (Chain, Draft) {
    let chain = Chain::hourly(7, 72);
    let mut draft = Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + 2 * DAY));
    let is_left = |seq: i64| !(first_seq..=last_seq).contains(&seq);
    draft.rows.retain(|row| is_left(row.seq));
    draft.manifest.dropped = vec![Gone { first_seq, last_seq, last_hash: chain.hash(last_seq) }];
    if first_seq == 1 {
        draft.manifest.first_seq = Some(last_seq + 1);
        draft.manifest.previous_hash = chain.hash(last_seq);
    }
    (chain, draft)
}

#[test]
fn d5_rows_that_retention_dropped_are_named_and_all_others_verified() {
    for (first, last) in [(30, 33), (2, 2), (48, 48), (1, 20)] {
        let (_, mut draft) = draft(first, last);
        let report = verified_alone(&mut draft);
        report.assert_first(Kind::Dropped, Some(first));
        assert_eq!((report.findings.len(), report.findings[0].last_seq), (1, Some(last)), "{report}");
        draft.entry_mut(40).user_agent = None;
        verified_alone(&mut draft).assert_found(Kind::Altered, Some(40));
    }
    // Several runs of them.
    let (chain, mut draft) = draft(30, 33);
    draft.rows.retain(|row| row.seq != 40);
    draft.manifest.dropped.push(Gone { first_seq: 40, last_seq: 40, last_hash: chain.hash(40) });
    let report = verified_alone(&mut draft);
    assert_eq!(report.findings.iter().map(|finding| finding.seq).collect::<Vec<_>>(), [Some(30), Some(40)], "{report}");
}

#[test]
fn d5_rows_that_are_not_there_are_missing_unless_the_manifest_says_that_just_those_are_gone() {
    let (_, mut draft) = draft(30, 33);
    draft.manifest.dropped[0].last_hash = [7; 32];
    verified_alone(&mut draft).assert_found(Kind::Altered, Some(34));

    let (_, mut draft) = self::draft(30, 33);
    draft.rows.retain(|row| row.seq != 34);
    verified_alone(&mut draft).assert_first(Kind::Inconsistent, None);
    // Numbers that fit, of other rows.
    draft.manifest.dropped[0].last_seq = 34;
    draft.manifest.dropped[0].first_seq = 30;
    verified_alone(&mut draft).assert_found(Kind::Altered, Some(35));
    draft.manifest.dropped[0].first_seq = 31;
    draft.manifest.dropped[0].last_seq = 35;
    verified_alone(&mut draft).assert_found(Kind::Missing, Some(30));

    let (_, mut draft) = self::draft(1, 20);
    draft.manifest.dropped.clear();
    verified_alone(&mut draft).assert_first(Kind::Incomplete, Some(21));
}

#[test]
fn d5_what_cannot_be_gone_is_inconsistent() {
    let (chain, draft) = draft(30, 33);
    let gone = |first_seq, last_seq| Gone { first_seq, last_seq, last_hash: chain.hash(33) };
    for dropped in [
        vec![gone(33, 30)],
        vec![gone(1, 4)],
        vec![gone(46, 49)],
        vec![gone(50, 53)],
        vec![gone(i64::MIN, i64::MAX)],
        vec![gone(32, 33), gone(30, 31)],
        vec![gone(30, 31), gone(32, 33)],
        vec![gone(30, 33), gone(30, 33)],
    ] {
        let mut draft = draft.clone();
        draft.manifest.dropped = dropped;
        verified_alone(&mut draft).assert_first(Kind::Inconsistent, None);
    }
    let (_, mut draft) = self::draft(1, 20);
    draft.manifest.dropped[0].first_seq = 2;
    verified_alone(&mut draft).assert_first(Kind::Inconsistent, None);
    let (_, mut draft) = self::draft(1, 20);
    draft.manifest.dropped[0].last_hash = [7; 32];
    verified_alone(&mut draft).assert_first(Kind::Inconsistent, None);
}

#[test]
fn d5_a_history_computed_anew_is_found_also_behind_rows_that_retention_dropped() {
    let (chain, _) = draft(30, 33);
    // Heads: rows 25 and 49. The first is among what is gone, or before it, or the last of it.
    for (first, last, changed) in [(24, 26, 29), (27, 28, 29), (24, 25, 24)] {
        let mut anew = chain.clone();
        anew.entries[changed].user_agent = Some("somebody else".to_owned());
        anew.rehash();
        let mut draft = Draft::new(1, &anew, &Request::whole(&anew, BEGIN, BEGIN + 2 * DAY));
        draft.rows.retain(|row| !(first..=last).contains(&row.seq));
        draft.manifest.dropped = vec![Gone { first_seq: first, last_seq: last, last_hash: anew.hash(last) }];
        draft.manifest.chain_end.hash = chain.hash(72);
        let [folder, checkpoints] = [(); 2].map(|()| tempdir().expect("a folder"));
        draft.write(folder.path());
        Calendar::new(&[&chain], &daily(BEGIN + HOUR / 2, 3)).write(checkpoints.path());
        let report = verify_folder(folder.path(), Some(checkpoints.path()), 0);
        assert!(report.findings.iter().any(|finding| finding.kind == Kind::Rewritten), "{report}");
    }
}

#[test]
fn d5_checkpoints_cover_what_is_left_on_either_side() {
    let (chain, mut draft) = draft(30, 33);
    let [folder, checkpoints] = [(); 2].map(|()| tempdir().expect("a folder"));
    draft.write(folder.path());
    Calendar::new(&[&chain], &daily(BEGIN + HOUR / 2, 3)).write(checkpoints.path());
    let report = verify_folder(folder.path(), Some(checkpoints.path()), 0);
    report.assert_first(Kind::Dropped, Some(30));
    assert_eq!(report.findings.len(), 1, "{report}");
    let covered: Vec<_> = report.covered.iter().map(|covered| (covered.first_seq, covered.covered_to)).collect();
    assert_eq!(covered, [(1, Some(25)), (34, Some(49))], "{report}");
}
