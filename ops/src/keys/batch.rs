//! One batch of envelopes: opened and sealed anew, stored and recorded in one transaction.

use eleva::{
    audit::{Action, ResourceType},
    clock::Entropy,
    phi::{Field, Undecryptable},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio_postgres::{Client, Transaction};

use super::{
    KeysError,
    envelopes::{Key, Replacement, Sealed, Source},
    pass::DataKeys,
};
use crate::trail::{self, Row};

/// How many rows a batch has at most: what is recorded of two envelopes of each stays below 64 KiB.
pub(super) const ROWS: usize = 100;

/// How many bytes a batch has at most, unless its only row has more.
pub(super) const BYTES: i64 = 4 << 20;

/// An envelope that does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Failure {
    pub(super) source: Source,
    pub(super) key: Key,
    pub(super) field: &'static str,
    pub(super) reason: &'static str,
}

/// What came of a batch.
#[derive(Default)]
pub(super) struct Done {
    /// How many envelopes opened, whether or not somebody else replaced them meanwhile, and how many rows had become
    /// others before they were read.
    pub(super) opened: u64,
    /// How many envelopes were replaced.
    pub(super) replaced: u64,
    pub(super) failures: Vec<Failure>,
}

/// The key is there, and stays until the transaction ends: an erasure waits, or has been.
const HOLD_KEY: &str = "
    select key_no
      from org_keys
     where org_id = $1
       and key_no = $2
       for share";

/// Seals the envelopes of these rows anew. `is_known`: whether a failure was told before, and need not be again.
pub(super) async fn run(
    client: &mut Client,
    keys: &DataKeys,
    source: Source,
    rows: &[Key],
    is_known: impl Fn(&Failure) -> bool,
) -> Result<Done, KeysError> {
    let transaction = client.transaction().await?;
    if transaction.query_opt(HOLD_KEY, &[&keys.org_id, &keys.key_no()]).await?.is_none() {
        return Err(KeysError::Erased(keys.org_id));
    }
    let read = source.read(&transaction, keys.org_id, rows.iter().copied()).await?;
    let mut done = Done { opened: (rows.len() - read.len()) as u64, ..Done::default() };
    let mut replacements = Vec::new();
    for sealed in read {
        replacements.extend(reseal(keys, source, sealed, &mut done)?);
    }
    done.failures.retain(|failure| !is_known(failure));
    let replaced = source.replace(&transaction, keys.org_id, &replacements).await?;
    let told: Vec<Value> = replacements
        .iter()
        .filter(|replacement| replaced.contains(&replacement.sealed.key))
        .flat_map(|replacement| told(source, replacement))
        .collect();
    done.replaced = told.len() as u64;
    record(&transaction, keys, told, &done.failures).await?;
    transaction.commit().await?;
    Ok(done)
}

/// Seals a row's envelopes anew that are under another key; `None` where there is none that opens.
fn reseal(keys: &DataKeys, source: Source, sealed: Sealed, done: &mut Done) -> Result<Option<Replacement>, KeysError> {
    let (first_field, second_field) = source.fields();
    let mut anew = |field: Field, envelope: &[u8]| -> Result<Option<Vec<u8>>, KeysError> {
        if is_under(envelope, keys.key_no()) {
            return Ok(None);
        }
        let place = sealed.place(keys.org_id, field);
        match keys.open(&place, envelope) {
            Ok(plaintext) => {
                done.opened += 1;
                Ok(Some(keys.current.seal(Entropy::default(), &place, &plaintext)?))
            }
            Err(reason) => {
                done.failures.push(failure(source, sealed.key, field, reason));
                Ok(None)
            }
        }
    };
    let first = anew(first_field, &sealed.first)?;
    let second = sealed.second.as_deref().map(|envelope| anew(second_field, envelope)).transpose()?.flatten();
    if first.is_none() && second.is_none() {
        return Ok(None);
    }
    let first = first.unwrap_or_else(|| sealed.first.clone());
    let second = second.or_else(|| sealed.second.clone());
    Ok(Some(Replacement { sealed, first, second }))
}

fn failure(source: Source, key: Key, field: Field, reason: Undecryptable) -> Failure {
    Failure { source, key, field: field.name(), reason: reason.as_str() }
}

/// Whether an envelope says that it is under the key of this number: its second to fifth byte.
fn is_under(envelope: &[u8], key_no: i32) -> bool {
    envelope.get(1..5) == Some(key_no.to_be_bytes().as_slice())
}

/// What the trail says of a row's new envelopes.
fn told(source: Source, replacement: &Replacement) -> Vec<Value> {
    let Replacement { sealed, first, second } = replacement;
    let (first_field, second_field) = source.fields();
    let first = (first_field, Some(&sealed.first), Some(first));
    let second = (second_field, sealed.second.as_ref(), second.as_ref());
    let mut told = Vec::new();
    for (field, before, after) in [first, second] {
        if let Some(after) = after
            && before != Some(after)
        {
            told.push(envelope(source, sealed.key, field, after));
        }
    }
    told
}

fn envelope(source: Source, key: Key, field: Field, bytes: &[u8]) -> Value {
    let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "table": source.table(), "id": key.row_id, "version": key.version, "field": field.name(), "sha256": sha256,
    })
}

/// Says in the organization's trail which envelopes there are from now on, and which do not open.
async fn record(
    transaction: &Transaction<'_>,
    keys: &DataKeys,
    envelopes: Vec<Value>,
    failures: &[Failure],
) -> Result<(), tokio_postgres::Error> {
    for Failure { source, key, field, reason } in failures {
        let row = Row {
            org_id: keys.org_id,
            action: Action::RecordUndecryptable,
            resource: (source.resource_type(), &key.row_id.to_string()),
            is_success: false,
            metadata: json!({"field": field, "version": key.version, "reason": reason}),
        };
        trail::append(transaction, &row).await?;
    }
    if envelopes.is_empty() {
        return Ok(());
    }
    let row = Row {
        org_id: keys.org_id,
        action: Action::EncryptionKeyRotated,
        resource: (ResourceType::EncryptionKey, &keys.resource_id()),
        is_success: true,
        metadata: json!({"key_no": keys.key_no(), "envelopes": envelopes}),
    };
    trail::append(transaction, &row).await
}

#[cfg(test)]
mod tests {
    use eleva::phi::Field;
    use serde_json::json;
    use uuid::Uuid;

    use super::{Key, ROWS, Source, envelope};

    #[test]
    fn what_is_recorded_of_a_batch_fits_into_a_row_of_the_trail() {
        let key = Key { row_id: Uuid::max(), version: i32::MAX };
        let longest = envelope(Source::RecordVersions, key, Field::RecordMetadata, b"");
        let metadata = json!({"key_no": i32::MAX, "envelopes": vec![longest; 2 * ROWS]});
        // PostgreSQL prints a space after every comma and colon.
        let spaces = metadata.to_string().matches([',', ':']).count();
        assert!(metadata.to_string().len() + spaces <= 65_536);
    }
}
