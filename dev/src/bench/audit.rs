//! `cargo dev bench audit`: what a row of the audit trail costs whoever writes it, how fast chains are verified, and how
//! fast the newest rows are read.

mod newest;
mod report;
pub(super) mod trail;
mod verification;
mod writer;
mod writes;

use clap::Args;

use super::{
    report::Machine,
    server::{self, Bench, Database, Needs},
};
use crate::{failure::Failure, postgres::Durability, repository::Repository};

use report::Report;
use trail::Trail;

/// Times writing, verifying and reading the audit trail.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// For how many seconds transactions of each kind are counted.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,

    /// How many rows are verified.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..=100_000_000))]
    rows: u32,

    /// How many fresh connections ask for the newest rows.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(5..=10_000))]
    connections: u32,
}

pub(super) async fn run(options: &Options, repository: &Repository) -> Result<(), Failure> {
    let needs = Needs { name: "audit", programs: &["bench-trail"], durability: Durability::Kept };
    server::run(needs, repository, async |bench| measure(options, bench).await).await
}

async fn measure(options: &Options, bench: &Bench<'_>) -> Result<Report, Failure> {
    let step = bench.progress.step("writing with and without a row");
    let database = bench.database("writes").await?;
    let writes = writes::measure(&database, bench.begin_keys(), options.seconds, &step).await?;
    bench.drop(database, "writes").await?;
    step.done();

    let trail = Trail::new(bench);
    let mut verifications = Vec::new();
    for organizations in [1, 1000] {
        let step = bench.progress.step(format!("verifying {} rows of {organizations} organizations", options.rows));
        let name = format!("verified_{organizations}");
        let database = bench.database(&name).await?;
        let (ops, extent) = (bench.program("ops"), (options.rows, organizations));
        verifications.push(verification::measure(&database, &trail, &ops, extent, &step).await?);
        bench.drop(database, &name).await?;
        step.done();
    }
    let step = bench.progress.step("computing a chain");
    let chain_rows_per_second = trail.rows_per_second(options.rows).await?;
    step.done();

    let step = bench.progress.step("reading the newest rows in fresh connections");
    let database = bench.database("newest").await?;
    let newest = newest::measure(&database, &trail, bench.begin_keys(), options.connections, &step).await?;
    step.done();

    Ok(Report {
        machine: Machine::look(),
        postgres: bench.postgres_version().await?,
        settings: server::settings(),
        seconds: options.seconds,
        writes,
        chain_rows_per_second,
        verifications,
        connections: options.connections,
        newest,
    })
}
