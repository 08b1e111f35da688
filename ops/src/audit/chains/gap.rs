//! Places of a chain that no row has, and what may explain them: rows that were dropped because they were old.

use eleva::audit::chain::Hash;
use evidence::dropped::{self, Dropped};
use uuid::Uuid;

use super::row::Row;

/// Consecutive places without a row, between two rows or before the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    pub(super) first_seq: i64,
    pub(super) last_seq: i64,
    /// The hash of the row before.
    before: Hash,
    /// What the row after it is linked to; unknown where that row is not what it was.
    after: Option<Hash>,
    /// The row after it.
    pub(super) next: Place,
}

/// Which row, for a person who looks for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) seq: i64,
    pub(super) id: Uuid,
    /// Microseconds since 1970.
    pub(super) created_at: i64,
}

impl Place {
    pub(super) fn of(row: &Row<'_>) -> Self {
        Self { seq: row.header.seq, id: row.header.id, created_at: row.header.created_at }
    }
}

impl Gap {
    /// The gap between a place and a row further on. `before`: the hash of the row that has the place before.
    pub(super) fn between(first_seq: i64, before: Hash, next: &Row<'_>) -> Self {
        Self {
            first_seq,
            last_seq: next.header.seq - 1,
            before,
            after: next.is_intact().then_some(next.prev_hash),
            next: Place::of(next),
        }
    }

    /// Whether rows that were dropped fill it, each linked to the one before. `dropped` is in the order of the chain.
    pub(super) fn is_explained(&self, dropped: &[Dropped]) -> bool {
        let linked = dropped::link(dropped, (self.first_seq, self.last_seq), Some(self.before));
        linked.is_some_and(|hash| self.after.is_none_or(|after| after == hash))
    }
}

/// What a row says was dropped, if it is about that.
pub(super) fn told(row: &Row<'_>) -> Option<Dropped> {
    let speaks = (row.header.action, row.body.actor_type) == (dropped::ACTION, dropped::ACTOR_TYPE);
    row.body.metadata.filter(|_| speaks).and_then(|metadata| Dropped::read(row.header.seq, metadata))
}
