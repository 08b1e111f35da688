//! Rows that were dropped because they were old, as a row of their chain says: with it the rest is still linked.

use serde::{Deserialize, Serialize};

use crate::{chain::Hash, hex};

/// The action of the rows that say so.
pub const ACTION: &str = "AUDIT_RETENTION_APPLIED";
/// The type of the actor that writes them.
pub const ACTOR_TYPE: &str = "operator";

/// Consecutive rows of a chain that were dropped: what the metadata of such a row says of them that links the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// The place of the first one.
    pub first_seq: i64,
    /// The place of the last one.
    pub last_seq: i64,
    /// What the first one was linked to.
    #[serde(with = "hex")]
    pub prev_hash: Hash,
    /// The hash of the last one.
    #[serde(with = "hex")]
    pub hash: Hash,
}

impl Dropped {
    /// Reads the metadata of a row with that place; it can only speak of rows before it.
    pub fn read(seq: i64, metadata: &str) -> Option<Self> {
        let dropped: Self = serde_json::from_str(metadata).ok()?;
        (dropped.first_seq <= dropped.last_seq && dropped.last_seq < seq).then_some(dropped)
    }
}

/// Goes over rows that are not there, from the place `first` up to `last`: those that were dropped have to fill it, each
/// run linked to the one before. Answers the hash of the last of them.
///
/// `before`: the hash of the row before the first, where it is known. `dropped`: in the order of the places.
pub fn link(dropped: &[Dropped], (first, last): (i64, i64), before: Option<Hash>) -> Option<Hash> {
    let (mut next, mut hash) = (first, before);
    while next <= last {
        let from = dropped.partition_point(|dropped| dropped.first_seq < next);
        let run = dropped[from..]
            .iter()
            .take_while(|dropped| dropped.first_seq == next)
            .filter(|dropped| hash.is_none_or(|hash| dropped.prev_hash == hash) && dropped.last_seq <= last)
            .max_by_key(|dropped| dropped.last_seq)?;
        (next, hash) = (run.last_seq.checked_add(1)?, Some(run.hash));
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::{Dropped, link};

    fn dropped(first_seq: i64, last_seq: i64) -> Dropped {
        let hash = |seq: i64| [seq as u8; 32];
        Dropped { first_seq, last_seq, prev_hash: hash(first_seq - 1), hash: hash(last_seq) }
    }

    #[test]
    fn runs_that_were_dropped_have_to_fill_a_gap_and_to_be_linked() {
        let all = [dropped(3, 4), dropped(3, 5), dropped(3, 9), dropped(6, 7), dropped(9, 9)];
        assert_eq!(link(&all, (3, 5), Some([2; 32])), Some([5; 32]), "the longest that fits");
        assert_eq!(link(&all, (3, 7), Some([2; 32])), Some([7; 32]));
        assert_eq!(link(&all, (3, 7), None), Some([7; 32]), "whatever it is linked to");
        for (gap, before) in [((3, 7), 1), ((3, 8), 2), ((2, 5), 1), ((4, 5), 3)] {
            assert_eq!(link(&all, gap, Some([before; 32])), None, "{gap:?}");
        }
        let unlinked = [dropped(3, 5), Dropped { prev_hash: [9; 32], ..dropped(6, 7) }];
        assert_eq!(link(&unlinked, (3, 7), Some([2; 32])), None);
    }

    #[test]
    fn a_row_speaks_of_rows_before_it() {
        let metadata = serde_json::to_string(&dropped(3, 5)).expect("JSON");
        assert_eq!(Dropped::read(6, &metadata), Some(dropped(3, 5)));
        assert_eq!(Dropped::read(5, &metadata), None);
        assert_eq!(Dropped::read(6, &serde_json::to_string(&dropped(5, 3)).expect("JSON")), None);
        assert_eq!(Dropped::read(6, "{}"), None);
    }
}
