//! `cargo ops audit`: what an operator does with the audit trail. docs/audit-operations.md says when, and what to do
//! about what is found.

mod chains;
mod download;
mod error;
mod exports;
mod organization;
mod report;
mod retain;
mod verify;

use clap::{Args, Subcommand};

pub(crate) use self::error::AuditError;
use self::{retain::Retain, verify::Verify};
use crate::{Outcome, settings::Settings};

/// Verifies the audit trail, or drops what is older than it has to be kept.
#[derive(Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Verify(Verify),
    Retain(Retain),
}

const SETTINGS: &str = "\
Settings:
  DATABASE_URL_DIRECT  the database's owner, on the direct endpoint
  DATABASE_CA_CERT     optional: one more root certificate, PEM";

/// Runs the command.
pub(crate) async fn run(command: &Audit, settings: &Settings) -> Result<Outcome, AuditError> {
    match &command.what {
        What::Verify(command) => verify::run(command, settings).await,
        What::Retain(command) => retain::run(command, settings).await,
    }
}
