//! The day's checkpoint: the ends of all chains, signed, linked to the checkpoint before, in the store, where nothing
//! replaces it, and told to every organization's log at WorkOS. docs/audit-export.md has the format.

use bytes::Bytes;
use eleva::{
    App,
    audit::chain::Hash,
    database::{Error, ExportScope, Statement, Transaction},
    http::Problem,
};
use evidence::{
    checkpoint::{self, Checkpoint, Head, Previous},
    manifest::Software,
    signature::{self, Kind},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};
use store::{Object, Store, StoreError};
use tokio_postgres::{Row, types::Type};

/// The largest file of a checkpoint that is read, in bytes: some 200,000 organizations.
const LARGEST: usize = 48 << 20;

/// One snapshot of all of them, and when it was taken.
const HEADS: &str = "
    select h.org_id, h.seq, h.hash, now() as read_at
      from audit_heads h
     where h.seq > 0";

const NOW: &str = "select now() as read_at";

const WITNESS: &str = "select app.audit_witness($1, $2)";

/// Why there is no checkpoint of the day, or not everybody was told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckpointError {
    /// A setting is missing.
    #[error("{0}")]
    Setting(Problem),
    /// The heads cannot be read, or WorkOS not told.
    #[error(transparent)]
    Database(#[from] Error),
    /// The store did not take it, or does not give back what is there.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What lies where a checkpoint is to lie is none.
    #[error("{0} is not a checkpoint of ours")]
    Malformed(String),
    /// There is a checkpoint of a later day already: somebody's clock is wrong, or this was begun yesterday.
    #[error("there is a checkpoint of a later day: {0}")]
    Later(String),
    /// The checkpoint is larger than what is read.
    #[error("the checkpoint is too large")]
    TooLarge,
    /// What is to be signed cannot be written as JSON: a defect of ours.
    #[error("the checkpoint cannot be written")]
    Unwritable,
}

/// Publishes the checkpoint of the day, unless it is there, and has everybody told. May be repeated: what is there stays,
/// and nobody is told twice.
pub(crate) async fn publish(app: &App, scope: &ExportScope<'_>) -> Result<Date, CheckpointError> {
    let store = Store::new(app.store_url().map_err(CheckpointError::Setting)?).await;
    let (read_at, heads) = heads(scope).await?;
    let date = read_at.to_zoned(TimeZone::UTC).date();
    let key = checkpoint::key(date);
    let signer = app.checkpoint_signer().map_err(CheckpointError::Setting)?;
    let file = match store.read(&key, LARGEST).await? {
        Some(file) => file,
        None => {
            let previous = previous(&store, &key).await?;
            let checkpoint = Checkpoint {
                format: checkpoint::FORMAT.to_owned(),
                date,
                created_at: read_at,
                previous,
                root: checkpoint::root(&heads),
                heads,
                software: Software {
                    name: "eleva audit-daily".to_owned(),
                    version: env!("CARGO_PKG_VERSION").to_owned(),
                },
            };
            put(&store, &key, signer.sign(Kind::Checkpoint, &checkpoint)).await?
        }
    };
    let is_ours = signature::open(Kind::Checkpoint, &file).is_ok_and(|signed| signer.has_signed(&signed));
    if !is_ours || said(&key, &file)?.date != date {
        return Err(CheckpointError::Malformed(key));
    }
    witness(scope, date, Sha256::digest(&file).into()).await?;
    Ok(date)
}

async fn heads(scope: &ExportScope<'_>) -> Result<(Timestamp, Vec<Head>), Error> {
    let rows = scope.read(Statement::new(HEADS, &[])).await?;
    let shape = |_| Error::Shape("an organization's head");
    let mut heads: Vec<Head> = rows.iter().map(|row| head(row).map_err(shape)).collect::<Result<_, _>>()?;
    heads.sort_unstable();
    // Also when nothing ever happened.
    let nothing = if rows.is_empty() { scope.read(Statement::new(NOW, &[])).await? } else { Vec::new() };
    let row = rows.first().or(nothing.first()).ok_or(Error::Shape("a row"))?;
    Ok((row.try_get("read_at")?, heads))
}

fn head(row: &Row) -> Result<Head, tokio_postgres::Error> {
    let hash: &[u8] = row.try_get("hash")?;
    Ok(Head {
        organization: checkpoint::blinded(row.try_get("org_id")?),
        seq: row.try_get("seq")?,
        // The table's CHECK has it be of 32 bytes.
        hash: hash.try_into().unwrap_or_default(),
    })
}

/// The newest checkpoint, which is before the one with this key.
async fn previous(store: &Store, key: &str) -> Result<Option<Previous>, CheckpointError> {
    let keys = store.list("checkpoints/").await?;
    let Some(before) = keys.last() else { return Ok(None) };
    if before.as_str() > key {
        return Err(CheckpointError::Later(before.clone()));
    }
    let file = store.read(before, LARGEST).await?.ok_or_else(|| CheckpointError::Malformed(before.clone()))?;
    let date = said(before, &file)?.date;
    Ok(Some(Previous { date, sha256: Sha256::digest(&file).into() }))
}

/// Puts the checkpoint into the store. Of two workers at once the first one's is the day's; answers that.
async fn put(store: &Store, key: &str, file: Result<Vec<u8>, serde_json::Error>) -> Result<Bytes, CheckpointError> {
    let file = Bytes::from(file.map_err(|_| CheckpointError::Unwritable)?);
    if file.len() > LARGEST {
        return Err(CheckpointError::TooLarge);
    }
    let file_name = key.replace('/', "-");
    let object = Object { key, content_type: "application/json", file_name: &file_name };
    match store.put(&object, file.clone()).await {
        Ok(()) => Ok(file),
        Err(StoreError::Exists) => Ok(store.read(key, LARGEST).await?.ok_or(StoreError::Exists)?),
        Err(error) => Err(error.into()),
    }
}

fn said(key: &str, file: &[u8]) -> Result<Checkpoint, CheckpointError> {
    let signed = signature::open(Kind::Checkpoint, file).ok();
    let checkpoint = signed.and_then(|signed| serde_json::from_str(signed.said).ok());
    checkpoint.ok_or_else(|| CheckpointError::Malformed(key.to_owned()))
}

async fn witness(scope: &ExportScope<'_>, date: Date, sha256: Hash) -> Result<(), Error> {
    let sha256 = sha256.as_slice();
    let parameters = [(&date as _, Type::DATE), (&sha256 as _, Type::BYTEA)];
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            transaction.query(Statement::new(WITNESS, &parameters)).await?;
            Ok(())
        })
        .await
}
