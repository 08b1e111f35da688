//! What is wrong with a chain, in words and for machines.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::gap::Place;

/// What happened to a row, or to the end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::audit) enum Kind {
    Altered,
    Missing,
    Inserted,
    Reordered,
    Moved,
    Relinked,
    HeadDiffers,
}

/// The first thing that is wrong with an organization's chain.
#[derive(Clone, Debug, Serialize)]
pub(in crate::audit) struct Finding {
    pub(in crate::audit) org_id: Uuid,
    pub(in crate::audit) workos_org_id: Option<String>,
    #[serde(rename = "finding")]
    pub(in crate::audit) kind: Kind,
    /// The row's place in the chain; the first one's of several that are missing.
    pub(in crate::audit) seq: i64,
    /// The last one's of several that are missing.
    pub(in crate::audit) last_seq: i64,
    /// The row; of missing ones the one that follows.
    pub(in crate::audit) id: Option<Uuid>,
    pub(in crate::audit) created_at: Option<Timestamp>,
    /// The organization that a row was moved from.
    pub(in crate::audit) moved_from: Option<Uuid>,
    pub(in crate::audit) reason: String,
}

/// What a finding is about, before it is known whose it is.
#[derive(Clone, Debug)]
pub(super) struct Discovery {
    pub(super) kind: Kind,
    pub(super) seq: i64,
    pub(super) last_seq: i64,
    pub(super) row: Option<Place>,
    pub(super) reason: String,
}

impl Discovery {
    /// About one row.
    pub(super) fn at(kind: Kind, row: Place, reason: impl Into<String>) -> Self {
        Self { kind, seq: row.seq, last_seq: row.seq, row: Some(row), reason: reason.into() }
    }

    /// About rows that are not there, and the one after them.
    pub(super) fn missing(first_seq: i64, last_seq: i64, next: Option<Place>, reason: impl Into<String>) -> Self {
        Self { kind: Kind::Missing, seq: first_seq, last_seq, row: next, reason: reason.into() }
    }
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Inserted => "inserted",
            Self::Reordered => "reordered",
            Self::Moved => "moved",
            Self::Relinked => "relinked",
            Self::HeadDiffers => "head differs",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { org_id, workos_org_id, kind, seq, last_seq, id, created_at, reason, .. } = self;
        write!(formatter, "{org_id}")?;
        if let Some(workos_org_id) = workos_org_id {
            write!(formatter, " ({workos_org_id})")?;
        }
        match last_seq == seq {
            true => write!(formatter, ": {}: row {seq}", kind.as_str())?,
            false => write!(formatter, ": {}: rows {seq} to {last_seq}", kind.as_str())?,
        }
        if let (Some(id), Some(created_at)) = (id, created_at) {
            let relation = if *kind == Kind::Missing { "before " } else { "" };
            write!(formatter, ", {relation}id {id} of {created_at}")?;
        }
        write!(formatter, ": {reason}")
    }
}
