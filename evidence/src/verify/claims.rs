//! What exports and checkpoints say of the same rows of one organization: they have to agree.

use std::collections::BTreeMap;

use super::finding::{Finding, Kind};
use crate::chain::Hash;

/// Who says what hash a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Witness<'a> {
    /// An export that has the row and every row up to it.
    Shows(&'a str),
    /// An export that only names it.
    Says(&'a str),
    /// A checkpoint.
    Checkpoint(&'a str),
}

/// The hashes that were named, by the rows' places.
#[derive(Debug, Default)]
pub(super) struct Claims<'a>(BTreeMap<i64, Vec<(Witness<'a>, Hash)>>);

impl<'a> Witness<'a> {
    fn name(self) -> &'a str {
        match self {
            Self::Shows(name) | Self::Says(name) | Self::Checkpoint(name) => name,
        }
    }

    fn is_checkpoint(self) -> bool {
        matches!(self, Self::Checkpoint(_))
    }
}

impl<'a> Claims<'a> {
    /// Notes that somebody says so.
    pub(super) fn add(&mut self, seq: i64, witness: Witness<'a>, hash: Hash) {
        self.0.entry(seq).or_default().push((witness, hash));
    }

    /// The first row of which exports say different things, and the first of which a checkpoint says another than they.
    pub(super) fn disagreements(mut self) -> Vec<Finding> {
        let (mut among_exports, mut with_checkpoints) = (None, Tally::default());
        for (&seq, claims) in &mut self.0 {
            claims.sort();
            let [(first, hash), rest @ ..] = claims.as_slice() else { continue };
            if first.is_checkpoint() {
                // What checkpoints say of each other is looked at where they are put in a row.
                continue;
            }
            for (other, _) in rest.iter().filter(|(_, other)| other != hash) {
                match other.is_checkpoint() {
                    true => with_checkpoints.add(seq, first.name(), other.name()),
                    false => {
                        among_exports.get_or_insert((seq, first.name(), other.name()));
                    }
                }
            }
        }
        let among_exports = among_exports.map(|(seq, one, other)| {
            let reason = format!("it has another hash here than {other} names for it: they are of different chains");
            Finding::new(Kind::Contradiction, one, reason).of_rows(seq, seq)
        });
        among_exports.into_iter().chain(with_checkpoints.into_finding()).collect()
    }
}

/// Disagreements with checkpoints, of which the first is told.
#[derive(Default)]
struct Tally<'a> {
    first: Option<(i64, &'a str, &'a str)>,
    others: u64,
}

impl<'a> Tally<'a> {
    fn add(&mut self, seq: i64, export: &'a str, checkpoint: &'a str) {
        match self.first {
            None => self.first = Some((seq, export, checkpoint)),
            Some(_) => self.others += 1,
        }
    }

    fn into_finding(self) -> Option<Finding> {
        let (seq, export, checkpoint) = self.first?;
        let others = match self.others {
            0 => String::new(),
            count => format!(" ({count} more of the kind)"),
        };
        let reason = format!(
            "it has another hash here than in the checkpoint {checkpoint}: the chain up to it was computed anew{others}"
        );
        Some(Finding::new(Kind::Rewritten, export, reason).of_rows(seq, seq))
    }
}
