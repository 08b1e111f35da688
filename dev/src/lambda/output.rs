//! What a sandbox writes.

use std::{fs::File, io, os::unix::fs::FileExt, process::Stdio};

/// How many lines of it an error quotes.
const QUOTED_LINES: usize = 20;

/// Standard output and standard error of one sandbox, in the order they were written.
///
/// The process writes into a file, not into a pipe that somebody reads: what it wrote before it answered is here by
/// then, and a sandbox that writes a lot never waits for us.
pub(super) struct Output(File);

impl Output {
    /// An unnamed file, gone with the last process that has it open.
    pub(super) fn create() -> io::Result<Self> {
        tempfile::tempfile().map(Self)
    }

    /// A handle for the process to write to. All handles share one position, so nothing is overwritten.
    pub(super) fn stdio(&self) -> io::Result<Stdio> {
        self.0.try_clone().map(Stdio::from)
    }

    /// Everything written so far.
    pub(super) fn text(&self) -> io::Result<String> {
        // Reading at offsets leaves the position, which the process writes at, alone.
        let mut bytes = vec![0; usize::try_from(self.0.metadata()?.len()).map_err(io::Error::other)?];
        self.0.read_exact_at(&mut bytes, 0)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The last lines, for an error message.
    pub(super) fn last_lines(&self) -> String {
        let text = self.text().unwrap_or_else(|error| format!("(its output cannot be read: {error})"));
        let lines: Vec<&str> = text.lines().collect();
        match lines.len() {
            0 => "(it wrote nothing)".to_owned(),
            count => lines[count.saturating_sub(QUOTED_LINES)..].join("\n"),
        }
    }
}
