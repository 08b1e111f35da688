//! A record as it is stored, and how it is read: recorded in the same breath.

use eleva::{
    audit::{Action, Entry, Resource},
    database::Error,
    http::{Problem, Request},
    phi::{Field, Place},
};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::record::Record;

/// A record with its envelopes.
pub(crate) struct SealedRecord {
    pub(crate) record: Record,
    pub(crate) org_id: Uuid,
    pub(crate) expert_id: String,
    pub(crate) encrypted_content: Vec<u8>,
    pub(crate) encrypted_metadata: Option<Vec<u8>>,
}

/// What a statement selects that answers envelopes, besides [`crate::record::record_columns`]; [`SealedRecord::from_row`]
/// reads it. Its last column writes the row of the trail that says so: it begins with the parameters of [`viewed`], and
/// calls this for what it answers and for nothing else.
macro_rules! sealed_columns {
    () => {
        "r.org_id, r.expert_id, r.encrypted_content, r.encrypted_metadata,
           app.audit_append(
             $1, $2, coalesce($3, r.id::text), $4, $5, $6,
             coalesce($7::jsonb, '{}') || jsonb_build_object('version', r.version), $8, $9, $10
           ) as recorded"
    };
}
pub(crate) use sealed_columns;

/// That the caller has seen each record that a statement answers.
pub(crate) fn viewed(request: &Request) -> Entry {
    Entry::new(request, Action::MedicalRecordViewed, Resource::medical_records())
}

impl SealedRecord {
    /// Reads one row of both sets of columns.
    pub(crate) fn from_row(row: &Row) -> Result<Self, Problem> {
        Self::try_from_row(row).map_err(|error| Problem::internal(Error::from(error)))
    }

    fn try_from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            record: Record::try_from_row(row)?,
            org_id: row.try_get("org_id")?,
            expert_id: row.try_get("expert_id")?,
            encrypted_content: row.try_get("encrypted_content")?,
            encrypted_metadata: row.try_get("encrypted_metadata")?,
        })
    }

    /// Where one of its fields opens.
    pub(crate) fn place(&self, field: Field) -> Place<'_> {
        Place {
            field,
            org_id: self.org_id,
            row_id: self.record.id,
            meeting_id: self.record.meeting_id,
            author: &self.expert_id,
            version: self.record.version,
        }
    }
}
