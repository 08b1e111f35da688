//! Why an export failed, as people read of it: each code has a sentence of its own, and says what to do.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::{AURORA, OWNER, change, path, queued};
use crate::app::TestApp;

/// The codes in the worker's source and the store's: what `code` gives.
fn codes() -> BTreeSet<String> {
    let files = ["functions/audit-export/src/failure.rs", "store/src/error.rs"];
    let sources = files.map(|file| {
        let file = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
    });
    let of = |source: &str| -> Vec<String> {
        let (_, body) = source.split_once("pub fn code(").or(source.split_once("pub(crate) fn code(")).expect("code");
        let (body, _) = body.split_once("\n    }").expect("its end");
        body.split("=> \"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
    };
    sources.iter().flat_map(|source| of(source)).collect()
}

#[tokio::test]
async fn every_code_has_a_sentence_of_its_own_and_offers_asking_again_only_where_that_helps() {
    let app = TestApp::start().await;
    let codes = codes();
    assert!(codes.contains("chain_broken") && codes.contains("store_denied"), "{codes:?}");
    let owner = app.owner().await;
    let mut exports = BTreeMap::new();
    for code in codes.iter().map(String::as_str).chain(["of_a_later_version"]) {
        let id = queued(&owner, AURORA).await;
        change(&owner, id, &format!("status = 'failed', error_code = '{code}', finished_at = now()")).await;
        exports.insert(code, id);
    }
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    let list = browser.get("/audit/exports").await;
    let mut sentences = BTreeSet::new();
    for (code, id) in &exports {
        let place = format!("#export-{id} [data-label=State]");
        let said = list.texts(&place).concat();
        let rest = said.strip_prefix("Failed. ").unwrap_or_else(|| panic!("{code}: {said}"));
        assert!(said.contains(&format!("({code})")), "whoever runs it is told the code: {said}");
        sentences.insert(rest.split_once(". ").expect("a sentence").0.to_owned());
        let helps = !["chain_broken", "store_denied", "internal"].contains(code);
        assert_eq!(list.has(&format!("{place} a[href='/audit/exports#new']")), helps, "{code}: {said}");
        assert_eq!(said.contains("Another one would fail, too"), !helps, "{code}: {said}");
    }
    assert_eq!(sentences.len(), codes.len() + 1, "{sentences:#?}");
    let broken = browser.get(&path(exports["chain_broken"])).await;
    assert!(
        broken.text().contains("has to verify the database, as docs/audit-operations.md says"),
        "{}",
        broken.text()
    );
    assert!(!broken.has("main a[href='/audit/exports#new']"));
}
