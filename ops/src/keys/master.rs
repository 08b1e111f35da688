//! Wrapping data keys anew, under the ring's first master key.

use std::collections::BTreeSet;

use eleva::{
    audit::{Action, ResourceType},
    clock::Entropy,
    phi::{KeyUnavailable, MasterKeys, WrappedKey},
};
use serde_json::json;
use tokio_postgres::{Client, Error, Transaction};
use uuid::Uuid;

use super::{KeysError, patience::patiently};
use crate::{
    progress::Progress,
    trail::{self, Row},
};

/// How many keys go in one transaction, which locks the ends of so many chains at most.
const BATCH: i64 = 50;

/// What came of it.
#[derive(Default)]
pub(super) struct Rewrapped {
    pub(super) keys: u64,
    /// Keys that no key of the ring opens.
    pub(super) failures: BTreeSet<(Uuid, i32)>,
}

const COUNT: &str = "select count(*) from org_keys where wrapped_by <> $1";

const FIND: &str = "
    select org_id, key_no, wrapped_key, wrapped_by, retired_at is not null as is_retired
      from org_keys
     where wrapped_by <> $1
       and (org_id, key_no) > ($2, $3)
     order by org_id, key_no
     limit $4
       for update";

/// Wraps every key anew that another master key has wrapped, until there is none but those that do not open: functions
/// may make some meanwhile that have the ring as it was.
pub(super) async fn rewrap(client: &mut Client, master: &MasterKeys) -> Result<Rewrapped, KeysError> {
    let mut rewrapped = Rewrapped::default();
    let expected: i64 = client.query_one(COUNT, &[&master.first_id()]).await?.try_get(0)?;
    let progress = Progress::new(expected.unsigned_abs(), "keys");
    loop {
        let before = rewrapped.keys;
        let mut after = (Uuid::nil(), i32::MIN);
        while let Some(last) =
            patiently(async || batch(&mut *client, master, after, &mut rewrapped, &progress).await).await?
        {
            after = last;
        }
        if rewrapped.keys == before {
            return Ok(rewrapped);
        }
    }
}

/// Wraps the first keys after this one anew, and gives the last one.
async fn batch(
    client: &mut Client,
    master: &MasterKeys,
    after: (Uuid, i32),
    rewrapped: &mut Rewrapped,
    progress: &Progress,
) -> Result<Option<(Uuid, i32)>, KeysError> {
    let transaction = client.transaction().await?;
    let rows = transaction.query(FIND, &[&master.first_id(), &after.0, &after.1, &BATCH]).await?;
    let mut last = None;
    let mut done = 0;
    for row in &rows {
        let (org_id, wrapped) = (row.try_get("org_id")?, WrappedKey::from_row(row)?);
        last = Some((org_id, wrapped.key_no));
        match master.rewrap(Entropy::default(), org_id, &wrapped) {
            Ok(anew) => {
                store(&transaction, org_id, &wrapped, &anew).await?;
                done += 1;
            }
            Err(KeyUnavailable::Entropy(error)) => return Err(error.into()),
            Err(reason) => tell(rewrapped, org_id, &wrapped, reason),
        }
    }
    transaction.commit().await?;
    rewrapped.keys += done;
    progress.advance(done);
    Ok(last)
}

fn tell(rewrapped: &mut Rewrapped, org_id: Uuid, wrapped: &WrappedKey, reason: KeyUnavailable) {
    let WrappedKey { key_no, wrapped_by, .. } = wrapped;
    if rewrapped.failures.insert((org_id, *key_no)) {
        println!("{org_id}: key {key_no} stays as it is: {reason} ({wrapped_by})");
    }
}

const STORE: &str = "
    update org_keys
       set wrapped_key = $3, wrapped_by = $4
     where org_id = $1
       and key_no = $2";

/// In the order of the organizations' ids, as everybody writes who writes to several.
async fn store(
    transaction: &Transaction<'_>,
    org_id: Uuid,
    before: &WrappedKey,
    anew: &WrappedKey,
) -> Result<(), Error> {
    let WrappedKey { key_no, wrapped_key, wrapped_by, .. } = anew;
    transaction.execute(STORE, &[&org_id, key_no, wrapped_key, wrapped_by]).await?;
    let row = Row {
        org_id,
        action: Action::EncryptionKeyRotated,
        resource: (ResourceType::EncryptionKey, &format!("{org_id}/{key_no}")),
        is_success: true,
        metadata: json!({"key_no": key_no, "wrapped_by": wrapped_by, "wrapped_before_by": before.wrapped_by}),
    };
    trail::append(transaction, &row).await
}
