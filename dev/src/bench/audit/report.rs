//! The figures of a run, as JSON and as tables.

use std::fmt;

use serde::Serialize;

use super::{newest::Newest, verification::Verification, writes::Rate};
use crate::bench::report::Machine;

/// Everything that a run found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) machine: Machine,
    /// The server's version.
    pub(super) postgres: String,
    /// What was set differently from the ordinary.
    pub(super) settings: String,
    /// For how long transactions of each kind were counted.
    pub(super) seconds: u32,
    pub(super) writes: Vec<Rate>,
    /// How many rows' hashes are computed in a second, without a database.
    pub(super) chain_rows_per_second: f64,
    pub(super) verifications: Vec<Verification>,
    /// How many fresh connections asked for the newest rows, in each way.
    pub(super) connections: u32,
    pub(super) newest: Vec<Newest>,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, postgres, settings, seconds, writes, connections, .. } = self;
        writeln!(formatter, "\n{machine}; PostgreSQL {postgres}, {settings}")?;
        writeln!(
            formatter,
            "\n| transactions a second, {seconds} s each | clients | no row | plain row | chained row | chained/plain |"
        )?;
        writeln!(formatter, "|---|---:|---:|---:|---:|---:|")?;
        for Rate { clients, is_one_organization, without, plain, chained } in writes {
            let organizations = if *is_one_organization { "one organization" } else { "one each" };
            writeln!(
                formatter,
                "| {organizations} | {clients} | {without:.0} | {plain:.0} | {chained:.0} | {:.2} |",
                chained / plain
            )?;
        }
        writeln!(formatter, "\n| verifying | organizations | rows | seconds | rows a second | peak MiB |")?;
        writeln!(formatter, "|---|---:|---:|---:|---:|---:|")?;
        writeln!(formatter, "| the chain alone | | | | {:.0} | |", self.chain_rows_per_second)?;
        for Verification { organizations, rows, seconds, peak_mib } in &self.verifications {
            writeln!(
                formatter,
                "| `ops audit verify` | {organizations} | {rows} | {seconds:.2} | {:.0} | {peak_mib:.1} |",
                f64::from(*rows) / seconds
            )?;
        }
        writeln!(
            formatter,
            "\n| the newest 50, {connections} fresh connections, p50 ms | partitions | planning | execution | both | \
             client |"
        )?;
        writeln!(formatter, "|---|---:|---:|---:|---:|---:|")?;
        for Newest { title, partitions, client_p50_ms, explained, .. } in &self.newest {
            let (planning, execution) = (explained.planning_ms, explained.execution_ms);
            writeln!(
                formatter,
                "| {title} | {partitions} | {planning:.2} | {execution:.2} | {:.2} | {client_p50_ms:.2} |",
                planning + execution
            )?;
        }
        Ok(())
    }
}
