//! The codes of problems are what clients switch on: those that are described are those that there are (hardening F11).

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::description::Description;

/// The codes in the source of `Problem`: the second argument of its constructors, after the status.
fn codes_in_source() -> BTreeSet<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/src/http/problem.rs");
    let source = fs::read_to_string(file).expect("problem.rs can be read");
    let arguments = source.split("StatusCode::").skip(1).filter_map(|rest| rest.split_once(','));
    let codes = arguments.filter_map(|(_, rest)| rest.trim_start().strip_prefix('"')?.split_once('"'));
    codes.map(|(code, _)| code.to_owned()).collect()
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().expect("a list").iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

#[test]
fn f11_every_code_of_a_problem_is_described_and_no_other() {
    let codes = codes_in_source();
    assert!(codes.contains("slug_taken") && codes.len() > 10, "the source can be read: {codes:?}");
    assert_eq!(texts(&Description::read().schema("Problem")["properties"]["code"]["enum"]), codes);
}

#[test]
fn f11_every_code_is_explained_somewhere() {
    let text = fs::read_to_string(Description::file()).expect("openapi.yaml can be read");
    for code in codes_in_source() {
        assert!(text.contains(&format!("`{code}`")), "{code}");
    }
}
