//! The checkpoints in the store, as far as an invocation has looked.

use std::collections::{HashMap, hash_map::Entry};

use eleva::audit::chain::Hash;
use evidence::{
    checkpoint::{self, Checkpoint, Head},
    manifest::Covering,
    signature::{self, Kind},
};
use jiff::{ToSpan, civil::Date};
use sha2::{Digest, Sha256};
use store::{Store, StoreError};
use uuid::Uuid;

/// The largest file of a checkpoint that is read, in bytes: some 200,000 organizations.
const LARGEST: usize = 48 << 20;

/// A checkpoint is looked for on so many days; there is one a day.
const DAYS: i64 = 7;

/// Checkpoints by their day.
#[derive(Default)]
pub(crate) struct Checkpoints(HashMap<Date, Option<Found>>);

struct Found {
    sha256: Hash,
    checkpoint: Checkpoint,
}

impl Checkpoints {
    /// The first checkpoint from that day on, and until `today`, in which the organization's head is at `seq` or after
    /// it.
    pub(crate) async fn covering(
        &mut self,
        store: &Store,
        org_id: Uuid,
        seq: i64,
        (first_day, today): (Date, Date),
    ) -> Result<Option<Covering>, StoreError> {
        for date in (0..DAYS).filter_map(|days| first_day.checked_add(days.days()).ok()).filter(|date| *date <= today) {
            let Some(Found { sha256, checkpoint }) = self.of(store, date).await? else { continue };
            if let Some(&Head { seq: covered, hash, .. }) = checkpoint.head_of(org_id)
                && covered >= seq
            {
                return Ok(Some(Covering { date, sha256: *sha256, seq: covered, hash }));
            }
        }
        Ok(None)
    }

    async fn of(&mut self, store: &Store, date: Date) -> Result<Option<&Found>, StoreError> {
        let found = match self.0.entry(date) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(vacant) => vacant.insert(read(store, date).await?),
        };
        Ok(found.as_ref())
    }
}

/// The checkpoint of a day, if there is one.
async fn read(store: &Store, date: Date) -> Result<Option<Found>, StoreError> {
    let file = store.read(&checkpoint::key(date), LARGEST).await?;
    Ok(file.and_then(|file| {
        let signed = signature::open(Kind::Checkpoint, &file).ok()?;
        let checkpoint = serde_json::from_str(signed.said).ok()?;
        Some(Found { sha256: Sha256::digest(&file).into(), checkpoint })
    }))
}
