//! The data keys of one organization, as they come from the database.

use tokio_postgres::{Row, types::Type};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    data_key::DataKey,
    envelope::{Envelope, Undecryptable},
    master::{KeyUnavailable, MasterKeys},
    place::Place,
};
use crate::{
    app::App,
    database::{Error, Statement, Transaction},
    http::Problem,
};

/// A row of `org_keys`.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Its number, from 1.
    pub key_no: i32,
    /// The key, encrypted by the master key.
    pub wrapped_key: Vec<u8>,
    /// The master key's id.
    pub wrapped_by: String,
    /// Whether nothing is sealed under it any more.
    pub is_retired: bool,
}

impl WrappedKey {
    /// Reads a row with the columns `key_no`, `wrapped_key`, `wrapped_by` and `is_retired`.
    pub fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            key_no: row.try_get("key_no")?,
            wrapped_key: row.try_get("wrapped_key")?,
            wrapped_by: row.try_get("wrapped_by")?,
            is_retired: row.try_get("is_retired")?,
        })
    }
}

/// The keys of one organization.
pub struct OrganizationKeys {
    org_id: Uuid,
    keys: Vec<Held>,
}

struct Held {
    number: i32,
    is_retired: bool,
    key: Result<DataKey, KeyUnavailable>,
}

const KEYS: &str = "
    select key_no, wrapped_key, wrapped_by, retired_at is not null as is_retired
    from org_keys
    where org_id = (select app.org_id())
    order by key_no";

const FIRST_KEY: &str = "
    insert into org_keys (org_id, key_no, wrapped_key, wrapped_by)
    values ((select app.org_id()), $1, $2, $3)
    on conflict do nothing";

/// The statement that travels with whatever reads or writes sealed values; [`OrganizationKeys::from_rows`] reads its
/// answer.
pub fn keys_statement() -> Statement<'static> {
    Statement::new(KEYS, &[])
}

impl OrganizationKeys {
    /// Unwraps an organization's keys. One that was changed is held as what does not open.
    ///
    /// Errors: one was wrapped by a master key that the ring does not have. That says nothing of what is sealed.
    pub fn new(
        master: &MasterKeys,
        org_id: Uuid,
        wrapped: impl IntoIterator<Item = WrappedKey>,
    ) -> Result<Self, KeyUnavailable> {
        let hold = |wrapped: WrappedKey| match master.unwrap(org_id, &wrapped) {
            Err(KeyUnavailable::UnknownMaster) => Err(KeyUnavailable::UnknownMaster),
            key => Ok(Held { number: wrapped.key_no, is_retired: wrapped.is_retired, key }),
        };
        Ok(Self { org_id, keys: wrapped.into_iter().map(hold).collect::<Result<_, _>>()? })
    }

    /// Unwraps the keys that [`keys_statement`] brought, of the organization `org_id`.
    ///
    /// Errors: `unavailable` where a master key is missing. The function has noted it, and reads its secret again.
    pub fn from_rows(master: &MasterKeys, org_id: Uuid, rows: &[Row]) -> Result<Self, Problem> {
        let wrapped = rows.iter().map(WrappedKey::from_row).collect::<Result<Vec<_>, _>>().map_err(Error::from)?;
        Self::new(master, org_id, wrapped).map_err(Problem::unavailable)
    }

    /// Opens an envelope where it was found. Another organization's place is none of these keys'.
    pub fn open(&self, place: &Place<'_>, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
        let envelope = Envelope::parse(envelope)?;
        let held = self.keys.iter().find(|held| held.number == envelope.key_no);
        let held = held.filter(|_| place.org_id == self.org_id).ok_or(Undecryptable::UnknownKey)?;
        held.key.as_ref().map_err(|_| Undecryptable::WrappedKey)?.open(place, &envelope)
    }

    /// Opens a text in the same way. It is wiped from memory when it is dropped.
    ///
    /// Errors: also [`Undecryptable::Malformed`] for what is not UTF-8.
    pub fn open_text(&self, place: &Place<'_>, envelope: &[u8]) -> Result<Zeroizing<String>, Undecryptable> {
        let mut bytes = self.open(place, envelope)?;
        // Without copying: what is no text goes back to be wiped.
        String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
            drop(Zeroizing::new(error.into_bytes()));
            Undecryptable::Malformed
        })
    }

    /// The key that is in force: the last that is not retired. None where the organization has none yet.
    ///
    /// Errors: it cannot be unwrapped.
    pub fn into_current(self) -> Result<Option<DataKey>, KeyUnavailable> {
        let in_force = self.keys.into_iter().filter(|held| !held.is_retired).max_by_key(|held| held.number);
        in_force.map(|held| held.key).transpose()
    }

    /// The number that a further key gets.
    pub(super) fn next_number(&self) -> i32 {
        self.keys.iter().map(|held| held.number).max().unwrap_or(0).saturating_add(1)
    }
}

/// The key of the current organization to write under, from the answer to [`keys_statement`] in the same transaction. The
/// organization's first is made here; of several who make it at once, all get the one that was first.
///
/// Errors: `unavailable` where the key cannot be unwrapped.
pub async fn key_for_writing(
    app: &App,
    transaction: &mut Transaction<'_>,
    org_id: Uuid,
    rows: &[Row],
) -> Result<DataKey, Problem> {
    let master = app.master_keys()?;
    let keys = OrganizationKeys::from_rows(master, org_id, rows)?;
    let number = keys.next_number();
    if let Some(key) = keys.into_current().map_err(Problem::unavailable)? {
        return Ok(key);
    }
    let (_, wrapped) = master.generate(app.entropy(), org_id, number).map_err(Problem::internal)?;
    let first = [
        (&wrapped.key_no as &(dyn tokio_postgres::types::ToSql + Sync), Type::INT4),
        (&wrapped.wrapped_key, Type::BYTEA),
        (&wrapped.wrapped_by, Type::TEXT),
    ];
    // The second statement sees the first's row, or that of whoever was faster.
    let [_, rows] = transaction.query_all([Statement::new(FIRST_KEY, &first), keys_statement()]).await?;
    let keys = OrganizationKeys::from_rows(master, org_id, &rows)?;
    keys.into_current().map_err(Problem::unavailable)?.ok_or_else(|| Error::Shape("a data key").into())
}
