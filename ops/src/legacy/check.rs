//! `cargo ops legacy check`: whether every record of the previous system opens with its key.

use std::{fmt, pin::pin};

use clap::Args;
use futures_util::TryStreamExt as _;
use tokio_postgres::{Client, IsolationLevel, Row, Transaction, types::ToSql};

use super::{
    key::LegacyKey,
    sealed::{LegacyError, open, open_metadata},
};
use crate::{
    Outcome,
    database::{self, ConnectError, describe},
    progress::Progress,
    settings::{Settings, SettingsError},
};

const SETTINGS: &str = "\
Settings:
  DATABASE_URL_LEGACY  the previous system's database, on the direct endpoint; a login that may read suffices
  ENCRYPTION_KEY       its key: 64 hexadecimal digits or 32 ASCII characters
  DATABASE_CA_CERT     optional: one more root certificate, PEM";

/// Decrypts every record of the previous system, tells which ones do not open and why, and keeps and shows nothing of
/// what they hold. Exits with 1 unless all open. Changes nothing.
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub(super) struct Check {}

/// Why nothing can be said of the records.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LegacyCheckError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("cannot read the previous system's records: {}", describe(.0))]
    Read(#[from] tokio_postgres::Error),
}

/// A record that does not open.
struct Finding<'a> {
    id: &'a str,
    column: &'static str,
    reason: LegacyError,
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, column, reason } = self;
        write!(formatter, "record {id}: {column} does not open: {reason}")
    }
}

/// How many records there are, and how many opened.
#[derive(Default)]
struct Tally {
    records: u64,
    opened: u64,
}

/// Runs the command.
pub(super) async fn run(_: &Check, settings: &Settings) -> Result<Outcome, LegacyCheckError> {
    let key = settings.legacy_key()?;
    let mut client = database::connect_to_legacy(settings).await?;
    let Tally { records, opened } = check(&mut client, &key).await?;
    match records - opened {
        0 => {
            println!("in order: {opened} records opened");
            Ok(Outcome::InOrder)
        }
        closed => {
            println!("NOT in order: {closed} of {records} records do not open");
            Ok(Outcome::NotInOrder)
        }
    }
}

const RECORDS: &str = "
    select id::text as id, encrypted_content, encrypted_metadata
      from records
     order by id";

/// Reads one snapshot, a record at a time: the server sends on when the one before was taken.
async fn check(client: &mut Client, key: &LegacyKey) -> Result<Tally, LegacyCheckError> {
    let transaction =
        client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await?;
    let mut tally = Tally::default();
    let progress = Progress::new(count(&transaction).await?, "records");
    let mut rows = pin!(transaction.query_raw(RECORDS, std::iter::empty::<&dyn ToSql>()).await?);
    while let Some(row) = rows.try_next().await? {
        tally.records += 1;
        tally.opened += u64::from(opens(key, &row)?);
        progress.advance(1);
    }
    Ok(tally)
}

async fn count(transaction: &Transaction<'_>) -> Result<u64, tokio_postgres::Error> {
    let row = transaction.query_one("select count(*) from records", &[]).await?;
    Ok(row.try_get::<_, i64>(0)?.unsigned_abs())
}

/// Whether a record opens; says what of it does not.
fn opens(key: &LegacyKey, row: &Row) -> Result<bool, tokio_postgres::Error> {
    let id: &str = row.try_get("id")?;
    let (content, metadata): (&str, Option<&str>) =
        (row.try_get("encrypted_content")?, row.try_get("encrypted_metadata")?);
    let content = open(key, content).err().map(|reason| ("encrypted_content", reason));
    let metadata = metadata.and_then(|stored| open_metadata(key, stored).err());
    let metadata = metadata.map(|reason| ("encrypted_metadata", reason));
    let mut is_open = true;
    for (column, reason) in content.into_iter().chain(metadata) {
        println!("{}", Finding { id, column, reason });
        is_open = false;
    }
    Ok(is_open)
}
