//! How far a verification is, where somebody watches.

use std::io::{IsTerminal as _, stderr};

use indicatif::{ProgressBar, ProgressStyle};

/// How many rows go by before the bar moves.
const STRIDE: u64 = 4096;

/// A bar on standard error; nothing where that is no terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    unseen: u64,
}

impl Progress {
    /// One for so many rows.
    pub(super) fn new(rows: u64) -> Self {
        let bar = if stderr().is_terminal() { ProgressBar::new(rows) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} rows, {per_sec}, {eta}")
        {
            bar.set_style(style);
        }
        Self { bar, unseen: 0 }
    }

    /// Another row was read.
    pub(super) fn row(&mut self) {
        self.unseen += 1;
        if self.unseen == STRIDE {
            self.bar.inc(STRIDE);
            self.unseen = 0;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
