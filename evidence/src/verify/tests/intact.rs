//! What nobody touched is in order, whatever it is.

use proptest::prelude::*;
use tempfile::tempdir;

use super::{
    BEGIN, DAY, HOUR, Kind, LONG_AFTER, Material, Options, TrustedKeys,
    calendar::{Calendar, daily},
    chain::Chain,
    draft::{Draft, Request, exports},
    exporter, instant, notary, verify, verify_folder,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d5_any_export_of_any_chain_is_in_order((chain, request) in exports(0..40)) {
        let folder = tempdir().expect("a folder");
        let mut draft = Draft::new(1, &chain, &request);
        draft.write(folder.path());
        let instants = daily(BEGIN + HOUR, 5);
        let now = instants[4];
        Calendar::new(&[&chain], &instants).write(folder.path());
        let report = verify_folder(folder.path(), None, now);
        prop_assert!(report.in_order, "{report}");
        prop_assert_eq!(report.exports[0].rows as usize, draft.rows.len());
        let goes_on = draft.manifest.last_seq.unwrap_or(0) < draft.manifest.chain_end.seq;
        let is_told = report.notes.iter().any(|note| note.contains("imported"));
        prop_assert_eq!(report.exports[0].imported > 0 || goes_on, is_told);
    }

    #[test]
    fn d5_exports_of_one_month_after_the_other_are_in_order_together((chain, request) in exports(1..60)) {
        let folder = tempdir().expect("a folder");
        let [from, middle, to] = [request.from, request.from + HOUR, request.to + 2 * HOUR];
        for (number, from, to) in [(1, from, middle), (2, middle, to), (3, to, to + DAY), (4, from, to)] {
            Draft::new(number, &chain, &Request { from, to, end: chain.end(), ..request.clone() }).write(folder.path());
        }
        let report = verify_folder(folder.path(), None, 0);
        prop_assert!(report.in_order, "{report}");
    }
}

#[test]
fn d5_an_export_without_rows_shows_the_rows_around_it() {
    let folder = tempdir().expect("a folder");
    let chain = Chain::hourly(7, 20);
    for is_csv in [false, true] {
        let request = Request { is_csv, ..Request::whole(&chain, chain.time(9) + 1, chain.time(10)) };
        let mut draft = Draft::new(u128::from(is_csv), &chain, &request);
        draft.write(folder.path());
        assert_eq!((draft.rows.len(), draft.left_out.len()), (0, 2));
    }
    let report = verify_folder(folder.path(), None, 0);
    report.assert_in_order();
    assert!(report.to_string().contains("in order: 2 exports, 0 rows, 4 left out"), "{report}");
    assert!(report.to_string().contains("--against-checkpoints"), "{report}");
}

#[test]
fn d5_without_a_trusted_key_all_else_is_verified_and_the_fingerprint_is_shown() {
    let folder = tempdir().expect("a folder");
    let chain = Chain::hourly(7, 20);
    Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY)).write(folder.path());
    let mut material = Material::new(None);
    material.add(&folder.path().join("audit-1.jsonl.gz")).expect("its manifest is beside it");
    let options = |trusted| Options { trusted, as_of: instant(BEGIN), now: instant(LONG_AFTER) };
    let fingerprint = exporter().public_key().fingerprint();

    let report = verify(&material, &options(TrustedKeys::default()), &());
    report.assert_first(Kind::UntrustedKey, None);
    assert_eq!(report.findings.len(), 1, "{report}");
    assert!(report.findings[0].reason.contains(&format!("--fingerprint {fingerprint}")), "{report}");

    let mut others = TrustedKeys::default();
    others
        .add_fingerprint(crate::signature::Kind::Checkpoint, &notary().public_key().fingerprint())
        .expect("a fingerprint");
    verify(&material, &options(others.clone()), &()).assert_first(Kind::UntrustedKey, None);
    others.add_fingerprint(crate::signature::Kind::Manifest, &fingerprint).expect("a fingerprint");
    verify(&material, &options(others), &()).assert_in_order();
}

#[test]
fn d5_checkpoints_that_nobody_touched_cover_exports_up_to_a_row() {
    let folder = tempdir().expect("a folder");
    let (chain, other) = (Chain::hourly(7, 60), Chain::hourly(8, 30));
    let instants = daily(BEGIN + HOUR / 2, 4);
    let calendar = Calendar::new(&[&chain, &other], &instants);
    calendar.write(folder.path());
    let mut draft = Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY + HOUR / 4));
    draft.manifest.checkpoint = calendar.covering(1, &chain);
    draft.write(folder.path());
    // Of what lies beside the exports nobody knows who held it.
    assert!(verify_folder(folder.path(), None, instants[3] + DAY).covered.is_empty());
    let report = verify_folder(folder.path(), Some(&folder.path().join("checkpoints")), instants[3] + DAY);
    report.assert_in_order();
    let covered = &report.covered[0];
    assert_eq!((covered.covered_to, covered.last_seq), (Some(25), 26), "{report}");
    assert!(report.to_string().contains("from row 26 on, nothing is"), "{report}");
    assert!(covered.checkpoint.as_ref().is_some_and(|name| name.ends_with("checkpoints/2026/10/02.json")), "{report}");
}
