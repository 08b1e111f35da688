//! How fast `ops audit verify` is, and how much memory it takes.

use std::{
    path::Path,
    pin::pin,
    process::Stdio,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::time::sleep;

use super::{Database, trail::Trail};
use crate::{
    bench::{costs::mebibytes, people::Person, process::peak_memory},
    environment::Environment,
    failure::Failure,
    programs,
    progress::Step,
};

/// How often it is run; the median counts.
const RUNS: usize = 3;

/// How often its memory is looked at: the peak is what the system had counted when it was last looked at.
const INTERVAL: Duration = Duration::from_millis(5);

/// A verification of one trail.
#[derive(Debug, Serialize)]
pub(super) struct Verification {
    pub(super) organizations: u32,
    pub(super) rows: u32,
    /// From the program's start to its end, seconds: the median.
    pub(super) seconds: f64,
    /// The most memory that it had resident, MiB: the largest.
    pub(super) peak_mib: f64,
}

/// `(rows, organizations)`: how many rows, and over how many organizations.
pub(super) async fn measure(
    database: &Database,
    trail: &Trail,
    ops: &Path,
    (rows, organizations): (u32, u32),
    step: &Step,
) -> Result<Verification, Failure> {
    step.note("filling the trail");
    Person::make(&database.owner, organizations, 1).await?;
    // A row every tenth of a second.
    let since = Timestamp::now() - SignedDuration::from_millis(100 * i64::from(rows));
    trail.fill(database, rows, since).await?;
    let mut runs = Vec::new();
    for run in 1..=RUNS {
        step.note(format!("run {run} of {RUNS}"));
        runs.push(verify(database, ops, rows).await?);
    }
    let peak = runs.iter().map(|(_, peak)| *peak).max().unwrap_or_default();
    runs.sort_unstable();
    let median = runs.get(RUNS / 2).map(|(taken, _)| *taken).unwrap_or_default();
    Ok(Verification { organizations, rows, seconds: median.as_secs_f64(), peak_mib: mebibytes(peak) })
}

/// How long a run takes, and the most memory that it has resident, in bytes.
async fn verify(database: &Database, ops: &Path, rows: u32) -> Result<(Duration, u64), Failure> {
    let mut command = programs::command(ops);
    Environment::remove_inherited(&mut command);
    command.args(["audit", "verify", "--database"]).env("DATABASE_URL_DIRECT", &database.owner_url);
    command.stdout(Stdio::piped()).stderr(Stdio::inherit());
    let started = Instant::now();
    let child = command.spawn().map_err(Failure::io("run ops"))?;
    let id = child.id().unwrap_or_default();
    let mut ended = pin!(child.wait_with_output());
    let mut peak = 0;
    let output = loop {
        tokio::select! {
            output = &mut ended => break output.map_err(Failure::io("run ops"))?,
            () = sleep(INTERVAL) => peak = peak_memory(id).map_or(peak, |now| now.max(peak)),
        }
    };
    let taken = started.elapsed();
    let told = String::from_utf8_lossy(&output.stdout);
    match output.status.success() && told.contains(&format!("in order: {rows} rows")) {
        true => Ok((taken, peak)),
        false => Err(Failure::Unmet(format!("ops audit verify says otherwise than expected: {told}"))),
    }
}
