//! Rotating the data key of one organization.

use std::time::Duration;

use eleva::phi::MasterKeys;
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    KeysError,
    pass::{self, DataKeys, Tally},
    patience::patiently,
    switch,
    writers::Writers,
};
use crate::progress::Progress;

/// What came of an organization.
#[derive(Default)]
pub(super) struct Rotated {
    pub(super) tally: Tally,
    /// Backends whose transactions began before the switch and have not ended.
    pub(super) still_open: Vec<i32>,
}

impl Rotated {
    /// Whether nothing is under an earlier key any more.
    pub(super) fn is_complete(&self) -> bool {
        self.tally.failures.is_empty() && self.still_open.is_empty()
    }
}

/// Rotates it: finishes a rotation that was interrupted, or makes a further key and seals everything anew.
pub(super) async fn rotate(
    client: &mut Client,
    master: &MasterKeys,
    org_id: Uuid,
    patience: Duration,
) -> Result<Rotated, KeysError> {
    let wrapped = switch::read(client, org_id).await?;
    if wrapped.is_empty() {
        println!("{org_id}: has no data key, and nothing that is sealed");
        return Ok(Rotated::default());
    }
    let mut earlier = Tally::default();
    if let Some(keys) = switch::unwrap(master, org_id, &wrapped)? {
        let unfinished = pass::count(client, org_id, keys.key_no()).await?;
        if unfinished > 0 {
            println!("{org_id}: {unfinished} rows are under a key before {}, which goes first", keys.key_no());
            let rotated = seal_anew(client, &keys, Tally::default(), unfinished, patience).await?;
            if rotated.tally.replaced > 0 || !rotated.still_open.is_empty() {
                println!("{org_id}: an interrupted rotation was finished, and no further key made");
                return Ok(rotated);
            }
            // What is left opens under no key: it is in the way of no further one.
            earlier = rotated.tally;
        }
    }
    let key_no = patiently(async || switch::prepare(&mut *client, master, org_id).await).await?;
    let mut without_it = Writers::now(client).await?;
    without_it.end(client, patience).await?;
    let still_open: Vec<i32> = without_it.backends().collect();
    if !still_open.is_empty() {
        println!(
            "{org_id}: key {key_no} is made and not in force: transactions are open that do not know it (backends \
             {still_open:?}); run this again when they have ended"
        );
        return Ok(Rotated { tally: earlier, still_open });
    }
    patiently(async || switch::put_in_force(&mut *client, org_id, key_no).await).await?;
    let wrapped = switch::read(client, org_id).await?;
    let keys = switch::unwrap(master, org_id, &wrapped)?.ok_or(KeysError::Erased(org_id))?;
    let rows = pass::count(client, org_id, keys.key_no()).await?;
    seal_anew(client, &keys, earlier, rows, patience).await
}

/// Passes over the envelopes until none is found, once everybody has ended who may have fetched an earlier key.
async fn seal_anew(
    client: &mut Client,
    keys: &DataKeys,
    mut tally: Tally,
    rows: u64,
    patience: Duration,
) -> Result<Rotated, KeysError> {
    let mut writers = Writers::now(client).await?;
    let progress = Progress::new(rows, "rows");
    pass::run(client, keys, &mut tally, &progress).await?;
    writers.end(client, patience).await?;
    while pass::run(client, keys, &mut tally, &progress).await? > 0 {}
    drop(progress);
    println!("{}: {} envelopes sealed anew under key {}", keys.org_id, tally.replaced, keys.key_no());
    let still_open: Vec<i32> = writers.backends().collect();
    if !still_open.is_empty() {
        println!(
            "{}: transactions from before the switch are still open (backends {still_open:?}): what they write may be \
             under an earlier key; run this again when they have ended",
            keys.org_id
        );
    }
    Ok(Rotated { tally, still_open })
}
