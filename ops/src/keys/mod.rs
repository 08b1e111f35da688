//! `cargo ops keys`: what an operator does with the keys of PHI. docs/phi-operations.md says when, and what is told.

mod batch;
mod envelopes;
mod error;
mod lock;
mod master;
mod organization;
mod pass;
mod patience;
mod rotate;
mod switch;
mod writers;

use clap::{Args, Subcommand};

pub(crate) use self::error::KeysError;
use self::rotate::Rotate;
use crate::{Outcome, settings::Settings};

/// Changes the keys that PHI is sealed under.
#[derive(Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Rotate(Rotate),
}

/// Runs the command.
pub(crate) async fn run(command: &Keys, settings: &Settings) -> Result<Outcome, KeysError> {
    match &command.what {
        What::Rotate(command) => rotate::run(command, settings).await,
    }
}
