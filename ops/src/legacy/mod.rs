//! `cargo ops legacy`: the previous system's records, which are read to be brought over and for nothing else. The format
//! that they were encrypted in is known here only.

mod check;
mod hex;
mod key;
mod sealed;

use clap::{Args, Subcommand};

use self::check::Check;
pub(crate) use self::{
    check::LegacyCheckError,
    key::{LegacyKey, LegacyKeyError},
};
use crate::{Outcome, settings::Settings};

/// Looks into the previous system's database.
#[derive(Args)]
pub(crate) struct Legacy {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Check(Check),
}

/// Runs the command.
pub(crate) async fn run(command: &Legacy, settings: &Settings) -> Result<Outcome, LegacyCheckError> {
    match &command.what {
        What::Check(command) => check::run(command, settings).await,
    }
}
