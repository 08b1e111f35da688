//! Exports of periods that checkpoints cover, and of such as they do not.

use proptest::{prelude::*, sample::Index};
use tempfile::tempdir;

use super::{
    BEGIN, DAY, HOUR, Kind, LONG_AFTER, Report,
    calendar::{Calendar, daily},
    chain::{Chain, Entry},
    draft::{Draft, Request, exports},
    instant, verify_folder,
};

/// When the checkpoints are made: half an hour after midnight, on five days.
fn days() -> Vec<i64> {
    daily(BEGIN + HOUR / 2, 5)
}

/// What is found of exports against checkpoints, which are all that somebody holds.
fn verified(drafts: &mut [Draft], calendar: &Calendar) -> Report {
    let [folder, checkpoints] = [(); 2].map(|()| tempdir().expect("a folder"));
    for draft in drafts {
        draft.write(folder.path());
    }
    calendar.write(checkpoints.path());
    verify_folder(folder.path(), Some(checkpoints.path()), 0)
}

#[test]
fn d5_a_period_is_covered_by_the_first_checkpoint_after_it() {
    let chain = Chain::hourly(7, 96);
    let calendar = Calendar::new(&[&chain], &days());
    // The second checkpoint is made at half past twelve, and knows the row of midnight as the chain's last one.
    let mut drafts = [Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY + HOUR / 2))];
    verified(&mut drafts, &calendar).assert_in_order();
    drafts[0].manifest.to = instant(BEGIN + DAY + HOUR / 2 + 1);
    let report = verified(&mut drafts, &calendar);
    report.assert_first(Kind::NotCovered, Some(26));
    assert!(report.findings[0].reason.contains("export the time until 2026-10-03T00:30:00Z, too"), "{report}");
}

#[test]
fn d5_a_period_that_ends_before_the_chain_reaches_a_checkpoint_is_covered_together_with_the_time_until_then() {
    let chain = Chain::hourly(7, 96);
    let calendar = Calendar::new(&[&chain], &days());
    let first = Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY / 2));
    let second = Draft::new(2, &chain, &Request::whole(&chain, BEGIN + DAY / 2, BEGIN + DAY + HOUR / 2));
    let report = verified(&mut [first.clone()], &calendar);
    report.assert_first(Kind::NotCovered, Some(1));
    assert!(report.findings[0].reason.contains("export the time until 2026-10-02T00:30:00Z, too"), "{report}");
    verified(&mut [first, second], &calendar).assert_in_order();
}

#[test]
fn d5_rows_of_the_period_that_only_another_export_knows_of_are_not_covered_by_it() {
    let chain = Chain::hourly(7, 96);
    let calendar = Calendar::new(&[&chain], &days());
    // The first one ends before its period does; the other goes on from there, and shows nothing of what it has.
    for (end, to) in [(30, BEGIN + 2 * DAY), (40, BEGIN + DAY + 20 * HOUR)] {
        let mut early = Draft::new(1, &chain, &Request { end, ..Request::whole(&chain, BEGIN, to) });
        let request = Request::whole(&chain, chain.time(end) + 1, BEGIN + 2 * DAY + HOUR / 2);
        let other = Draft::new(2, &chain, &Request { actions: Some(vec!["NOTHING".to_owned()]), ..request });
        verified(&mut [early.clone(), other.clone()], &calendar).assert_first(Kind::NotCovered, Some(26));
        // Whatever it says of when it was made.
        early.manifest.chain_end.read_at = instant(to);
        verified(&mut [early, other], &calendar).assert_first(Kind::NotCovered, Some(26));
    }
    // One of a later time that goes on from there shows that nothing came after.
    let to = chain.time(24) + 1;
    let early = Draft::new(1, &chain, &Request { end: 24, ..Request::whole(&chain, BEGIN, to) });
    let later = Draft::new(2, &chain, &Request::whole(&chain, to, BEGIN + 2 * DAY + HOUR / 2));
    verified(&mut [early, later], &calendar).assert_in_order();
}

#[test]
fn d5_a_period_that_no_checkpoint_was_made_after_is_not_covered_even_where_a_checkpoint_knows_all_of_its_rows() {
    let chain = Chain::hourly(7, 96);
    let calendar = Calendar::new(&[&chain], &days()[..2]);
    let mut drafts = [Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + 2 * DAY))];
    verified(&mut drafts, &calendar).assert_first(Kind::NotCovered, Some(26));
    verified(&mut drafts, &Calendar::default()).assert_found(Kind::NotCovered, Some(1));

    // The chain rests: its end is known from a day before the period's end, and nothing from after that.
    let resting = Chain { entries: chain.entries[..25].to_vec(), ..chain };
    let mut draft = Draft::new(1, &resting, &Request::whole(&resting, BEGIN, BEGIN + 2 * DAY));
    draft.manifest.chain_end.read_at = instant(BEGIN + 3 * DAY);
    let report = verified(&mut [draft.clone()], &calendar);
    report.assert_first(Kind::NotCovered, None);
    assert!(report.findings[0].reason.contains("made after 2026-10-03T00:00:00Z"), "{report}");
    verified(&mut [draft], &Calendar::new(&[&resting], &days()[..4])).assert_in_order();
}

#[test]
fn d5_an_export_from_before_the_end_of_its_period_is_not_covered() {
    let chain = Chain::hourly(7, 96);
    let request = Request { end: 20, ..Request::whole(&chain, BEGIN, BEGIN + 2 * DAY) };
    let report = verified(&mut [Draft::new(1, &chain, &request)], &Calendar::new(&[&chain], &days()));
    report.assert_first(Kind::NotCovered, Some(1));
    assert!(report.findings[0].reason.contains("before its period was over"), "{report}");
}

#[test]
fn d5_a_period_before_a_chain_s_first_row_is_covered_by_a_checkpoint_without_it() {
    let (chain, other) = (Chain::hourly(7, 96), Chain::hourly(8, 96));
    let mut draft = Draft::new(1, &chain, &Request::whole(&chain, BEGIN - 3 * DAY, BEGIN - 2 * DAY));
    assert_eq!((draft.rows.len(), draft.left_out.len()), (0, 1));
    let before = Calendar::new(&[&chain, &other], &daily(BEGIN - 2 * DAY + 1, 2));
    verified(&mut [draft.clone()], &before).assert_in_order();
    draft.manifest.to = instant(BEGIN);
    verified(&mut [draft], &before).assert_first(Kind::NotCovered, Some(1));

    // Of a chain without any row.
    let empty = Chain { entries: Vec::new(), ..chain };
    let mut draft = Draft::new(1, &empty, &Request::whole(&empty, BEGIN, BEGIN + DAY));
    draft.manifest.chain_end.read_at = instant(BEGIN + DAY);
    verified(&mut [draft.clone()], &Calendar::new(&[&other], &days())).assert_in_order();
    verified(&mut [draft], &Calendar::new(&[&other], &days()[..1])).assert_first(Kind::NotCovered, None);
}

#[test]
fn d5_rows_younger_than_the_export_says_it_is_are_found() {
    let chain = Chain::hourly(7, 96);
    let mut draft = Draft::new(1, &chain, &Request::whole(&chain, BEGIN, BEGIN + DAY));
    draft.manifest.chain_end.read_at = instant(chain.time(20));
    let folder = tempdir().expect("a folder");
    draft.write(folder.path());
    verify_folder(folder.path(), None, 0).assert_first(Kind::Inconsistent, Some(21));
}

/// What somebody may do to a chain who has the database and both signing keys, but not the checkpoints that others hold.
#[derive(Clone, Copy, Debug)]
enum Forgery {
    Change,
    TakeOut,
    PutIn,
    CutOff,
    Date,
}

/// A chain without the rows that were imported, of which nobody vouches when they were.
fn native(chain: &Chain) -> Chain {
    let entries = chain.entries.iter().filter(|entry| !entry.is_imported).cloned().collect();
    renumbered(Chain { entries, ..*chain })
}

/// The chain that is shown then, computed anew from the place on.
fn forged(chain: &Chain, forgery: Forgery, at: usize) -> Chain {
    let mut chain = chain.clone();
    match forgery {
        Forgery::Change => chain.entries[at].user_agent = Some("somebody else".to_owned()),
        Forgery::TakeOut => {
            chain.entries.remove(at);
        }
        Forgery::PutIn => {
            let mut entry = chain.entries[at].clone();
            entry.created_at -= 1;
            entry.id = uuid::Uuid::from_u128(1);
            chain.entries.insert(at, entry);
        }
        Forgery::CutOff => chain.entries.truncate(at),
        // Everything from there on happened later.
        Forgery::Date => chain.entries[at..].iter_mut().for_each(|entry| entry.created_at += 30 * DAY),
    }
    renumbered(chain)
}

fn renumbered(mut chain: Chain) -> Chain {
    for (position, entry) in chain.entries.iter_mut().enumerate() {
        entry.seq = position as i64 + 1;
    }
    chain.rehash();
    chain
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d5_of_whatever_is_in_order_against_checkpoints_the_rows_of_the_period_are_those_that_were_written(
        (chain, request) in exports(2..40),
        forgery in prop::sample::select(vec![
            Forgery::Change, Forgery::TakeOut, Forgery::PutIn, Forgery::CutOff, Forgery::Date,
        ]),
        at in any::<Index>(),
        is_open in any::<bool>(),
        says_later in any::<bool>(),
        beside in any::<Index>(),
    ) {
        let genuine = native(&chain);
        prop_assume!(genuine.entries.len() > 1);
        let shown = forged(&genuine, forgery, at.index(genuine.entries.len()));
        let end = if is_open { shown.end().min(request.end) } else { shown.end() };
        let request = Request { end, actions: None, ..request };
        let mut draft = Draft::new(1, &shown, &request);
        if says_later {
            draft.manifest.chain_end.read_at = draft.manifest.to.max(draft.manifest.chain_end.read_at);
        }
        let is_of_the_period = |entry: &&Entry| (request.from..request.to).contains(&entry.created_at);
        let written: Vec<&Entry> = genuine.entries.iter().filter(is_of_the_period).collect();
        let is_genuine = draft.rows.iter().eq(written);
        let calendar = Calendar::new(&[&genuine], &daily(BEGIN + HOUR / 2, 8));
        // Beside it another one, which shows nothing but hashes, of a time that begins wherever it likes.
        let from = genuine.time(beside.index(genuine.entries.len()) as i64 + 1) + 1;
        let filter = Some(vec!["NOTHING".to_owned()]);
        let other = Request { actions: filter, ..Request::whole(&shown, from, from.max(request.to) + DAY) };
        let report = verified(&mut [draft, Draft::new(2, &shown, &other)], &calendar);
        prop_assert!(is_genuine || !report.in_order, "{forgery:?}: {report}");
    }

    #[test]
    fn d5_an_export_that_reaches_the_head_of_a_checkpoint_after_its_period_is_covered(
        (chain, request) in exports(1..40),
        day in 0..6_i64,
    ) {
        let instants = daily(BEGIN + HOUR / 2, 8);
        let request = Request { to: instants[day as usize], from: request.from.min(BEGIN), actions: None, ..request };
        let chain = native(&chain);
        let request = Request { end: chain.end(), ..request };
        let calendar = Calendar::new(&[&chain], &instants);
        let mut draft = Draft::new(1, &chain, &request);
        draft.manifest.chain_end.read_at = instant(LONG_AFTER);
        let report = verified(&mut [draft], &calendar);
        prop_assert!(report.in_order, "{report}");
    }
}
