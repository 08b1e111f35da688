//! docs/hardening.md says truly what is proved: every line points at tests that exist, or says that it is to come.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A line of the list.
struct Line {
    ids: Vec<String>,
    proof: String,
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies in the repository")
}

fn document() -> String {
    fs::read_to_string(repository().join("docs/hardening.md")).expect("docs/hardening.md can be read")
}

/// The rows of the document's tables: ids, what must hold, what proves it.
fn lines(document: &str) -> Vec<Line> {
    let rows = document.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells.len() == 3 && is_id(cells[0].split(',').next().unwrap_or_default()))
        .map(|cells| Line {
            ids: cells[0].split(',').map(|id| id.trim().to_owned()).collect(),
            proof: cells[2].to_owned(),
        })
        .collect()
}

/// `A1` to `H11`.
fn is_id(text: &str) -> bool {
    text.len() >= 2 && text.starts_with(|first| ('A'..='H').contains(&first)) && text[1..].parse::<u8>().is_ok()
}

/// The tests that a cell names: `package::module::…::function`.
fn references(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).filter(|text| text.contains("::")).collect()
}

/// The files in which a test of these modules may stand.
fn candidates(reference: &str) -> Vec<PathBuf> {
    let segments: Vec<&str> = reference.split("::").collect();
    let (package, modules) = (segments[0], &segments[1..segments.len() - 1]);
    let sources = match package {
        "tests" => repository().join("tests"),
        "eleva" => repository().join("shared/src"),
        "dev" | "evidence" | "ops" | "store" => repository().join(package).join("src"),
        function => repository().join("functions").join(function).join("src"),
    };
    // A module `tests` is a file's own, or a folder.
    let within =
        modules.iter().filter(|module| **module != "tests").fold(sources.clone(), |path, name| path.join(name));
    let beside = modules.iter().fold(sources, |path, name| path.join(name));
    vec![
        within.with_extension("rs"),
        within.join("mod.rs"),
        within.join("tests.rs"),
        beside.with_extension("rs"),
        beside.join("mod.rs"),
    ]
}

#[test]
fn every_test_that_the_list_names_exists() {
    for line in lines(&document()) {
        for reference in references(&line.proof) {
            let (_, function) = reference.rsplit_once("::").expect("a path");
            let is_there = candidates(reference)
                .iter()
                .any(|file| fs::read_to_string(file).is_ok_and(|source| source.contains(&format!("fn {function}("))));
            assert!(is_there, "{:?} names {reference}, which is not there", line.ids);
        }
    }
}

#[test]
fn every_line_has_a_proof_or_says_that_it_is_to_come() {
    let document = document();
    let lines = lines(&document);
    assert!(lines.len() > 40, "the tables can be read");
    for line in &lines {
        let is_to_come = line.proof.starts_with("To come");
        assert_ne!(is_to_come, !references(&line.proof).is_empty(), "{:?}: {}", line.ids, line.proof);
    }
    let mut ids = BTreeSet::new();
    for id in lines.iter().flat_map(|line| &line.ids) {
        assert!(ids.insert(id.clone()), "{id} stands twice");
    }
}

/// The ids that the names of this crate's tests begin with: `a1_a15_…`.
fn ids_of_tests() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut folders = vec![repository().join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap_or_default();
            for name in source.split("fn ").skip(1).filter_map(|rest| rest.split('(').next()) {
                for id in name.split('_').map(str::to_ascii_uppercase).take_while(|word| is_id(word)) {
                    found.entry(id).or_default().insert(name.to_owned());
                }
            }
        }
    }
    found
}

#[test]
fn no_line_that_a_test_holds_is_called_to_come() {
    let lines = lines(&document());
    for (id, names) in ids_of_tests() {
        let line = lines.iter().find(|line| line.ids.contains(&id));
        let line = line.unwrap_or_else(|| panic!("the list has no {id}, which {names:?} hold"));
        assert!(!line.proof.starts_with("To come"), "{id} is held by {names:?}");
    }
}
