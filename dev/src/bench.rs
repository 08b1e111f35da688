//! `cargo dev bench`: what the product costs, measured on release binaries in a world of its own.

mod audit;
mod claims;
mod costs;
mod explained;
mod export;
mod people;
pub mod process;
mod records;
mod report;
mod request;
mod rls;
mod server;
mod starts;
mod subject;
mod warm;

pub use costs::FloorCosts;

use std::env;

use clap::{Args, Subcommand};

use crate::{descendants, failure::Failure, interruption, repository::Repository};

/// Measures what the product costs.
#[derive(Debug, Args)]
pub struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Audit(audit::Options),
    Export(export::Options),
    Records(records::Options),
    Request(request::Options),
    Rls(rls::Options),
}

/// Runs the command.
///
/// What drives the functions is part of what is measured, so it is a release build too: a debug build of this program
/// builds that one and hands over.
pub async fn run(bench: &Bench) -> Result<(), Failure> {
    let repository = Repository::locate()?;
    if cfg!(debug_assertions) {
        return hand_over(&repository).await;
    }
    descendants::adopt_orphans()?;
    let outcome = tokio::select! {
        outcome = async {
            match &bench.what {
                What::Audit(options) => audit::run(options, &repository).await,
                What::Export(options) => export::run(options, &repository).await,
                What::Records(options) => records::run(options, &repository).await,
                What::Request(options) => request::run(options, &repository).await,
                What::Rls(options) => rls::run(options, &repository).await,
            }
        } => outcome,
        interruption = interruption::wait() => {
            interruption.and_then(|()| Err(Failure::Unmet("interrupted".to_owned())))
        }
    };
    descendants::kill().await;
    outcome
}

async fn hand_over(repository: &Repository) -> Result<(), Failure> {
    let mut command = repository.cargo();
    command.args(["run", "--release", "--package", "dev", "--"]).args(env::args_os().skip(1));
    let status = command.status().await.map_err(Failure::io("run cargo"))?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure::Unmet(format!("the release build of this command failed ({status})"))),
    }
}
