//! Why nothing can be said of the trail, or nothing was done to it.

use std::io;

use evidence::command::CommandError;
use jiff::civil::Date;

use super::{chains::Malformed, download::DownloadError};
use crate::{
    database::{ConnectError, describe},
    migrate::owner::OwnerError,
};

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Owner(#[from] OwnerError),
    #[error("cannot read the audit trail: {}", describe(.0))]
    Read(#[from] tokio_postgres::Error),
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("no organization is to be seen, so that nothing would be verified")]
    NoOrganizations,
    #[error("no organization has the id {0}")]
    UnknownOrganization(String),
    #[error("{0} is less than seven years ago; nothing younger than that is dropped")]
    TooYoung(Date),
    #[error("a legal hold was placed meanwhile on an organization of which rows would go; nothing was changed")]
    Held,
    #[error("cannot drop what is old, nothing was changed: {}", describe(.0))]
    Drop(tokio_postgres::Error),
    #[error("in {0} seconds there was no moment in which nobody used the audit trail; nothing was changed")]
    Busy(u64),
    #[error(transparent)]
    Download(#[from] DownloadError),
    #[error(transparent)]
    Exports(#[from] CommandError),
    #[error("cannot write the report: {0}")]
    Report(#[from] serde_json::Error),
    #[error("cannot write what was found: {0}")]
    Print(#[from] io::Error),
}
