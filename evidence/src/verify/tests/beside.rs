//! What lies among exports and is not theirs: files that no manifest names, and what is no regular file.

use std::{fs, path::Path};

use tempfile::{TempDir, tempdir};

use super::{
    BEGIN, DAY, Kind, LEFT_OUT, LONG_AFTER, MANIFEST, Material, Options, ROWS, Report, TrustedKeys,
    chain::Chain,
    draft::{Draft, Request},
    exporter, instant, verify, verify_folder,
};
use crate::signature;

/// Two exports, one after the other.
fn written() -> TempDir {
    let folder = tempdir().expect("a folder");
    let chain = Chain::hourly(7, 72);
    for day in [1, 2] {
        let request = Request::whole(&chain, BEGIN + (day - 1) * DAY, BEGIN + day * DAY);
        Draft::new(day as u128, &chain, &request).write(folder.path());
    }
    folder
}

/// Verifies what is given, and not all that is in the folder.
fn verify_given(folder: &Path, given: &[&str]) -> Report {
    let mut material = Material::new(Some(folder));
    for name in given {
        material.add(&folder.join(name)).expect("something to verify");
    }
    let mut trusted = TrustedKeys::default();
    let fingerprint = exporter().public_key().fingerprint();
    trusted.add_fingerprint(signature::Kind::Manifest, &fingerprint).expect("a fingerprint");
    verify(&material, &Options { trusted, as_of: instant(BEGIN), now: instant(LONG_AFTER) }, &())
}

/// The files that are found to be named by nobody.
fn unnamed(report: &Report) -> Vec<&str> {
    let is_unnamed = |reason: &str| reason.starts_with("no manifest beside it names it");
    let findings = report.findings.iter().filter(|finding| is_unnamed(&finding.reason));
    findings.inspect(|finding| assert_eq!(finding.kind, Kind::FileDiffers)).map(|finding| &*finding.file).collect()
}

#[test]
fn d5_a_file_that_no_manifest_beside_it_names_is_found_wherever_it_lies_in_a_folder() {
    let folder = written();
    verify_folder(folder.path(), None, 0).assert_in_order();
    let below = folder.path().join("below");
    fs::create_dir(&below).expect("a folder");
    // A copy has the manifest's name for it and lies elsewhere.
    for name in
        ["audit-1.csv.gz", "audit-3.jsonl.gz", "audit-3.left-out.JSONL.GZ", "rows.csv.gz", "below/audit-1.jsonl.gz"]
    {
        fs::copy(folder.path().join(ROWS), folder.path().join(name)).expect("a copy");
        let report = verify_folder(folder.path(), None, 0);
        assert_eq!((unnamed(&report), report.findings.len()), (vec![name], 1), "{report}");
        fs::remove_file(folder.path().join(name)).expect("it was there");
    }
    fs::write(folder.path().join("README.gz"), b"").expect("a file");
    verify_folder(folder.path(), None, 0).assert_in_order();
}

#[test]
fn d5_a_file_that_no_manifest_names_is_found_beside_a_manifest_or_a_file_that_is_given() {
    let folder = written();
    for given in [[MANIFEST].as_slice(), &[ROWS], &[LEFT_OUT, MANIFEST]] {
        // The second export is nobody's question, and yet its files are its own.
        let report = verify_given(folder.path(), given);
        report.assert_in_order();
        assert_eq!(report.exports.len(), 1, "{report}");
    }
    fs::copy(folder.path().join(ROWS), folder.path().join("audit-1.csv.gz")).expect("a copy");
    for given in [MANIFEST, ROWS, "audit-1.csv.gz"] {
        assert_eq!(unnamed(&verify_given(folder.path(), &[given])), ["audit-1.csv.gz"]);
    }
    fs::remove_file(folder.path().join("audit-1.csv.gz")).expect("it was there");
    // What is not signed says nothing of anybody.
    let other = folder.path().join("audit-2.manifest.json");
    let document = fs::read_to_string(&other).expect("a manifest");
    fs::write(&other, document.replacen("\"rows\":", "\"rows\" :", 1)).expect("a file");
    let report = verify_given(folder.path(), &[MANIFEST]);
    assert_eq!(unnamed(&report), ["audit-2.jsonl.gz", "audit-2.left-out.jsonl.gz"], "{report}");
}

#[test]
fn d5_a_manifest_in_the_folder_where_somebody_works_is_found_with_what_lies_beside_it() {
    let mut material = Material::new(None);
    // The crate's own folder has no export; that it can be listed by the name of a file in it is what matters.
    let error = material.add(Path::new("Cargo.toml")).expect_err("none of an export's");
    assert!(error.to_string().contains("neither a manifest"), "{error}");
    material.add_manifest("none.manifest.json".into()).expect("the folder can be listed");
    assert!(material.beside.is_empty() && material.files.is_empty());
}

#[cfg(unix)]
#[test]
fn d5_pipes_and_links_among_exports_are_found_and_not_opened() {
    use std::{os::unix::fs::symlink, process::Command};

    let pipe = |path: &Path| assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
    let link = |path: &Path| symlink("/dev/zero", path).expect("a link");
    for put in [&pipe as &dyn Fn(&Path), &link] {
        for (name, reason) in [
            ("audit-3.manifest.json", "it cannot be read: it is no regular file"),
            (MANIFEST, "it cannot be read: it is no regular file"),
            (ROWS, "it cannot be read: it is no regular file"),
            (LEFT_OUT, "it cannot be read: it is no regular file"),
            ("audit-3.csv.gz", "no manifest beside it names it"),
        ] {
            let folder = written();
            let path = folder.path().join(name);
            // What is replaced need not be there.
            let _ = fs::remove_file(&path);
            put(&path);
            let report = verify_folder(folder.path(), None, 0);
            let is_it = |finding: &super::super::Finding| finding.file == name && finding.reason.starts_with(reason);
            assert!(report.findings.iter().any(is_it), "{name}: {report}");
        }
    }
    // Nor is one that is given.
    let folder = tempdir().expect("a folder");
    let path = folder.path().join(MANIFEST);
    pipe(&path);
    let error = Material::new(None).add(&path).expect_err("nothing to read");
    assert!(error.to_string().ends_with("is no regular file"), "{error}");
}

#[cfg(unix)]
#[test]
fn d5_a_link_to_a_folder_among_exports_is_found_and_not_followed() {
    let (folder, elsewhere) = (written(), written());
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("november")).expect("a link");
    let report = verify_folder(folder.path(), None, 0);
    report.assert_first(Kind::NotThere, None);
    assert_eq!((report.findings[0].file.as_str(), report.exports.len()), ("november", 2), "{report}");
}

#[test]
fn a_folder_may_be_given_beside_one_that_it_is_in() {
    let folder = written();
    let mut material = Material::new(None);
    for _ in 0..2 {
        material.add(folder.path()).expect("exports");
    }
}

#[cfg(unix)]
#[test]
fn d5_a_link_that_is_given_is_followed() {
    use std::os::unix::fs::symlink;

    let (folder, links) = (written(), tempdir().expect("a folder"));
    for name in [MANIFEST, ROWS] {
        symlink(folder.path().join(name), links.path().join(name)).expect("a link");
        let report = verify_given(links.path(), &[name]);
        report.assert_in_order();
        assert_eq!(report.exports[0].files.len(), 2, "{report}");
    }
    symlink(folder.path(), links.path().join("exports")).expect("a link");
    assert_eq!(verify_given(links.path(), &["exports"]).exports.len(), 2);
    // Among what is found, none is.
    let report = verify_folder(links.path(), None, 0);
    assert!(report.exports.is_empty() && !report.in_order, "{report}");
}
