//! What can go wrong with an export, and what becomes of it then.

use eleva::{database::Error, http::Problem};
use store::StoreError;

use crate::event::EventError;

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A setting is missing.
    #[error("{0}")]
    Setting(Problem),
    /// Nothing of what the schedules send.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The queue cannot be read or written.
    #[error(transparent)]
    Database(#[from] Error),
    /// Some exports were not finished; the log names them, and they stay in the queue, or are marked as failed.
    #[error("{failed} of {exports} exports were not finished")]
    Exports {
        /// How many.
        failed: usize,
        /// How many were begun.
        exports: usize,
    },
}

/// Why an export was not finished.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfinished {
    /// The time was up. What is in the store stays there, and the next invocation goes on.
    #[error("the time was up")]
    OutOfTime,
    /// Another worker has taken over.
    #[error("another worker has the lease")]
    LostLease,
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] Error),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chain is not whole: a row is missing, or one is not linked to the row before.
    #[error("the chain is broken at row {seq}")]
    Broken {
        /// The first row that does not follow.
        seq: i64,
    },
    /// Every worker that had it vanished before it got anywhere.
    #[error("no worker that had it came back")]
    Lost,
    /// A row that cannot be written.
    #[error(transparent)]
    Unwritable(#[from] evidence::row::Unwritable),
    /// Another version of this worker left what is in the store, and this one cannot go on with it.
    #[error("another version of the worker began it")]
    Outdated,
    /// What was compressed or signed came to nothing: a defect of ours.
    #[error("{0}")]
    Defect(&'static str),
}

impl Unfinished {
    /// What the export's row says.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::OutOfTime | Self::LostLease | Self::Outdated => "interrupted",
            Self::Database(_) => "database_unavailable",
            Self::Store(error) => error.code(),
            Self::Broken { .. } => "chain_broken",
            Self::Lost => "worker_lost",
            Self::Unwritable(_) | Self::Defect(_) => "internal",
        }
    }

    /// Whether trying again may end otherwise.
    pub(crate) fn is_passing(&self) -> bool {
        !matches!(self, Self::Broken { .. } | Self::Lost | Self::Unwritable(_))
    }

    /// Whether what was uploaded so far is of no use any more: the upload is gone, or something else lies where the
    /// file is to lie.
    pub(crate) fn starts_over(&self) -> bool {
        matches!(self, Self::Outdated | Self::Store(StoreError::Exists | StoreError::NoUpload))
    }
}
