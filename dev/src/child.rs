//! Programs that run beside us until they are stopped.

use std::{
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{process::Command, time::timeout};

use crate::{failure::Failure, programs, state::create_private_file};

/// The signal by which a program is asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopSignal {
    /// SIGINT: PostgreSQL's fast shutdown, PgBouncer's too.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl StopSignal {
    /// As setpriv(1) wants it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "INT",
            Self::Terminate => "TERM",
        }
    }

    fn signal(self) -> Signal {
        match self {
            Self::Interrupt => Signal::INT,
            Self::Terminate => Signal::TERM,
        }
    }
}

/// A running program. Dropped, it is killed.
#[derive(Debug)]
pub struct Child {
    name: &'static str,
    child: tokio::process::Child,
    log: PathBuf,
    stop_signal: StopSignal,
}

impl Child {
    /// Starts a program, in a process group of its own, so that Ctrl-C in a terminal reaches only us and we stop
    /// things in order. Its output goes to `log`.
    pub fn start(
        name: &'static str,
        mut command: Command,
        log: &Path,
        stop_signal: StopSignal,
    ) -> Result<Self, Failure> {
        let doing = || format!("start {name}");
        let output = create_private_file(log)?;
        let errors = output.try_clone().map_err(Failure::io(doing()))?;
        let child = command.stdout(output).stderr(errors).process_group(0).spawn().map_err(Failure::io(doing()))?;
        Ok(Self { name, child, log: log.to_owned(), stop_signal })
    }

    /// Its process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until it ends by itself, which it should not. May be dropped and called again.
    pub async fn ended(&mut self) -> Failure {
        match self.child.wait().await {
            Ok(status) => self.failure(status),
            Err(error) => Failure::io(format!("wait for {}", self.name))(error),
        }
    }

    /// Fails when it has ended.
    pub fn check(&mut self) -> Result<(), Failure> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(self.failure(status)),
            Err(error) => Err(Failure::io(format!("wait for {}", self.name))(error)),
        }
    }

    /// Asks it to stop, and kills it when it has not within `patience`.
    pub async fn stop(mut self, patience: Duration) {
        if let Some(pid) = self.child.id().and_then(process_id) {
            // It may have ended by itself just now.
            let _ = kill_process(pid, self.stop_signal.signal());
        }
        if timeout(patience, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }

    fn failure(&self, status: ExitStatus) -> Failure {
        Failure::Ended { server: self.name, status, log: self.log.clone(), tail: programs::tail(&self.log, 20) }
    }
}

/// A process id as the system calls want it.
pub(crate) fn process_id(id: u32) -> Option<Pid> {
    i32::try_from(id).ok().and_then(Pid::from_raw)
}
