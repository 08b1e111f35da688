//! `ops`, run as an operator runs it: as a program, with settings and nothing else.

use std::{
    fmt,
    process::{Output, Stdio},
};

use tokio::process::{Child, Command};

use crate::app::world;

/// A run of `ops` to be.
pub(crate) struct Operator {
    command: Command,
    /// What the run may not print: the settings' values, and the parts of them that are secret alone.
    secrets: Vec<String>,
}

/// What a run came to.
pub(crate) struct Report {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "exit status {}\n{}{}", self.code, self.out, self.err)
    }
}

/// A run that goes on.
pub(super) struct Running {
    child: Child,
    secrets: Vec<String>,
}

impl Operator {
    /// `ops` with these arguments and without any setting.
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(world().binaries.join("ops"));
        command.env_clear().args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        Self { command, secrets: Vec::new() }
    }

    /// `ops migrate` on the database of this URL.
    pub(super) fn migrate(owner_url: &str) -> Self {
        Self::new(&["migrate"]).setting("DATABASE_URL_DIRECT", owner_url)
    }

    /// `ops migrate --status` on the database of this URL.
    pub(super) fn status(owner_url: &str) -> Self {
        Self::new(&["migrate", "--status"]).setting("DATABASE_URL_DIRECT", owner_url)
    }

    /// Adds arguments.
    pub(super) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// Gives it a setting. All of them are secrets or hold one.
    pub(crate) fn setting(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self.secrets.push(value.to_owned());
        let password = value.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
        self.secrets.extend(password.and_then(|(login, _)| login.split_once(':')).map(|(_, text)| text.to_owned()));
        let keys = value.split(',').filter_map(|key| key.split_once(':')).map(|(_, key)| key.to_owned());
        self.secrets.extend(keys.filter(|key| !key.starts_with("//")));
        self.secrets.retain(|secret| secret.len() >= 8);
        self
    }

    /// Starts it.
    pub(super) fn start(mut self) -> Running {
        Running { child: self.command.spawn().expect("ops starts"), secrets: self.secrets }
    }

    /// Runs it to its end.
    pub(super) async fn run(self) -> Report {
        self.start().end().await
    }

    /// Runs it to its end, which is to be a good one.
    pub(crate) async fn succeed(self) -> Report {
        let report = self.run().await;
        assert_eq!(report.code, 0, "{report}");
        report
    }

    /// Runs it to its end, which is to be a failure.
    pub(super) async fn fail(self) -> Report {
        let report = self.run().await;
        assert_eq!(report.code, 1, "{report}");
        report
    }
}

impl Running {
    /// Ends it at once, as a machine's end would (SIGKILL).
    pub(super) async fn kill(mut self) {
        self.child.kill().await.expect("ops runs");
    }

    /// Waits for its end. Whatever it was, no secret was printed.
    pub(super) async fn end(self) -> Report {
        let Output { status, stdout, stderr } = self.child.wait_with_output().await.expect("ops ends");
        let text = |bytes| String::from_utf8(bytes).expect("ops writes UTF-8");
        let report = Report { code: status.code().expect("ops exits"), out: text(stdout), err: text(stderr) };
        for secret in &self.secrets {
            assert!(!report.to_string().contains(secret.as_str()), "{secret:?} was printed: {report}");
        }
        report
    }
}
