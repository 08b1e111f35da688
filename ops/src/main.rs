//! `cargo ops`: what an operator runs against a database.
//!
//! Exit status: 0 when all is as it should be, 1 when it is not or something failed, 2 for a command line that is not
//! understood.

mod audit;
mod check;
mod database;
mod erase;
mod keys;
mod legacy;
mod legal_hold;
mod migrate;
mod organization;
mod progress;
mod settings;
mod trail;

use std::{error::Error, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    audit::Audit, check::Check, erase::EraseOrganization, keys::Keys, legacy::Legacy, legal_hold::LegalHold,
    migrate::Migrate, settings::Settings,
};

/// Operates Eleva's database. Settings come from the environment.
#[derive(Parser)]
#[command(name = "cargo ops", bin_name = "cargo ops")]
struct Arguments {
    /// Works on the database of DATABASE_DEV_URL instead of DATABASE_URL_DIRECT.
    #[arg(long, global = true)]
    development: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Migrate(Migrate),
    Check(Check),
    Audit(Audit),
    EraseOrganization(EraseOrganization),
    Keys(Keys),
    LegalHold(LegalHold),
    Legacy(Legacy),
}

/// Whether the database is as it should be; decides the exit status of a command that did not fail.
enum Outcome {
    InOrder,
    NotInOrder,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let settings = Settings::from_environment(arguments.development);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(&arguments.command, &settings)) {
        Ok(Outcome::InOrder) => ExitCode::SUCCESS,
        Ok(Outcome::NotInOrder) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: &Command, settings: &Settings) -> Result<Outcome, Box<dyn Error>> {
    match command {
        Command::Migrate(command) => Ok(migrate::run(command, settings).await?),
        Command::Check(command) => Ok(check::run(command, settings).await?),
        Command::Audit(command) => Ok(audit::run(command, settings).await?),
        Command::EraseOrganization(command) => Ok(erase::run(command, settings).await?),
        Command::Keys(command) => Ok(keys::run(command, settings).await?),
        Command::LegalHold(command) => Ok(legal_hold::run(command, settings).await?),
        Command::Legacy(command) => Ok(legacy::run(command, settings).await?),
    }
}
