//! The figures of a run, as JSON and as a table.

use std::{fmt, fs, thread};

use serde::Serialize;

use super::costs::Costs;
use crate::failure::Failure;

/// Everything that a run found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) machine: Machine,
    pub(super) starts: Starts,
    /// Fresh sandboxes for each `first_ms`.
    pub(super) first_answers: usize,
    /// Warm requests of each kind.
    pub(super) requests: u32,
    pub(super) delays: Vec<AtDelay>,
}

/// Where it ran.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    processor: String,
    processors: usize,
    kernel: String,
}

/// How long functions take to start: from spawn to first poll.
#[derive(Debug, Serialize)]
pub(super) struct Starts {
    /// Of each function in each way.
    pub(super) count: u32,
    /// What ministack takes for the answer that a start with a secret waits for, milliseconds: the median.
    pub(super) secrets_manager_p50_ms: f64,
    pub(super) functions: Vec<Start>,
}

/// How long one function takes.
#[derive(Debug, Serialize)]
pub(super) struct Start {
    pub(super) function: String,
    pub(super) binary_mib: f64,
    pub(super) p50_ms: f64,
    pub(super) slowest_ms: f64,
    /// With the secret settings in Secrets Manager; WorkOS's signing keys are fetched meanwhile.
    pub(super) with_secret_p50_ms: f64,
}

/// What was measured while the wire took this long.
#[derive(Debug, Serialize)]
pub(super) struct AtDelay {
    /// One way, milliseconds.
    pub(super) delay_ms: u64,
    pub(super) floor: Costs,
    pub(super) requests: Vec<Measured>,
}

/// One kind of request.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    pub(super) title: &'static str,
    /// The first answer of a fresh sandbox, from when the sandbox gets the event, milliseconds: the median.
    pub(super) first_ms: f64,
    #[serde(flatten)]
    pub(super) warm: Costs,
}

impl Report {
    pub(super) fn to_json(&self) -> Result<String, Failure> {
        serde_json::to_string_pretty(self).map_err(|error| Failure::Unmet(format!("cannot write the report: {error}")))
    }
}

impl Machine {
    /// What `/proc` says about this one; unknown where it does not.
    pub(super) fn look() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            processor: model.map_or("unknown", |(_, name)| name).to_owned(),
            processors: thread::available_parallelism().map_or(0, usize::from),
            kernel: kernel.trim().to_owned(),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, processors, kernel } = self;
        write!(formatter, "{processor}, {processors} processors, Linux {kernel}")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "\n{}\n", self.machine)?;
        let Starts { count, secrets_manager_p50_ms, functions } = &self.starts;
        writeln!(
            formatter,
            "| spawn → first poll, {count} starts | p50 ms | slowest ms | with a secret, p50 ms | binary MiB |"
        )?;
        writeln!(formatter, "|---|---:|---:|---:|---:|")?;
        for Start { function, binary_mib, p50_ms, slowest_ms, with_secret_p50_ms } in functions {
            writeln!(
                formatter,
                "| {function} | {p50_ms:.1} | {slowest_ms:.1} | {with_secret_p50_ms:.1} | {binary_mib:.1} |"
            )?;
        }
        writeln!(
            formatter,
            "\nThe secret comes from ministack, which takes {secrets_manager_p50_ms:.1} ms to answer."
        )?;
        writeln!(
            formatter,
            "\n| {} warm requests, delay one way | first ms | p50 ms | p99 ms | × floor | processor ms | beyond floor ms | \
             peak MiB | round trips |",
            self.requests
        )?;
        writeln!(formatter, "|---|---:|---:|---:|---:|---:|---:|---:|---:|")?;
        for AtDelay { delay_ms, floor, requests } in &self.delays {
            writeln!(formatter, "| {delay_ms} ms: floor | | {}", row(floor, floor))?;
            for Measured { title, first_ms, warm } in requests {
                writeln!(formatter, "| {delay_ms} ms: {title} | {first_ms:.2} | {}", row(warm, floor))?;
            }
        }
        Ok(())
    }
}

/// The columns from the median on. What asks the database nothing is not compared with the floor.
fn row(costs: &Costs, floor: &Costs) -> String {
    let Costs { p50_ms, p99_ms, processor_ms, peak_mib, round_trips } = costs;
    let compared = |figure: f64| if *round_trips == Some(0) { String::new() } else { format!("{figure:.2}") };
    let (ratio, beyond) = (compared(p50_ms / floor.p50_ms), compared(processor_ms - floor.processor_ms));
    let round_trips = round_trips.map(|count| count.to_string()).unwrap_or_default();
    format!("{p50_ms:.2} | {p99_ms:.2} | {ratio} | {processor_ms:.2} | {beyond} | {peak_mib:.1} | {round_trips} |")
}
