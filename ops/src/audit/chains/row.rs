//! A row as COPY sends it in its binary form, borrowed from where it arrived.

use eleva::audit::chain::{self, Body, Hash, Header};
use evidence::row::is_imported;
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

/// The columns, in the order in which [`Row::parse`] takes them. JSON and addresses are hashed as text.
pub(super) const COLUMNS: &str = "
    id, org_id, seq, created_at, action, resource_type, outcome, salt, workos_user_id, actor_type, impersonator,
    resource_id, old_values::text, new_values::text, ip_address::text, user_agent, request_id, metadata::text, prev_hash,
    hash";

/// How many there are.
const COLUMN_COUNT: u16 = 20;

/// From 1970-01-01 to 2000-01-01, where PostgreSQL counts from; microseconds.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// The server sent what is no row of the trail.
#[derive(Debug, thiserror::Error)]
#[error("the server sent a row in another form than asked for")]
pub(crate) struct Malformed;

/// A row of `audit_logs`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) header: Header<'a>,
    pub(super) body: Body<'a>,
    pub(super) prev_hash: Hash,
    pub(super) hash: Hash,
}

impl<'a> Row<'a> {
    /// The row of one message of COPY's.
    pub(super) fn parse(message: &'a [u8]) -> Result<Self, Malformed> {
        let (count, rest) = message.split_first_chunk().ok_or(Malformed)?;
        if u16::from_be_bytes(*count) != COLUMN_COUNT {
            return Err(Malformed);
        }
        let mut fields = Fields(rest);
        let mut row = Self {
            header: Header {
                id: fields.uuid()?,
                org_id: fields.uuid()?,
                seq: fields.number()?,
                // `infinity` is the largest number there is, and not a row's time for long.
                created_at: fields.number()?.saturating_add(POSTGRES_EPOCH),
                action: fields.text()?,
                resource_type: fields.text()?,
                outcome: fields.text()?,
                is_imported: false,
            },
            body: Body {
                salt: fields.bytes()?,
                workos_user_id: fields.optional_text()?,
                actor_type: fields.text()?,
                impersonator: fields.optional_text()?,
                resource_id: fields.optional_text()?,
                old_values: fields.optional_text()?,
                new_values: fields.optional_text()?,
                ip_address: fields.optional_text()?,
                user_agent: fields.optional_text()?,
                request_id: fields.optional_text()?,
                metadata: fields.optional_text()?,
            },
            prev_hash: fields.array()?,
            hash: fields.array()?,
        };
        row.header.is_imported = is_imported(row.body.metadata);
        Ok(row)
    }

    /// Whether the hash is that of the content.
    pub(super) fn is_intact(&self) -> bool {
        chain::link(&self.prev_hash, &chain::row_hash(&self.header.hash(), &self.body.hash())) == self.hash
    }

    /// Whether it would be if the row stood there.
    pub(super) fn would_be_intact(&self, org_id: Uuid, seq: i64) -> bool {
        Row { header: Header { org_id, seq, ..self.header }, ..*self }.is_intact()
    }

    /// When an imported row was appended, microseconds since 1970.
    pub(super) fn imported_at(&self) -> Option<i64> {
        if !self.header.is_imported {
            return None;
        }
        #[derive(Deserialize)]
        struct Metadata {
            imported_at: Timestamp,
        }
        let metadata: Metadata = serde_json::from_str(self.body.metadata?).ok()?;
        Some(metadata.imported_at.as_microsecond())
    }
}

/// What is left of a message.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn optional(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        let (length, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        let length = i32::from_be_bytes(*length);
        if length == -1 {
            self.0 = rest;
            return Ok(None);
        }
        let length = usize::try_from(length).map_err(|_| Malformed)?;
        let (field, rest) = rest.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(Some(field))
    }

    fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        self.optional()?.ok_or(Malformed)
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Malformed> {
        self.bytes()?.try_into().map_err(|_| Malformed)
    }

    fn uuid(&mut self) -> Result<Uuid, Malformed> {
        self.array().map(Uuid::from_bytes)
    }

    fn number(&mut self) -> Result<i64, Malformed> {
        self.array().map(i64::from_be_bytes)
    }

    fn optional_text(&mut self) -> Result<Option<&'a str>, Malformed> {
        self.optional()?.map(str::from_utf8).transpose().map_err(|_| Malformed)
    }

    fn text(&mut self) -> Result<&'a str, Malformed> {
        self.optional_text()?.ok_or(Malformed)
    }
}
