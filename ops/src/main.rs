//! `cargo ops`: what an operator runs against a database.
//!
//! Exit status: 0 when all is as it should be, 1 when it is not or something failed, 2 for a command line that is not
//! understood.

mod database;
mod migrate;
mod settings;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{migrate::Migrate, settings::Settings};

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
    let outcome = runtime.block_on(async {
        match arguments.command {
            Command::Migrate(command) => migrate::run(&command, &settings).await,
        }
    });
    match outcome {
        Ok(Outcome::InOrder) => ExitCode::SUCCESS,
        Ok(Outcome::NotInOrder) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
