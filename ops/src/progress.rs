//! How far a command is, where somebody watches.

use std::io::{IsTerminal as _, stderr};

use indicatif::{ProgressBar, ProgressStyle};

/// How much goes by before the bar moves.
const STRIDE: u64 = 4096;

/// A bar on standard error; nothing where that is no terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    unseen: u64,
}

impl Progress {
    /// One for so many of what `unit` names in the plural.
    pub(crate) fn new(expected: u64, unit: &str) -> Self {
        let bar = if stderr().is_terminal() { ProgressBar::new(expected) } else { ProgressBar::hidden() };
        let template = format!("{{wide_bar}} {{human_pos}} of {{human_len}} {unit}, {{per_sec}}, {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self { bar, unseen: 0 }
    }

    /// Another one is done, of very many.
    pub(crate) fn step(&mut self) {
        self.unseen += 1;
        if self.unseen == STRIDE {
            self.advance(STRIDE);
            self.unseen = 0;
        }
    }

    /// So many more are done.
    pub(crate) fn advance(&self, count: u64) {
        self.bar.inc(count);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
