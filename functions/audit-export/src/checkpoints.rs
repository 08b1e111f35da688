//! The checkpoints in the store, as far as an invocation has looked.

use eleva::audit::chain::Hash;
use evidence::{
    checkpoint::{self, Checkpoint, Head},
    manifest::Covering,
    signature::{self, Kind},
};
use jiff::{Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};
use store::{Store, StoreError};
use uuid::Uuid;

/// The largest file of a checkpoint that is read, in bytes: some 200,000 organizations.
const LARGEST: usize = 48 << 20;

/// The keys of all checkpoints, and the one that was read last: the next export mostly asks for the same, since a
/// month's all end at the same time. Never is more than one in memory: while it is read its file, 48 MiB at most, and
/// from then on its heads, of 72 bytes each.
#[derive(Default)]
pub(crate) struct Checkpoints {
    /// All there are, oldest first, once that was asked.
    keys: Option<Vec<String>>,
    last: Option<Read>,
}

/// What lies at a key.
struct Read {
    key: String,
    /// `None` where it is no checkpoint.
    found: Option<Found>,
}

struct Found {
    sha256: Hash,
    checkpoint: Checkpoint,
}

impl Checkpoints {
    /// The first checkpoint that was made when the time had ended (`to`), and in which the organization's head is at
    /// `seq` or after it. An earlier one knows nothing of what was still to come, and of a time that has not ended
    /// there is none.
    pub(crate) async fn covering(
        &mut self,
        store: &Store,
        org_id: Uuid,
        seq: i64,
        to: Timestamp,
    ) -> Result<Option<Covering>, StoreError> {
        let keys = match &mut self.keys {
            Some(keys) => keys,
            none => none.insert(store.list("checkpoints/").await?),
        };
        let first = checkpoint::key(to.to_zoned(TimeZone::UTC).date());
        let keys: Vec<String> = keys.iter().filter(|key| **key >= first).cloned().collect();
        // Heads and times go up only: what the first checkpoint does not cover, because it was imported later, is
        // searched for by halves. Whatever is no checkpoint covers nothing.
        let (mut low, mut high) = (0, keys.len());
        let mut best = None;
        let mut middle = 0;
        while low < high {
            match self.at(store, &keys[middle]).await?.and_then(|found| found.covering(org_id, seq, to)) {
                Some(covering) => {
                    best = Some(covering);
                    high = middle;
                }
                None => low = middle + 1,
            }
            middle = low + (high - low) / 2;
        }
        Ok(best)
    }

    /// The checkpoint at a key, if it is one.
    async fn at(&mut self, store: &Store, key: &str) -> Result<Option<&Found>, StoreError> {
        if self.last.as_ref().is_none_or(|last| last.key != key) {
            self.last = None;
            self.last = Some(Read { key: key.to_owned(), found: read(store, key).await? });
        }
        Ok(self.last.as_ref().and_then(|last| last.found.as_ref()))
    }
}

impl Found {
    fn covering(&self, org_id: Uuid, seq: i64, to: Timestamp) -> Option<Covering> {
        let Self { sha256, checkpoint } = self;
        let &Head { seq: covered, hash, .. } = checkpoint.head_of(org_id)?;
        let covers = covered >= seq && checkpoint.created_at >= to;
        covers.then_some(Covering { date: checkpoint.date, sha256: *sha256, seq: covered, hash })
    }
}

/// What lies at a key, if it is a checkpoint.
async fn read(store: &Store, key: &str) -> Result<Option<Found>, StoreError> {
    let file = store.read(key, LARGEST).await?;
    Ok(file.and_then(|file| {
        let signed = signature::open(Kind::Checkpoint, &file).ok()?;
        let checkpoint: Checkpoint = serde_json::from_str(signed.said).ok()?;
        Some(Found { sha256: Sha256::digest(&file).into(), checkpoint })
    }))
}
