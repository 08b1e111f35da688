//! The steps of a test run: announced, timed, and summed up at the end.

use std::time::{Duration, Instant};

use super::Verdict;
use crate::failure::Failure;

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    NotRun,
}

/// The steps so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    lines: Vec<String>,
    has_failed: bool,
}

impl Report {
    /// Runs a step. That it fails keeps no other step from running.
    pub(super) async fn add(&mut self, title: &str, step: impl Future<Output = Result<(), Failure>>) -> Outcome {
        eprintln!("── {title}");
        let started = Instant::now();
        let result = step.await;
        let (outcome, word) = match result {
            Ok(()) => (Outcome::Passed, "passed"),
            Err(failure) => {
                eprintln!("error: {failure}");
                self.has_failed = true;
                (Outcome::Failed, "FAILED")
            }
        };
        let line = format!("{title}: {word}, {}", seconds(started.elapsed()));
        eprintln!("── {line}");
        self.lines.push(line);
        outcome
    }

    /// Notes a step that was not run, and why.
    pub(super) fn not_run(&mut self, title: &str, reason: &str) -> Outcome {
        let line = format!("{title}: not run, {reason}");
        eprintln!("── {line}");
        self.lines.push(line);
        Outcome::NotRun
    }

    /// Sums up.
    pub(super) fn finish(self) -> Verdict {
        eprintln!();
        for line in &self.lines {
            eprintln!("{line}");
        }
        if self.has_failed { Verdict::Failed } else { Verdict::Passed }
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
