//! Why a command of `cargo dev` stopped, in words for whoever typed it.

use std::{io, path::PathBuf, process::ExitStatus};

/// What stopped the command.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The operating system refused something.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was tried: "read X".
        doing: String,
        /// Its answer.
        source: io::Error,
    },
    /// The database refused something.
    #[error("cannot {doing}: {}", describe(source))]
    Database {
        /// What was tried: "create the database eleva".
        doing: String,
        /// The server's answer.
        source: tokio_postgres::Error,
    },
    /// A program ran and did not succeed.
    #[error("{program} failed ({status}); the end of {log}:\n{tail}", log = .log.display())]
    Program {
        /// What was run.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// Where its output is.
        log: PathBuf,
        /// The last lines of it.
        tail: String,
    },
    /// A server that was to stay has ended.
    #[error("{server} ended unexpectedly ({status}); the end of {log}:\n{tail}", log = .log.display())]
    Ended {
        /// Which one.
        server: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// Where its output is.
        log: PathBuf,
        /// The last lines of it.
        tail: String,
    },
    /// Something does not meet what the command needs; the text says what, and what to do.
    #[error("{0}")]
    Unmet(String),
}

impl Failure {
    /// A failure of the operating system; `doing` completes "cannot …".
    pub fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing: doing.into(), source }
    }

    /// A failure of the database; `doing` completes "cannot …".
    pub fn database(doing: impl Into<String>) -> impl FnOnce(tokio_postgres::Error) -> Self {
        move |source| Self::Database { doing: doing.into(), source }
    }
}

fn describe(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(answer), _) => answer.to_string(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
