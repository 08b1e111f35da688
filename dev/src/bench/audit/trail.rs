//! A long trail, which `bench-trail` writes: see `dev/trail`.

use std::path::PathBuf;

use jiff::Timestamp;
use tokio::process::Command;

use super::{Bench, Database};
use crate::{environment::Environment, failure::Failure, programs};

/// How it is made.
pub(in crate::bench) struct Trail {
    program: PathBuf,
    log: PathBuf,
}

impl Trail {
    pub(in crate::bench) fn new(bench: &Bench<'_>) -> Self {
        Self { program: bench.program("bench-trail"), log: bench.log("trail") }
    }

    /// Writes so many rows in all, every organization in turn, as if everybody had worked from `since` until now.
    pub(in crate::bench) async fn fill(&self, database: &Database, rows: u32, since: Timestamp) -> Result<(), Failure> {
        let mut command = self.command();
        command.args(["fill", &rows.to_string(), &since.as_microsecond().to_string()]);
        command.env("TRAIL_DATABASE_URL", &database.owner_url);
        programs::run("bench-trail", command, &self.log, |_| {}).await?;
        let analyze = "vacuum analyze audit_logs, audit_heads";
        database.owner.batch_execute(analyze).await.map_err(Failure::database(analyze))
    }

    /// How many rows' hashes are computed in a second, without a database.
    pub(super) async fn rows_per_second(&self, rows: u32) -> Result<f64, Failure> {
        let mut command = self.command();
        command.args(["chain", &rows.to_string()]);
        let told = programs::output(command).await;
        told.and_then(|told| told.trim().parse().ok())
            .ok_or_else(|| Failure::Unmet("bench-trail does not say how fast it is".to_owned()))
    }

    fn command(&self) -> Command {
        let mut command = programs::command(&self.program);
        Environment::remove_inherited(&mut command);
        command
    }
}
