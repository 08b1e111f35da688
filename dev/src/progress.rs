//! What a command is doing: a line per step with its duration, and a spinner where there is a terminal.

use std::{
    fmt::Display,
    io::{IsTerminal as _, Write as _, stderr},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// Tells the steps of a command on standard error.
#[derive(Debug)]
pub struct Progress {
    is_terminal: bool,
}

/// One step. Dropped without `done`, it did not succeed.
#[derive(Debug)]
pub struct Step {
    title: String,
    started: Instant,
    spinner: Option<ProgressBar>,
    is_done: bool,
}

impl Progress {
    /// Spinners on a terminal, plain lines elsewhere.
    pub fn new() -> Self {
        Self { is_terminal: stderr().is_terminal() }
    }

    /// Begins a step.
    pub fn step(&self, title: impl Into<String>) -> Step {
        let title = title.into();
        let spinner = self.is_terminal.then(|| {
            let spinner = ProgressBar::new_spinner().with_message(title.clone());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                spinner.set_style(style);
            }
            spinner.enable_steady_tick(Duration::from_millis(100));
            spinner
        });
        if spinner.is_none() {
            eprint!("{title} … ");
            // Not worth stopping for: the line then appears when it is complete.
            let _ = stderr().flush();
        }
        Step { title, started: Instant::now(), spinner, is_done: false }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Step {
    /// Shows what the step is at, where there is a terminal.
    pub fn note(&self, what: impl Display) {
        if let Some(spinner) = &self.spinner {
            spinner.set_message(format!("{} … {what}", self.title));
        }
    }

    /// Ends the step.
    pub fn done(self) {
        self.done_with("");
    }

    /// Ends the step and adds what came of it.
    pub fn done_with(mut self, result: impl Display) {
        self.is_done = true;
        let result = result.to_string();
        let separator = if result.is_empty() { "" } else { ": " };
        let seconds = self.started.elapsed().as_secs_f64();
        match &self.spinner {
            Some(spinner) => {
                spinner.finish_and_clear();
                eprintln!("✓ {}{separator}{result} ({seconds:.1} s)", self.title);
            }
            None => eprintln!("{result}{}{seconds:.1} s", if result.is_empty() { "" } else { ", " }),
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        match &self.spinner {
            Some(spinner) => {
                spinner.finish_and_clear();
                eprintln!("✗ {}", self.title);
            }
            None => eprintln!("not done"),
        }
    }
}
