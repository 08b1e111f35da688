//! Changes of files as they lie there: single bytes, ends that are cut off, files of other exports.

use std::fs;

use proptest::{prelude::*, sample::Index};
use tempfile::{TempDir, tempdir};

use super::{
    BEGIN, DAY, HOUR, Kind, LEFT_OUT, LONG_AFTER, MANIFEST, Material, Options, ROWS, TrustedKeys,
    calendar::{Calendar, daily},
    chain::Chain,
    draft::{Draft, Request},
    exporter, instant, verify, verify_folder,
};

const CHECKPOINT: &str = "checkpoints/2026/10/02.json";

/// An export of the first day, with checkpoints.
fn written() -> (TempDir, Chain, Draft) {
    let folder = tempdir().expect("a folder");
    let chain = Chain::hourly(7, 40);
    let request =
        Request { actions: Some(vec!["EVENT_UPDATED".to_owned()]), ..Request::whole(&chain, BEGIN, BEGIN + DAY) };
    let mut draft = Draft::new(1, &chain, &request);
    draft.write(folder.path());
    Calendar::new(&[&chain], &daily(BEGIN + HOUR, 3)).write(folder.path());
    (folder, chain, draft)
}

fn now() -> i64 {
    BEGIN + 3 * DAY
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d5_a_changed_byte_of_any_file_is_found(
        name in prop::sample::select(vec![ROWS, LEFT_OUT, MANIFEST, CHECKPOINT]),
        at in any::<Index>(),
        bit in 0..8_u32,
    ) {
        let (folder, ..) = written();
        let path = folder.path().join(name);
        let mut bytes = fs::read(&path).expect("the file");
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        // A signer's name for the key is for people, and nothing says that it has to be this one.
        let key_id = bytes.windows(6).position(|bytes| bytes == b"key_id").map(|begin| begin + 10..begin + 23);
        // White space between the members of the signed document means nothing where it still is some.
        let is_space = bytes[at].is_ascii_whitespace();
        prop_assume!(!is_space && key_id.is_none_or(|key_id| !key_id.contains(&at)));
        fs::write(&path, bytes).expect("the file");
        let report = verify_folder(folder.path(), Some(&folder.path().join("checkpoints")), now());
        prop_assert!(!report.in_order, "byte {at}: {report}");
        // The next checkpoint is tied to a file, so that it may be that one which does not fit.
        let is_named = report.findings.iter().any(|finding| finding.file == name || name == CHECKPOINT);
        prop_assert!(is_named, "{report}");
    }

    #[test]
    fn d5_a_file_that_was_cut_off_or_continued_is_found(
        name in prop::sample::select(vec![ROWS, LEFT_OUT]),
        length in any::<Index>(),
        is_longer in any::<bool>(),
    ) {
        let (folder, ..) = written();
        let path = folder.path().join(name);
        let mut bytes = fs::read(&path).expect("the file");
        match is_longer {
            true => bytes.extend_from_within(..),
            false => bytes.truncate(length.index(bytes.len())),
        }
        fs::write(&path, bytes).expect("the file");
        let report = verify_folder(folder.path(), None, now());
        prop_assert!(report.findings.iter().any(|finding| finding.kind == Kind::FileDiffers && finding.file == name), "{report}");
        prop_assert!(report.findings.len() >= 2, "what is missing in the chain is told, too: {report}");
    }
}

#[test]
fn d5_what_was_written_before_a_test_touches_it_is_in_order() {
    let (folder, ..) = written();
    verify_folder(folder.path(), Some(&folder.path().join("checkpoints")), now()).assert_in_order();
}

#[test]
fn d5_files_of_two_exports_that_were_swapped_are_found() {
    let (folder, chain, _) = written();
    Draft::new(2, &chain, &Request::whole(&chain, BEGIN + DAY, BEGIN + 2 * DAY)).write(folder.path());
    let (one, other) = (folder.path().join(ROWS), folder.path().join("audit-2.jsonl.gz"));
    let [mine, theirs] = [&one, &other].map(|path| fs::read(path).expect("the file"));
    fs::write(&one, theirs).expect("the file");
    fs::write(&other, mine).expect("the file");
    let report = verify_folder(folder.path(), None, now());
    for name in [ROWS, "audit-2.jsonl.gz"] {
        assert!(
            report.findings.iter().any(|finding| finding.kind == Kind::FileDiffers && finding.file == name),
            "{report}"
        );
    }
}

#[test]
fn d5_a_file_that_is_not_there_is_named() {
    let (folder, ..) = written();
    fs::remove_file(folder.path().join(LEFT_OUT)).expect("it was there");
    let report = verify_folder(folder.path(), None, now());
    report.assert_first(Kind::NotThere, None);
    assert_eq!((report.findings.len(), report.findings[0].file.as_str()), (1, LEFT_OUT), "{report}");

    fs::remove_file(folder.path().join(MANIFEST)).expect("it was there");
    let mut material = Material::new(Some(folder.path()));
    material.add(&folder.path().join(ROWS)).expect("it is an export's file");
    let report = verify(
        &material,
        &Options { trusted: TrustedKeys::default(), as_of: instant(now()), now: instant(LONG_AFTER) },
        &(),
    );
    report.assert_first(Kind::NotThere, None);
    assert!(report.findings[0].reason.ends_with(MANIFEST), "{report}");
}

#[test]
fn d5_a_file_whose_manifest_does_not_name_it_is_named() {
    let (folder, ..) = written();
    let path = folder.path().join("audit-1.csv.gz");
    fs::copy(folder.path().join(ROWS), &path).expect("a copy");
    let mut material = Material::new(Some(folder.path()));
    material.add(&path).expect("it has an export's name");
    let mut trusted = TrustedKeys::default();
    trusted
        .add_fingerprint(crate::signature::Kind::Manifest, &exporter().public_key().fingerprint())
        .expect("a fingerprint");
    let report = verify(&material, &Options { trusted, as_of: instant(now()), now: instant(LONG_AFTER) }, &());
    assert!(report.findings.iter().any(|finding| finding.file == "audit-1.csv.gz"), "{report}");
}

#[test]
fn d5_a_manifest_that_leads_into_another_folder_leads_nowhere() {
    let (folder, _, mut draft) = written();
    for name in ["../audit-1.jsonl.gz", "/etc/hostname", "..", ""] {
        draft.manifest.files[0].name = name.to_owned();
        draft.write_manifest(folder.path(), &exporter());
        let report = verify_folder(folder.path(), None, now());
        report.assert_first(Kind::Inconsistent, None);
        assert_eq!(report.findings[0].reason, "it names a file in another folder");
    }
}
