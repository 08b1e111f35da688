//! Places of a chain that no row has, and what may explain them: rows that were dropped because they were old.

use eleva::audit::chain::Hash;
use serde::Deserialize;
use uuid::Uuid;

use super::row::Row;

/// The action of the rows that explain a gap, and who writes them.
const RETENTION_APPLIED: (&str, &str) = ("AUDIT_RETENTION_APPLIED", "operator");

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

/// Rows that were dropped, as a row of the trail says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dropped {
    first_seq: i64,
    last_seq: i64,
    prev_hash: Hash,
    hash: Hash,
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
        let (mut seq, mut hash) = (self.first_seq, self.before);
        while seq <= self.last_seq {
            let from = dropped.partition_point(|dropped| dropped.first_seq < seq);
            let next = dropped[from..]
                .iter()
                .take_while(|dropped| dropped.first_seq == seq)
                .filter(|dropped| dropped.prev_hash == hash && dropped.last_seq <= self.last_seq)
                .max_by_key(|dropped| dropped.last_seq);
            let Some(next) = next else { return false };
            (seq, hash) = (next.last_seq + 1, next.hash);
        }
        self.after.is_none_or(|after| after == hash)
    }
}

impl Dropped {
    /// What a row says was dropped, if it is about that: an operator's, after what it speaks of.
    pub(super) fn from_row(row: &Row<'_>) -> Option<Self> {
        #[derive(Deserialize)]
        struct Metadata<'a> {
            first_seq: i64,
            last_seq: i64,
            #[serde(borrow)]
            prev_hash: &'a str,
            #[serde(borrow)]
            hash: &'a str,
        }
        if (row.header.action, row.body.actor_type) != RETENTION_APPLIED {
            return None;
        }
        let metadata: Metadata<'_> = serde_json::from_str(row.body.metadata?).ok()?;
        let is_before = metadata.first_seq <= metadata.last_seq && metadata.last_seq < row.header.seq;
        is_before.then_some(Self {
            first_seq: metadata.first_seq,
            last_seq: metadata.last_seq,
            prev_hash: from_hexadecimal(metadata.prev_hash)?,
            hash: from_hexadecimal(metadata.hash)?,
        })
    }

    /// Puts them in the order of the chain.
    pub(super) fn sort(dropped: &mut [Self]) {
        dropped.sort_unstable_by_key(|dropped| dropped.first_seq);
    }
}

fn from_hexadecimal(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    if pairs.len() != hash.len() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(pairs) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}
