//! Going over all envelopes of an organization that are under another key than the one in force.

use std::collections::BTreeSet;

use eleva::phi::{DataKey, OrganizationKeys, Place, Undecryptable};
use tokio_postgres::{Client, Error};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    KeysError,
    batch::{self, BYTES, Failure, ROWS},
    envelopes::{Found, Key, Source},
    patience::patiently,
};
use crate::progress::Progress;

/// How many rows are looked up at once.
const WINDOW: i64 = 5_000;

/// The keys of an organization, unwrapped.
pub(super) struct DataKeys {
    pub(super) org_id: Uuid,
    pub(super) all: OrganizationKeys,
    /// The one in force.
    pub(super) current: DataKey,
}

impl DataKeys {
    pub(super) fn key_no(&self) -> i32 {
        self.current.number()
    }

    pub(super) fn open(&self, place: &Place<'_>, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
        self.all.open(place, envelope)
    }

    /// The id that the trail knows the key in force by.
    pub(super) fn resource_id(&self) -> String {
        format!("{}/{}", self.org_id, self.key_no())
    }
}

/// What came of the passes over one organization.
#[derive(Default)]
pub(super) struct Tally {
    /// How many envelopes were sealed anew.
    pub(super) replaced: u64,
    /// The envelopes that do not open.
    pub(super) failures: BTreeSet<Failure>,
}

/// How many rows have envelopes under another key.
pub(super) async fn count(client: &Client, org_id: Uuid, key_no: i32) -> Result<u64, Error> {
    let mut rows = 0;
    for source in Source::ALL {
        rows += source.count(client, org_id, key_no).await?;
    }
    Ok(rows)
}

/// One pass. Gives how many envelopes it found that open.
pub(super) async fn run(
    client: &mut Client,
    keys: &DataKeys,
    tally: &mut Tally,
    progress: &Progress,
) -> Result<u64, KeysError> {
    let mut opened = 0;
    for source in Source::ALL {
        let mut after = Key::START;
        loop {
            let window = source.find(client, keys.org_id, keys.key_no(), after, WINDOW).await?;
            let Some(last) = window.last() else { break };
            after = last.key;
            for rows in batches(&window) {
                let is_known = |failure: &Failure| tally.failures.contains(failure);
                let done = patiently(async || batch::run(&mut *client, keys, source, &rows, is_known).await).await?;
                progress.advance(rows.len() as u64);
                opened += done.opened;
                tally.replaced += done.replaced;
                for failure in done.failures {
                    tell(keys.org_id, &failure);
                    tally.failures.insert(failure);
                }
            }
        }
    }
    Ok(opened)
}

/// Runs of rows that are no more and no longer than a batch may be.
fn batches(window: &[Found]) -> Vec<Vec<Key>> {
    let mut batches: Vec<Vec<Key>> = Vec::new();
    let mut bytes = 0;
    for found in window {
        match batches.last_mut() {
            Some(batch) if batch.len() < ROWS && bytes + found.bytes <= BYTES => {
                batch.push(found.key);
                bytes += found.bytes;
            }
            _ => {
                batches.push(vec![found.key]);
                bytes = found.bytes;
            }
        }
    }
    batches
}

fn tell(org_id: Uuid, failure: &Failure) {
    let Failure { source, key, field, reason } = failure;
    println!("{org_id}: {} {key}: {field} does not open and stays as it is: {reason}", source.table());
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{BYTES, Found, Key, ROWS, batches};

    #[test]
    fn a_batch_has_no_more_rows_and_bytes_than_it_may() {
        let lengths = |bytes: Vec<i64>| {
            let key = Key { row_id: Uuid::nil(), version: 1 };
            let window: Vec<Found> = bytes.into_iter().map(|bytes| Found { key, bytes }).collect();
            batches(&window).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(lengths(vec![30; 2 * ROWS + 1]), [ROWS, ROWS, 1]);
        assert_eq!(lengths(vec![BYTES, 1, BYTES - 1, 1, BYTES + 1, 1]), [1, 2, 1, 1, 1]);
        assert!(lengths(vec![]).is_empty());
    }
}
