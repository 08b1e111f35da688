//! The figures of a run, as JSON and as tables.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{baseline::Copied, crowd::Crowd, worker::Made};
use crate::{
    bench::{costs::mebibytes, report::Machine},
    failure::Failure,
};

/// Everything that a run found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) machine: Machine,
    /// The server's version.
    pub(super) postgres: String,
    /// What was set differently from the ordinary.
    pub(super) settings: String,
    /// How often each was done.
    pub(super) runs: u32,
    /// How many rows were exported.
    pub(super) rows: u32,
    pub(super) exported: Vec<Exported>,
    pub(super) crowd: Crowd,
}

/// One format. Times are the medians, memory and sizes the largest.
#[derive(Debug, Serialize)]
pub(super) struct Exported {
    format: &'static str,
    seconds: f64,
    peak_mib: f64,
    file_mib: f64,
    psql_seconds: f64,
    psql_file_mib: f64,
    verification_seconds: f64,
}

impl Exported {
    pub(super) fn new(
        format: &'static str,
        exports: &[Made],
        copies: &[Copied],
        verifications: &[Duration],
    ) -> Result<Self, Failure> {
        let none = || Failure::Unmet("nothing was measured".to_owned());
        let largest = |sizes: Vec<u64>| sizes.into_iter().max().map(mebibytes).ok_or_else(none);
        let median = |mut taken: Vec<Duration>| {
            taken.sort_unstable();
            taken.get(taken.len() / 2).map(Duration::as_secs_f64).ok_or_else(none)
        };
        Ok(Self {
            format,
            seconds: median(exports.iter().map(|export| export.taken).collect())?,
            peak_mib: largest(exports.iter().map(|export| export.peak).collect())?,
            file_mib: largest(exports.iter().map(|export| export.size.unsigned_abs()).collect())?,
            psql_seconds: median(copies.iter().map(|copy| copy.taken).collect())?,
            psql_file_mib: largest(copies.iter().map(|copy| copy.size).collect())?,
            verification_seconds: median(verifications.to_vec())?,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, postgres, settings, runs, rows, exported, crowd } = self;
        writeln!(formatter, "\n{machine}; PostgreSQL {postgres}, {settings}")?;
        writeln!(
            formatter,
            "\n| {rows} rows of one organization, {runs} runs | seconds | rows a second | × psql | peak MiB | file MiB |"
        )?;
        writeln!(formatter, "|---|---:|---:|---:|---:|---:|")?;
        let per_second = |seconds: f64| f64::from(*rows) / seconds;
        for export in exported {
            let Exported { format, seconds, peak_mib, file_mib, psql_seconds, psql_file_mib, .. } = export;
            writeln!(
                formatter,
                "| audit-export, {format} | {seconds:.2} | {:.0} | {:.2} | {peak_mib:.1} | {file_mib:.1} |",
                per_second(*seconds),
                psql_seconds / seconds
            )?;
            writeln!(
                formatter,
                "| `psql \\copy` through gzip, beside it | {psql_seconds:.2} | {:.0} | | | {psql_file_mib:.1} |",
                per_second(*psql_seconds)
            )?;
            let verified = export.verification_seconds;
            writeln!(
                formatter,
                "| `eleva-verify` of the {format} | {verified:.2} | {:.0} | | | |",
                per_second(verified)
            )?;
        }
        let Crowd { organizations, exports, not_exactly_one, seconds, reads, .. } = crowd;
        writeln!(
            formatter,
            "\n{organizations} organizations' month by three workers, the schedule firing twice: {exports} exports in \
             {seconds:.1} s, {not_exactly_one} organizations with another number of them than one."
        )?;
        writeln!(formatter, "\n| a reading in a connection of its own | p50 ms | p95 ms |")?;
        writeln!(formatter, "|---|---:|---:|")?;
        writeln!(formatter, "| alone | {:.2} | {:.2} |", crowd.usual_p50_ms, crowd.usual_p95_ms)?;
        writeln!(
            formatter,
            "| beside the exports, {reads} times | {:.2} | {:.2} |",
            crowd.meanwhile_p50_ms, crowd.meanwhile_p95_ms
        )?;
        writeln!(
            formatter,
            "| ratio | {:.2} | {:.2} |",
            crowd.meanwhile_p50_ms / crowd.usual_p50_ms,
            crowd.meanwhile_p95_ms / crowd.usual_p95_ms
        )
    }
}
