//! The checkpoints in the store, as far as an invocation has looked.

use std::collections::{HashMap, hash_map::Entry};

use eleva::audit::chain::Hash;
use evidence::{
    checkpoint::{self, Checkpoint, Head},
    manifest::Covering,
    signature::{self, Kind},
};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::{Store, StoreError};
use uuid::Uuid;

/// The largest file of a checkpoint that is read, in bytes: some 200,000 organizations.
const LARGEST: usize = 48 << 20;

/// Checkpoints by their keys.
#[derive(Default)]
pub(crate) struct Checkpoints {
    /// All there are, oldest first, once that was asked.
    keys: Option<Vec<String>>,
    read: HashMap<String, Option<Found>>,
}

struct Found {
    sha256: Hash,
    checkpoint: Checkpoint,
}

impl Checkpoints {
    /// The first checkpoint from that day on in which the organization's head is at `seq` or after it.
    pub(crate) async fn covering(
        &mut self,
        store: &Store,
        org_id: Uuid,
        seq: i64,
        first_day: Date,
    ) -> Result<Option<Covering>, StoreError> {
        let keys = match &mut self.keys {
            Some(keys) => keys,
            none => none.insert(store.list("checkpoints/").await?),
        };
        let first = checkpoint::key(first_day);
        let keys: Vec<String> = keys.iter().filter(|key| **key >= first).cloned().collect();
        // Heads go up only: what the first checkpoint does not cover, because it was imported later, is searched for by
        // halves. Whatever is no checkpoint covers nothing.
        let (mut low, mut high) = (0, keys.len());
        let mut best = None;
        let mut middle = 0;
        while low < high {
            match self.of(store, &keys[middle], org_id, seq).await? {
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

    /// What the checkpoint at a key says of an organization, if its head there is at `seq` or after it.
    async fn of(&mut self, store: &Store, key: &str, org_id: Uuid, seq: i64) -> Result<Option<Covering>, StoreError> {
        let found = match self.read.entry(key.to_owned()) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(vacant) => vacant.insert(read(store, key).await?),
        };
        let covering = found.as_ref().and_then(|Found { sha256, checkpoint }| {
            let &Head { seq: covered, hash, .. } = checkpoint.head_of(org_id).filter(|head| head.seq >= seq)?;
            Some(Covering { date: checkpoint.date, sha256: *sha256, seq: covered, hash })
        });
        Ok(covering)
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
