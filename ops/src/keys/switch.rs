//! Switching an organization to a further data key.

use eleva::{
    audit::{Action, ResourceType},
    clock::Entropy,
    phi::{KeyUnavailable, MasterKeys, OrganizationKeys, WrappedKey},
};
use serde_json::{Value, json};
use tokio_postgres::{Client, GenericClient, Transaction};
use uuid::Uuid;

use super::{KeysError, pass::DataKeys};
use crate::trail::{self, Row};

const KEYS: &str = "
    select key_no, wrapped_key, wrapped_by, retired_at is not null as is_retired
      from org_keys
     where org_id = $1
     order by key_no";

/// The keys of an organization, wrapped.
pub(super) async fn read(client: &impl GenericClient, org_id: Uuid) -> Result<Vec<WrappedKey>, tokio_postgres::Error> {
    client.query(KEYS, &[&org_id]).await?.iter().map(WrappedKey::from_row).collect()
}

/// Unwraps all of an organization's keys, so that none is missed only when envelopes are to be opened. Without one in
/// force there is `None`.
pub(super) fn unwrap(master: &MasterKeys, org_id: Uuid, wrapped: &[WrappedKey]) -> Result<Option<DataKeys>, KeysError> {
    let mut current = None;
    for key in wrapped {
        let unwrapped = master.unwrap(org_id, key).map_err(unavailable(org_id, key))?;
        if !key.is_retired {
            current = Some(unwrapped);
        }
    }
    let Some(first) = wrapped.first() else { return Ok(None) };
    let all = OrganizationKeys::new(master, org_id, wrapped.iter().cloned()).map_err(unavailable(org_id, first))?;
    Ok(current.map(|current| DataKeys { org_id, all, current }))
}

fn unavailable(org_id: Uuid, key: &WrappedKey) -> impl FnOnce(KeyUnavailable) -> KeysError {
    let (key_no, master) = (key.key_no, key.wrapped_by.clone());
    move |reason| KeysError::Unavailable { org_id, key_no, master, reason }
}

/// The keys stay until the transaction ends: an erasure waits, or is waited for and seen in the next statement.
const HOLD_KEYS: &str = "
    select key_no
      from org_keys
     where org_id = $1
       for share";

const INSERT: &str = "
    insert into org_keys (org_id, key_no, wrapped_key, wrapped_by, retired_at)
    values ($1, $2, $3, $4, now())";

/// Makes a further key that is not in force yet, unless an earlier run has, and gives its number. Nothing is sealed
/// under it before everybody knows it who may read: a transaction that has fetched the keys fetches them no more.
pub(super) async fn prepare(client: &mut Client, master: &MasterKeys, org_id: Uuid) -> Result<i32, KeysError> {
    let transaction = client.transaction().await?;
    transaction.query(HOLD_KEYS, &[&org_id]).await?;
    let wrapped = read(&transaction, org_id).await?;
    let last = wrapped.last().ok_or(KeysError::Erased(org_id))?;
    if last.is_retired {
        return Ok(last.key_no);
    }
    // They come in the order of their numbers.
    let key_no = last.key_no.saturating_add(1);
    let (_, new) = master.generate(Entropy::default(), org_id, key_no)?;
    transaction.execute(INSERT, &[&org_id, &key_no, &new.wrapped_key, &new.wrapped_by]).await?;
    record(&transaction, org_id, key_no, json!({"key_no": key_no, "wrapped_by": new.wrapped_by})).await?;
    transaction.commit().await?;
    Ok(key_no)
}

const RETIRE: &str = "
    update org_keys
       set retired_at = now()
     where org_id = $1
       and retired_at is null
    returning key_no";

const PUT_IN_FORCE: &str = "
    update org_keys
       set retired_at = null
     where org_id = $1
       and key_no = $2";

/// Puts a key in force and retires the others, in one transaction. Whoever fetches the keys from then on seals under it.
pub(super) async fn put_in_force(client: &mut Client, org_id: Uuid, key_no: i32) -> Result<(), KeysError> {
    let transaction = client.transaction().await?;
    let mut retired: Vec<i32> = Vec::new();
    for row in transaction.query(RETIRE, &[&org_id]).await? {
        retired.push(row.try_get("key_no")?);
    }
    retired.sort_unstable();
    if transaction.execute(PUT_IN_FORCE, &[&org_id, &key_no]).await? == 0 {
        return Err(KeysError::Erased(org_id));
    }
    record(&transaction, org_id, key_no, json!({"key_no": key_no, "retired": retired})).await?;
    transaction.commit().await?;
    let retired: Vec<String> = retired.iter().map(i32::to_string).collect();
    println!("{org_id}: key {key_no} is in force, retired: {}", retired.join(", "));
    Ok(())
}

async fn record(
    transaction: &Transaction<'_>,
    org_id: Uuid,
    key_no: i32,
    metadata: Value,
) -> Result<(), tokio_postgres::Error> {
    let row = Row {
        org_id,
        action: Action::EncryptionKeyRotated,
        resource: (ResourceType::EncryptionKey, &format!("{org_id}/{key_no}")),
        is_success: true,
        metadata,
    };
    trail::append(transaction, &row).await
}
