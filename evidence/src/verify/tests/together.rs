//! Several exports of one organization.

use tempfile::tempdir;

use super::{
    BEGIN, DAY, HOUR, Kind,
    chain::Chain,
    draft::{Draft, Request},
    verify_folder,
};

#[test]
fn d5_a_period_between_two_exports_that_neither_has_is_found_with_its_rows() {
    let folder = tempdir().expect("a folder");
    let chain = Chain::hourly(7, 72);
    Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY)).write(folder.path());
    Draft::new(2, &chain, &Request::whole(&chain, BEGIN + DAY + 3 * HOUR, BEGIN + 2 * DAY)).write(folder.path());
    let report = verify_folder(folder.path(), None, 0);
    report.assert_first(Kind::Gap, Some(25));
    let finding = &report.findings[0];
    assert_eq!((finding.file.as_str(), finding.last_seq), ("audit-2.manifest.json", Some(27)), "{report}");
    // Somebody asks for them later.
    Draft::new(3, &chain, &Request::whole(&chain, BEGIN + DAY, BEGIN + DAY + 3 * HOUR)).write(folder.path());
    verify_folder(folder.path(), None, 0).assert_in_order();
}

#[test]
fn d5_a_period_without_rows_between_two_exports_is_no_gap() {
    let folder = tempdir().expect("a folder");
    let chain = Chain::hourly(7, 72);
    Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY)).write(folder.path());
    Draft::new(2, &chain, &Request::whole(&chain, BEGIN + DAY + 1, BEGIN + 2 * DAY)).write(folder.path());
    // The row at the very instant is in neither.
    verify_folder(folder.path(), None, 0).assert_first(Kind::Gap, Some(25));
    Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY - 1)).write(folder.path());
    Draft::new(2, &chain, &Request::whole(&chain, BEGIN + DAY, BEGIN + 2 * DAY)).write(folder.path());
    verify_folder(folder.path(), None, 0).assert_in_order();
}

#[test]
fn d5_an_export_that_was_made_before_its_period_was_over_leaves_a_gap() {
    let folder = tempdir().expect("a folder");
    let chain = Chain::hourly(7, 72);
    let early = Request { end: 20, ..Request::whole(&chain, BEGIN, BEGIN + DAY) };
    Draft::new(1, &chain, &early).write(folder.path());
    Draft::new(2, &chain, &Request::whole(&chain, BEGIN + DAY, BEGIN + 2 * DAY)).write(folder.path());
    let report = verify_folder(folder.path(), None, 0);
    report.assert_first(Kind::Gap, Some(21));
    assert!(report.to_string().contains(" (as of 2026-10-01T19:00:00.000001Z)"), "{report}");
}

#[test]
fn d5_exports_of_chains_that_differ_contradict_each_other() {
    let folder = tempdir().expect("a folder");
    let chain = Chain::hourly(7, 72);
    Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY)).write(folder.path());
    let mut other = chain.clone();
    other.entries[4].user_agent = None;
    other.rehash();
    Draft::new(2, &other, &Request::whole(&other, BEGIN + DAY, BEGIN + 2 * DAY)).write(folder.path());
    let report = verify_folder(folder.path(), None, 0);
    report.assert_first(Kind::Contradiction, Some(23));
    assert!(report.findings[0].reason.contains("audit-2.manifest.json"), "{report}");

    // Also where they only share the chain's end.
    let folder = tempdir().expect("a folder");
    for (number, chain) in [(1, &chain), (2, &other)] {
        let from = BEGIN + DAY * (number as i64 - 1);
        Draft::new(number, chain, &Request::whole(chain, from, from + 6 * HOUR)).write(folder.path());
    }
    verify_folder(folder.path(), None, 0).assert_found(Kind::Contradiction, Some(72));
}

#[test]
fn d5_exports_of_several_organizations_are_told_apart() {
    let folder = tempdir().expect("a folder");
    for organization in [7, 8] {
        let chain = Chain::hourly(organization, 40 + organization as usize);
        Draft::new(
            organization,
            &chain,
            &Request::whole(&chain, BEGIN + DAY * (organization as i64 - 7), BEGIN + 3 * DAY),
        )
        .write(folder.path());
    }
    verify_folder(folder.path(), None, 0).assert_in_order();
}

#[test]
fn d5_another_organization_under_the_same_name_at_workos_is_found() {
    let folder = tempdir().expect("a folder");
    let name = |draft: &mut Draft| draft.manifest.organization.workos_org_id = Some("org_01CLINIC".to_owned());
    let chain = Chain::hourly(7, 72);
    for (number, from) in [(1, BEGIN), (2, BEGIN + DAY)] {
        let mut draft = Draft::new(number, &chain, &Request::whole(&chain, from, from + DAY));
        name(&mut draft);
        draft.write(folder.path());
    }
    verify_folder(folder.path(), None, 0).assert_in_order();
    let other = Chain::hourly(8, 72);
    let mut draft = Draft::new(3, &other, &Request::whole(&other, BEGIN + 2 * DAY, BEGIN + 3 * DAY));
    name(&mut draft);
    draft.write(folder.path());
    verify_folder(folder.path(), None, 0).assert_first(Kind::Contradiction, None);
}
