//! Exports against checkpoints that somebody holds: whether a chain was cut off, and whether checkpoints cover the
//! periods.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use super::{
    checkpoints::Held,
    export::Export,
    finding::{Finding, Kind},
    walk::Seen,
};
use crate::{hex, manifest::Covering};

/// By how much clocks may differ, and how long heads may take to be read.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);

/// A piece of a chain that exports show without a gap, and the checkpoint that covers most of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// Whose chain.
    pub org_id: Uuid,
    /// The first row of the piece.
    pub first_seq: i64,
    /// The last one.
    pub last_seq: i64,
    /// The last row that a checkpoint covers, and with it all before.
    pub covered_to: Option<i64>,
    /// That checkpoint.
    pub checkpoint: Option<String>,
}

/// What is wrong with an export in the light of checkpoints, `end` being the last row up to which exports of its chain
/// show all that is of its period. That hashes agree is looked at elsewhere.
pub(super) fn against((export, seen): (&Export, &Seen), end: i64, checkpoints: &[Held]) -> Vec<Finding> {
    let cut_off = checkpoints.iter().filter(|held| held.is_consistent).find_map(|held| cut_off(export, held));
    // What was cut off is covered by nothing, either.
    let at_the_end = cut_off.or_else(|| if seen.is_whole { uncovered(export, seen, end, checkpoints) } else { None });
    unheld(export, checkpoints).into_iter().chain(at_the_end).collect()
}

/// The checkpoint that the manifest names has to be among them.
fn unheld(export: &Export, checkpoints: &[Held]) -> Option<Finding> {
    let Covering { date, sha256, seq, hash } = export.manifest.checkpoint.as_ref()?;
    let found = |kind, reason: String| Some(Finding::new(kind, &export.name, reason));
    let Some(held) = checkpoints.iter().find(|held| held.date == *date) else {
        return found(Kind::NotThere, format!("the checkpoint of {date}, which the manifest names, is not there"));
    };
    if checkpoints.iter().all(|held| held.sha256 != *sha256) {
        let sha256 = hex::encode(sha256);
        return found(
            Kind::Contradiction,
            format!("{} is not the checkpoint that the manifest names: {sha256}", held.name),
        );
    }
    let is_head = |held: &&Held| {
        let head = held.heads.get(&export.manifest.organization.id);
        held.sha256 == *sha256 && head.is_some_and(|head| (head.seq, head.hash) == (*seq, *hash))
    };
    if checkpoints.iter().find(is_head).is_none() {
        let reason =
            format!("the manifest names row {seq} as the chain's end in the checkpoint of {date}, which it is not");
        return found(Kind::Contradiction, reason);
    }
    None
}

/// Whether rows were there at a checkpoint that the export should have and has not, or had that the checkpoint has not.
fn cut_off(export: &Export, checkpoint: &Held) -> Option<Finding> {
    let manifest = &export.manifest;
    let chain_end = &manifest.chain_end;
    let last = manifest.last_seq.unwrap_or(0);
    let head = checkpoint.heads.get(&manifest.organization.id).map_or(0, |head| head.seq);
    let name = &checkpoint.name;
    let is_before = |instant: Timestamp| checkpoint.created_at.duration_until(instant) > MARGIN;
    let found = |from, to, reason: String| Some(Finding::new(Kind::CutOff, &export.name, reason).of_rows(from, to));
    if head > chain_end.seq && is_before(chain_end.read_at) {
        let reason = format!("the checkpoint {name} has seen them, and in the export the chain ends before them");
        found(chain_end.seq.saturating_add(1), head, reason)
    } else if head > last && is_before(chain_end.read_at.min(manifest.to)) {
        let reason =
            format!("the checkpoint {name} has seen them before the period was over, and the export shows none");
        found(last.saturating_add(1), head, reason)
    } else if head < chain_end.seq && chain_end.read_at.duration_until(checkpoint.created_at) > MARGIN {
        let reason = format!("the export has seen them, and in the later checkpoint {name} the chain ends before them");
        found(head.saturating_add(1), chain_end.seq, reason)
    } else {
        None
    }
}

/// Whether a period is not covered. It is when a checkpoint was made after it whose head lies in the piece that is
/// shown, and not before a row of the period: then what is shown is the chain as it was at that time, and all that was
/// written in the period is in it, but for what was imported later.
fn uncovered(export: &Export, seen: &Seen, end: i64, checkpoints: &[Held]) -> Option<Finding> {
    let manifest = &export.manifest;
    let (first, last) = (manifest.first_seq.unwrap_or(1), manifest.last_seq.unwrap_or(0));
    let least = seen.before.max(seen.last_inside).unwrap_or(0);
    let head = |held: &Held| held.heads.get(&manifest.organization.id).map_or(0, |head| head.seq);
    let later = || checkpoints.iter().filter(|held| held.is_consistent && held.created_at >= manifest.to);
    if later().any(|held| (least..=end).contains(&head(held))) {
        return None;
    }
    let to = manifest.to;
    let reason = match later().find(|held| head(held) > end) {
        _ if seen.after.is_none() && manifest.chain_end.read_at < to => {
            format!("the export was made before its period was over, at {to}: export it again")
        }
        None => format!("no checkpoint is held that was made after {to} and knows all of the period"),
        Some(held) => {
            let (name, at) = (&held.name, held.created_at);
            format!(
                "up to the checkpoint {name} the chain goes on beyond what is shown: export the time until {at}, too"
            )
        }
    };
    let within = checkpoints.iter().map(head).filter(|seq| (first..=last).contains(seq));
    let next = within.max().map_or(first, |seq| seq.saturating_add(1));
    let found = Finding::new(Kind::NotCovered, &export.name, reason);
    Some(if next <= last { found.of_rows(next, last) } else { found })
}

/// What checkpoints cover of pieces of an organization's chain.
pub(super) fn covered(org_id: Uuid, pieces: &[(i64, i64)], checkpoints: &[Held]) -> Vec<Covered> {
    let piece = |&(first_seq, last_seq): &(i64, i64)| {
        let heads = checkpoints.iter().filter_map(|held| Some((held.heads.get(&org_id)?.seq, held)));
        let within = heads.filter(|(seq, _)| (first_seq..=last_seq).contains(seq));
        // Of several that cover as much, the oldest: it was made first.
        let most = within.reduce(|most, other| if other.0 > most.0 { other } else { most });
        let checkpoint = most.map(|(_, held)| held.name.clone());
        Covered { org_id, first_seq, last_seq, covered_to: most.map(|(seq, _)| seq), checkpoint }
    };
    pieces.iter().map(piece).collect()
}
