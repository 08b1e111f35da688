//! `cargo ops audit retain`: drops what is older than it has to be kept, in partitions, and has the trail say so.
//!
//! What goes is written into the chain that it leaves, with the hashes on both of its edges: so the rest still verifies,
//! and nothing else can have gone with it.

mod drop;
mod held;
mod locks;
mod partitions;
mod runs;

use std::time::Duration;

use clap::Args;
use jiff::civil::Date;
use tokio_postgres::Client;

use self::{
    partitions::{Old, Partition},
    runs::Run,
};
use super::{AuditError, SETTINGS, chains, report::Report};
use crate::{Outcome, database, migrate::owner, settings::Settings};

/// Drops the partitions of the audit trail that ended at least seven years ago, after verifying all chains, and has each
/// organization's chain say which rows went. Exits with 1, and drops nothing, when a chain is broken. From the partition
/// on that holds the first row of an organization under a legal hold, all stay.
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub(super) struct Retain {
    /// Drops only what is older than this day (UTC), which is at least seven years ago.
    #[arg(long, value_name = "DATE")]
    before: Option<Date>,

    /// Only tells what would go.
    #[arg(long)]
    dry_run: bool,

    /// How long to try for a moment in which nobody uses the trail.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,
}

/// Runs the command.
pub(super) async fn run(command: &Retain, settings: &Settings) -> Result<Outcome, AuditError> {
    let mut client = database::connect(settings).await?;
    let owner = owner::check(&client).await?;
    println!("{} as {}, PostgreSQL {}", owner.database, owner.name, owner.server_version);
    let old = partitions::find(&client, command.before).await?;
    for Partition { name, .. } in &old.kept {
        println!("kept: {name}, for an organization under a legal hold");
    }
    if old.is_empty() {
        println!("nothing to drop: no partition and no count of refusals that may go is older than {}", old.cutoff);
        return Ok(Outcome::InOrder);
    }
    let verdict = chains::verify(&mut client, None).await?;
    let report = Report::new(&owner, &verdict);
    report.print();
    if !verdict.findings.is_empty() {
        println!("nothing was dropped: what is broken may be what would go");
        return Ok(report.outcome());
    }
    let runs = match command.dry_run {
        true => foresee(&client, &old).await?,
        false => drop::drop(&mut client, &old, Duration::from_secs(command.wait)).await?,
    };
    tell(&old, &runs, if command.dry_run { "would be dropped" } else { "dropped" });
    Ok(Outcome::InOrder)
}

/// What would go, as far as it can be told without keeping anybody from writing more.
async fn foresee(client: &Client, old: &Old) -> Result<Vec<Run>, AuditError> {
    match old.end() {
        Some(end) => Ok(runs::read(client, end).await?),
        None => Ok(Vec::new()),
    }
}

fn tell(old: &Old, runs: &[Run], verb: &str) {
    for Partition { name, .. } in &old.partitions {
        println!("{verb}: {name}");
    }
    for Run { org_id, first_seq, last_seq, .. } in runs {
        println!("{verb}: rows {first_seq} to {last_seq} of {org_id}");
    }
    println!("{verb}: {} counts of refusals before {}", old.refusals, old.cutoff);
}
