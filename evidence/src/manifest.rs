//! What an export says of itself: whose trail, which time, what was asked for, how much came of it, and the files.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{chain::Hash, hex};

/// The only format there is.
pub const FORMAT: &str = "eleva-export-1";

/// An export's manifest. It is signed ([`crate::signature`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The export's id.
    pub export_id: Uuid,
    /// Whose trail.
    pub organization: Organization,
    /// `requested` or `scheduled`.
    pub trigger: String,
    /// Who asked for it (WorkOS user id); nobody did when it was scheduled.
    pub requested_by: Option<String>,
    /// Why they did, in their words.
    pub reason: Option<String>,
    /// The beginning of the time that it covers.
    pub from: Timestamp,
    /// The end of that time, which is not included.
    pub to: Timestamp,
    /// Only rows of these actions; null stands for all.
    pub actions: Option<Vec<String>>,
    /// Only rows of these resource types; null stands for all.
    pub resource_types: Option<Vec<String>>,
    /// `jsonl` or `csv`.
    pub export_format: String,
    /// How many rows the export has.
    pub rows: u64,
    /// How many rows of the same piece of the chain it leaves out.
    pub left_out: u64,
    /// Runs of rows that retention has dropped, within the piece or right before it, in the order of the chain.
    pub dropped: Vec<Gone>,
    /// The first row of that piece; null where it has none.
    pub first_seq: Option<i64>,
    /// The last row of that piece.
    pub last_seq: Option<i64>,
    /// The hash of the row before the first one (of the first row of all: what the chain begins with).
    #[serde(with = "hex")]
    pub previous_hash: Hash,
    /// The hash of the last row; where there is none, the same as `previous_hash`.
    #[serde(with = "hex")]
    pub last_hash: Hash,
    /// The end of the chain when the export was begun.
    pub chain_end: ChainEnd,
    /// The checkpoint that covers the export's rows, if there was one.
    pub checkpoint: Option<Covering>,
    /// The files.
    pub files: Vec<File>,
    /// What made the export.
    pub software: Software,
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id.
    pub id: Uuid,
    /// Its id at WorkOS.
    pub workos_org_id: Option<String>,
    /// Its name when the export was made.
    pub name: String,
}

/// The end of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainEnd {
    /// The place of the last row.
    pub seq: i64,
    /// Its hash.
    #[serde(with = "hex")]
    pub hash: Hash,
    /// When it was the last one.
    pub read_at: Timestamp,
}

/// Consecutive rows that were dropped because they were old, by what the chain says ([`crate::dropped`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The place of the first one.
    pub first_seq: i64,
    /// The place of the last one.
    pub last_seq: i64,
    /// The hash of the last one.
    #[serde(with = "hex")]
    pub last_hash: Hash,
}

/// The checkpoint that covers an export: the organization's head in it is a row of the export's piece of the chain, and
/// none of the export's rows comes after that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covering {
    /// The checkpoint's day.
    pub date: Date,
    /// The SHA-256 of the checkpoint's file.
    #[serde(with = "hex")]
    pub sha256: Hash,
    /// The organization's head in it.
    pub seq: i64,
    /// Its hash.
    #[serde(with = "hex")]
    pub hash: Hash,
}

/// One of an export's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// What is in it.
    pub role: Role,
    /// The name under which it is downloaded.
    pub name: String,
    /// Its length in bytes, as it is downloaded.
    pub size: u64,
    /// The SHA-256 of the same.
    #[serde(with = "hex")]
    pub sha256: Hash,
}

/// What a file has in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The rows ([`crate::jsonl`], [`crate::csv`]).
    Rows,
    /// What is shown of the rows left out ([`crate::left_out`]).
    LeftOut,
}

/// What made a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Software {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Gone {
    /// Whether that is all that came before a row in its chain.
    pub(crate) fn is_all_before(&self, seq: i64) -> bool {
        self.first_seq == 1 && self.last_seq.checked_add(1) == Some(seq)
    }
}
