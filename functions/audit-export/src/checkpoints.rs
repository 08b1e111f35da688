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

/// So many checkpoints are looked at for an export. The first one after its time covers it, unless what it asks for was
/// imported later.
const MOST: usize = 7;

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
        for key in keys.iter().filter(|key| **key >= first).take(MOST) {
            let found = match self.read.entry(key.clone()) {
                Entry::Occupied(found) => found.into_mut(),
                Entry::Vacant(vacant) => vacant.insert(read(store, key).await?),
            };
            if let Some(Found { sha256, checkpoint }) = found
                && let Some(&Head { seq: covered, hash, .. }) = checkpoint.head_of(org_id)
                && covered >= seq
            {
                return Ok(Some(Covering { date: checkpoint.date, sha256: *sha256, seq: covered, hash }));
            }
        }
        Ok(None)
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
