//! Why an invocation brought no answer.

use std::{io, path::PathBuf, process::ExitStatus, time::Duration};

use serde::Deserialize;

/// Why an invocation brought no answer. To a caller of the HTTP API each of these is a 500.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The function was not built.
    #[error("{} is not there: run `cargo dev test`, which builds the functions first", .0.display())]
    BinaryMissing(PathBuf),
    /// No sandbox could be started.
    #[error("no sandbox could be started for {}: {source}", binary.display())]
    Start {
        /// The function's binary.
        binary: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The sandbox's process ended.
    #[error("{function} exited ({status}) {when}; its last lines:\n{output}")]
    Exited {
        /// The function's name.
        function: String,
        /// With what.
        status: ExitStatus,
        /// Before or after it asked for its first event.
        when: &'static str,
        /// The end of what it wrote.
        output: String,
    },
    /// The function said that it cannot start (`/runtime/init/error`).
    #[error("{function} could not start: {error}")]
    Init {
        /// The function's name.
        function: String,
        /// What it said.
        error: FunctionError,
    },
    /// The handler returned an error or panicked (`/runtime/invocation/{id}/error`).
    #[error("{function} failed: {error}")]
    Failed {
        /// The function's name.
        function: String,
        /// What it said.
        error: FunctionError,
    },
    /// No answer, or no first poll, within the limit.
    #[error("{function} was silent for {limit:?} {when}; its last lines:\n{output}")]
    TimedOut {
        /// The function's name.
        function: String,
        /// How long it had.
        limit: Duration,
        /// Before or after it asked for its first event.
        when: &'static str,
        /// The end of what it wrote.
        output: String,
    },
    /// The answer is not JSON, or over Lambda's limit, or the function asked for the next event without answering.
    #[error("{function} gave no usable answer: {reason}")]
    Unusable {
        /// The function's name.
        function: String,
        /// What was wrong with the answer.
        reason: String,
    },
}

/// An error as a function states it to the Runtime API.
#[derive(Clone, Debug, Default, Deserialize, thiserror::Error)]
#[error("{error_type}: {error_message}")]
#[serde(rename_all = "camelCase", default)]
pub struct FunctionError {
    /// Its kind, such as the name of a Rust type.
    pub error_type: String,
    /// What happened, in words.
    pub error_message: String,
}
