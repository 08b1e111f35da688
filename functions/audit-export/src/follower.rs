//! Following the chain from row to row, over such as retention has dropped.

use evidence::{
    chain::Hash,
    dropped::{self, Dropped},
    manifest::Gone,
};

use crate::{failure::Unfinished, rows::ChainRow};

/// Where the chain has been followed to.
pub(crate) struct Follower {
    pub(crate) next_seq: i64,
    /// The hash of the row before, if it is known.
    pub(crate) hash: Option<Hash>,
    /// The dropped rows that were gone over.
    pub(crate) gone: Vec<Gone>,
    /// What the chain says of rows that were dropped, once that had to be asked.
    dropped: Vec<Dropped>,
}

impl Follower {
    /// Before a row.
    pub(crate) fn new(next_seq: i64, hash: Option<Hash>, gone: Vec<Gone>) -> Self {
        Self { next_seq, hash, gone, dropped: Vec::new() }
    }

    /// Takes in what the chain says of rows that were dropped. Answers whether that is anything new.
    pub(crate) fn learn(&mut self, dropped: Vec<Dropped>) -> bool {
        let is_new = dropped != self.dropped;
        self.dropped = dropped;
        is_new
    }

    /// Goes on to a row, whether it follows the one before or rows that were dropped.
    pub(crate) fn step(&mut self, row: &ChainRow<'_>) -> Result<(), Unfinished> {
        let seq = row.header.seq;
        let gone = (self.next_seq, seq - 1);
        let before = match seq > self.next_seq {
            true => dropped::link(&self.dropped, gone, self.hash),
            false => self.hash.or(Some(row.prev_hash)).filter(|_| seq == self.next_seq),
        };
        if before != Some(row.prev_hash) {
            return Err(Unfinished::Broken { seq: self.next_seq });
        }
        let gone = Gone { first_seq: gone.0, last_seq: gone.1, last_hash: row.prev_hash };
        // A file that is behind the other goes over some a second time. They have to be the same then.
        if seq > self.next_seq && !self.gone.contains(&gone) {
            if self.gone.iter().any(|before| before.last_seq >= gone.first_seq) {
                return Err(Unfinished::Outdated);
            }
            self.gone.push(gone);
        }
        (self.next_seq, self.hash) = (seq + 1, Some(row.hash));
        Ok(())
    }

    /// Why there is no row any more although the piece goes on.
    pub(crate) fn without_rows(&self) -> Unfinished {
        let is_gone = |dropped: &Dropped| (dropped.first_seq..=dropped.last_seq).contains(&self.next_seq);
        match self.dropped.iter().any(is_gone) {
            // Everything up to the piece's end was dropped meanwhile.
            true => Unfinished::Outdated,
            false => Unfinished::Broken { seq: self.next_seq },
        }
    }
}
