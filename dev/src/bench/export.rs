//! `cargo dev bench export`: how fast trails are exported and verified, how much memory that takes, and what whoever reads
//! meanwhile notices of it.

mod baseline;
mod crowd;
mod report;
mod verification;
mod worker;

use clap::Args;
use evidence::signature::Signer;
use jiff::{SignedDuration, Timestamp};

use super::{
    audit::trail::Trail,
    people::Person,
    report::Machine,
    server::{self, Bench, Database, Needs},
};
use crate::{failure::Failure, postgres::Durability, repository::Repository};

use report::{Exported, Report};
use worker::Worker;

/// Times exporting audit trails, and reading beside it.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// How many rows one organization's export has.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..=100_000_000))]
    rows: u32,

    /// How often each is done; the median counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,

    /// How many organizations are exported at a month's end.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    organizations: u32,
}

pub(super) async fn run(options: &Options, repository: &Repository) -> Result<(), Failure> {
    let programs = ["bench-trail", "audit-export", "eleva-verify"];
    let needs = Needs { name: "export", programs: &programs, durability: Durability::Kept };
    server::run(needs, repository, async |bench| measure(options, bench).await).await
}

async fn measure(options: &Options, bench: &Bench<'_>) -> Result<Report, Failure> {
    let trail = Trail::new(bench);
    let step = bench.progress.step(format!("filling a trail of {} rows", options.rows));
    let database = bench.database("exported").await?;
    let people = Person::make(&database.owner, 1, 1).await?;
    let person = people.first().ok_or_else(|| Failure::Unmet("there is nobody to export for".to_owned()))?;
    // A row every tenth of a second.
    let since = Timestamp::now() - SignedDuration::from_millis(100 * i64::from(options.rows));
    trail.fill(&database, options.rows, since).await?;
    let until = Timestamp::now();
    step.done();

    let worker = Worker::new(bench, &database)?;
    let mut exported = Vec::new();
    for format in ["jsonl", "csv"] {
        let step = bench.progress.step(format!("exporting {} rows as {format}", options.rows));
        exported.push(export(options, bench, &database, &worker, (person, format, until)).await?);
        step.done();
    }
    bench.drop(database, "exported").await?;

    let step = bench.progress.step(format!("a month's end with {} organizations", options.organizations));
    let crowd = crowd::measure(bench, &trail, options.organizations, &step).await?;
    step.done();
    Ok(Report {
        machine: Machine::look(),
        postgres: bench.postgres_version().await?,
        settings: server::settings(),
        runs: options.runs,
        rows: options.rows,
        exported,
        crowd,
    })
}

/// Exports, copies with psql, and verifies, in turn.
async fn export(
    options: &Options,
    bench: &Bench<'_>,
    database: &Database,
    worker: &Worker,
    (person, format, until): (&Person, &'static str, Timestamp),
) -> Result<Exported, Failure> {
    let (mut exports, mut copies, mut verifications) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.runs {
        copies.push(baseline::copy(database, person.org_id, &bench.scratch("baseline.gz")).await?);
        let made = worker.export(database, person, (format, until)).await?;
        if made.rows != i64::from(options.rows) {
            return Err(Failure::Unmet(format!("an export has {} rows", made.rows)));
        }
        let fingerprint = worker.fingerprint();
        verifications.push(verification::verify(bench, &made.manifest, &fingerprint).await?);
        exports.push(made);
    }
    Exported::new(format, &exports, &copies, &verifications)
}

/// The key that signs here, and nothing that anybody keeps.
fn signer() -> Signer {
    Signer::new(worker::KEY_ID, &worker::SEED)
}
