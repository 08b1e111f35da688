//! Checkpoints as `audit-daily` makes them, which can be changed before they are written.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::{civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};

use super::{
    DAY,
    chain::{Chain, Entry},
    instant, notary,
};
use crate::{
    checkpoint::{self, Checkpoint, Head, Previous},
    manifest::{Covering, Software},
    signature::{Kind, Signer},
};

/// Checkpoints of several chains, one a day.
#[derive(Clone, Debug, Default)]
pub(super) struct Calendar {
    pub(super) checkpoints: Vec<Checkpoint>,
}

impl Calendar {
    /// One at each of these instants, of the rows that were there then.
    pub(super) fn new(chains: &[&Chain], instants: &[i64]) -> Self {
        let mut calendar = Self::default();
        for &at in instants {
            let head = |chain: &&Chain| {
                // An imported row was appended right after the row before.
                let is_later = |entry: &Entry| !entry.is_imported && entry.created_at >= at;
                let seq = chain.entries.iter().take_while(|entry| !is_later(entry)).map(|entry| entry.seq).last();
                seq.map(|seq| Head { organization: checkpoint::blinded(chain.org_id), seq, hash: chain.hash(seq) })
            };
            let mut heads: Vec<Head> = chains.iter().filter_map(head).collect();
            heads.sort();
            calendar.checkpoints.push(Checkpoint {
                format: checkpoint::FORMAT.to_owned(),
                date: date(at),
                created_at: instant(at),
                previous: None,
                root: checkpoint::root(&heads),
                heads,
                software: Software { name: "test".to_owned(), version: "0".to_owned() },
            });
        }
        calendar.link();
        calendar
    }

    /// Ties each to the one before.
    pub(super) fn link(&mut self) {
        let mut previous = None;
        for checkpoint in &mut self.checkpoints {
            checkpoint.previous = previous.take();
            let sha256 = Sha256::digest(signed(checkpoint, &notary())).into();
            previous = Some(Previous { date: checkpoint.date, sha256 });
        }
    }

    /// Writes them as the store has them.
    pub(super) fn write(&self, folder: &Path) {
        for checkpoint in &self.checkpoints {
            write(folder, checkpoint, &notary());
        }
    }

    /// What a manifest says of one of them.
    pub(super) fn covering(&self, position: usize, chain: &Chain) -> Option<Covering> {
        let checkpoint = &self.checkpoints[position];
        let head = checkpoint.head_of(chain.org_id)?;
        let sha256 = Sha256::digest(signed(checkpoint, &notary())).into();
        Some(Covering { date: checkpoint.date, sha256, seq: head.seq, hash: head.hash })
    }
}

/// Where a checkpoint lies.
pub(super) fn path(folder: &Path, checkpoint: &Checkpoint) -> PathBuf {
    folder.join(checkpoint::key(checkpoint.date))
}

/// Writes one, signed by somebody.
pub(super) fn write(folder: &Path, checkpoint: &Checkpoint, signer: &Signer) {
    let path = path(folder, checkpoint);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, signed(checkpoint, signer)).expect("a file");
}

fn signed(checkpoint: &Checkpoint, signer: &Signer) -> Vec<u8> {
    signer.sign(Kind::Checkpoint, checkpoint).expect("a checkpoint")
}

fn date(microseconds: i64) -> Date {
    instant(microseconds).to_zoned(TimeZone::UTC).date()
}

/// Instants a day from each other, from this one on.
pub(super) fn daily(first: i64, count: i64) -> Vec<i64> {
    (0..count).map(|day| first + day * DAY).collect()
}
