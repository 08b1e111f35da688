//! What is wrong, in words and for machines.

use std::fmt;

use serde::Serialize;
use uuid::Uuid;

use crate::{chain::Header, manifest::Role};

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It is not a document of the form that is signed, or its signature does not hold.
    NotSigned,
    /// It is signed with a key that nobody said is to be trusted.
    UntrustedKey,
    /// It is not in the format.
    Malformed,
    /// A file that belongs to it is not there or cannot be read.
    NotThere,
    /// The file is not the one that the manifest names.
    FileDiffers,
    /// There are more or fewer rows than the manifest says.
    CountDiffers,
    /// The hash is not that of the content and the row before.
    Altered,
    /// Rows are not there.
    Missing,
    /// A row is there a second time.
    Twice,
    /// A row stands beyond the end.
    Inserted,
    /// Rows do not stand in their order.
    Reordered,
    /// The row is another organization's.
    Moved,
    /// A row that was asked for is left out.
    Omitted,
    /// A row is shown that was not asked for.
    NotAskedFor,
    /// Times do not rise.
    Time,
    /// Rows are not there any more, because they were old.
    Dropped,
    /// There may be rows that nothing is shown of.
    Incomplete,
    /// Two exports show different chains.
    Contradiction,
    /// Between two exports there are rows that neither has.
    Gap,
    /// The chain is another one than at a checkpoint.
    Rewritten,
    /// The chain ended further on at a checkpoint.
    CutOff,
    /// No checkpoint from after the period covers it.
    NotCovered,
    /// The document contradicts itself.
    Inconsistent,
    /// A checkpoint is not tied to the one before.
    NotLinked,
    /// There are two checkpoints for one day.
    TwoOfADay,
    /// The newest checkpoint is too old.
    Stale,
    /// A chain's end in a checkpoint contradicts the checkpoint before.
    SetBack,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is the matter.
    #[serde(rename = "finding")]
    pub kind: Kind,
    /// In which file.
    pub file: String,
    /// In which line of it, from 1; of CSV the one in which the row begins.
    pub line: Option<u64>,
    /// The row's place in the chain; the first one's of several.
    pub seq: Option<i64>,
    /// The last one's of several.
    pub last_seq: Option<i64>,
    /// The row's id.
    pub id: Option<Uuid>,
    /// In words. Never has a row's content.
    pub reason: String,
}

/// Something that is wrong with an export, before it is known how its files are called.
#[derive(Clone, Debug)]
pub(super) struct Discovery {
    pub(super) kind: Kind,
    /// In which of the files, if in one, and in which line.
    pub(super) at: Option<(Role, Option<u64>)>,
    pub(super) rows: Option<(i64, i64)>,
    pub(super) id: Option<Uuid>,
    pub(super) reason: String,
}

impl Discovery {
    /// About an export as a whole.
    pub(super) fn new(kind: Kind, reason: impl Into<String>) -> Self {
        Self { kind, at: None, rows: None, id: None, reason: reason.into() }
    }

    /// About one of its files.
    pub(super) fn of_file(kind: Kind, role: Role, reason: impl Into<String>) -> Self {
        Self { at: Some((role, None)), ..Self::new(kind, reason) }
    }

    /// About a line.
    pub(super) fn in_line(kind: Kind, role: Role, line: u64, reason: impl Into<String>) -> Self {
        Self { at: Some((role, Some(line))), ..Self::new(kind, reason) }
    }

    /// Says which row it is about.
    pub(super) fn of_row(mut self, header: &Header<'_>) -> Self {
        self.rows = Some((header.seq, header.seq));
        self.id = Some(header.id);
        self
    }

    /// Says which rows it is about.
    pub(super) fn of_rows(mut self, first_seq: i64, last_seq: i64) -> Self {
        self.rows = Some((first_seq, last_seq));
        self
    }
}

impl Finding {
    /// About a file.
    pub(super) fn new(kind: Kind, file: &str, reason: impl Into<String>) -> Self {
        let (line, seq, last_seq, id) = (None, None, None, None);
        Self { kind, file: file.to_owned(), line, seq, last_seq, id, reason: reason.into() }
    }

    /// Says which rows it is about.
    pub(super) fn of_rows(mut self, first_seq: i64, last_seq: i64) -> Self {
        (self.seq, self.last_seq) = (Some(first_seq), Some(last_seq));
        self
    }
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::NotSigned => "not signed",
            Self::UntrustedKey => "untrusted key",
            Self::Malformed => "malformed",
            Self::NotThere => "not there",
            Self::FileDiffers => "another file",
            Self::CountDiffers => "another number",
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Twice => "twice",
            Self::Inserted => "inserted",
            Self::Reordered => "reordered",
            Self::Moved => "moved",
            Self::Omitted => "omitted",
            Self::NotAskedFor => "not asked for",
            Self::Time => "time",
            Self::Dropped => "dropped",
            Self::Incomplete => "incomplete",
            Self::Contradiction => "contradiction",
            Self::Gap => "gap",
            Self::Rewritten => "rewritten",
            Self::CutOff => "cut off",
            Self::NotCovered => "not covered",
            Self::Inconsistent => "inconsistent",
            Self::NotLinked => "not linked",
            Self::TwoOfADay => "two of a day",
            Self::Stale => "stale",
            Self::SetBack => "set back",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, file, line, seq, last_seq, id, reason } = self;
        write!(formatter, "{file}: ")?;
        if let Some(line) = line {
            write!(formatter, "line {line}: ")?;
        }
        write!(formatter, "{}: ", kind.as_str())?;
        match (seq, last_seq) {
            (Some(seq), Some(last)) if last != seq => write!(formatter, "rows {seq} to {last}")?,
            (Some(seq), _) => write!(formatter, "row {seq}")?,
            _ => {}
        }
        if let Some(id) = id {
            write!(formatter, ", id {id}")?;
        }
        let separator = if seq.is_some() { ": " } else { "" };
        write!(formatter, "{separator}{reason}")
    }
}
