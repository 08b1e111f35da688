//! The figures of a run, as JSON and as a table.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bench::report::Machine;

/// Everything that a run found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) machine: Machine,
    /// The server's version.
    pub(super) postgres: String,
    /// What was set differently from the ordinary.
    pub(super) settings: String,
    /// How often each was done in each way.
    pub(super) turns: u32,
    pub(super) taken: Vec<Taken>,
}

/// What `bench-phi` says that an operation took, done in one way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Taken {
    operation: String,
    content_bytes: u32,
    is_encrypted: bool,
    is_audited: bool,
    p50_ms: f64,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, postgres, settings, turns, taken } = self;
        writeln!(formatter, "\n{machine}; PostgreSQL {postgres}, {settings}")?;
        writeln!(
            formatter,
            "\n| {turns} times each, p50 ms | KiB each | neither | encrypted | audited | both | price of encryption | \
             price of the trail |"
        )?;
        writeln!(formatter, "|---|---:|---:|---:|---:|---:|---:|---:|")?;
        for row in taken.chunk_by(|one, other| one.is_of(other)) {
            let [first, ..] = row else { continue };
            let in_way = |is_encrypted, is_audited| {
                let found =
                    row.iter().find(|taken| (taken.is_encrypted, taken.is_audited) == (is_encrypted, is_audited));
                found.map_or(f64::NAN, |taken| taken.p50_ms)
            };
            let (neither, encrypted) = (in_way(false, false), in_way(true, false));
            let (audited, both) = (in_way(false, true), in_way(true, true));
            let what = match first.operation.as_str() {
                "read" => "read one",
                "list" => "list of 50",
                "write" => "write one",
                other => other,
            };
            writeln!(
                formatter,
                "| {what} | {} | {neither:.2} | {encrypted:.2} | {audited:.2} | {both:.2} | {:.2} | {:.2} |",
                first.content_bytes / 1024,
                encrypted - neither,
                audited - neither
            )?;
        }
        Ok(())
    }
}

impl Taken {
    fn is_of(&self, other: &Self) -> bool {
        (self.operation.as_str(), self.content_bytes) == (other.operation.as_str(), other.content_bytes)
    }
}
