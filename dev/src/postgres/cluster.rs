//! A cluster: the folder with the databases of one server.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::process::{Signal, kill_process, test_kill_process};
use tokio::time::sleep;

use super::{Binaries, Server};
use crate::{
    account::Account,
    child::{Child, StopSignal, process_id},
    failure::Failure,
    ports, programs,
    state::{make_private_folder, remove_folder, write_private_file},
};

/// How long a server of an earlier run, or one that is being stopped, may take to end.
pub(super) const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// What a server does so that a crash of the machine loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As in production.
    Kept,
    /// Nothing: for databases that live as long as a test run.
    None,
}

/// A cluster that may not exist yet.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The folder that holds the cluster; a file with the superuser's password stands there while it is being made.
    pub folder: PathBuf,
    /// PostgreSQL's programs.
    pub binaries: Binaries,
    /// Who runs the server.
    pub account: Account,
    /// The password that the superuser `postgres` has, or is to have.
    pub superuser_password: String,
    /// What a crash may lose.
    pub durability: Durability,
    /// A folder whose `extension/` has extensions beside the server's own; PostgreSQL 18 or newer looks there.
    pub extensions: Option<PathBuf>,
}

impl Cluster {
    /// The major version of the cluster in a folder, if there is one.
    pub fn major_version(folder: &Path) -> Option<u32> {
        fs::read_to_string(folder.join("data/PG_VERSION")).ok()?.trim().parse().ok()
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Removes the cluster with all its data; a server that a killed run left behind is ended first.
    pub async fn discard(&self) -> Result<(), Failure> {
        self.stop_what_was_left_running().await?;
        remove_folder(&self.folder)
    }

    /// Makes the cluster, unless it exists. `log` takes what `initdb` says.
    pub async fn create(&self, log: &Path) -> Result<(), Failure> {
        if self.data().exists() {
            return Ok(());
        }
        make_private_folder(&self.folder)?;
        self.account.give(&self.folder)?;
        // Made under another name, so that one whose making was interrupted is not taken for a cluster.
        let unfinished = self.folder.join("data.new");
        remove_folder(&unfinished)?;
        let password = self.folder.join("password");
        write_private_file(&password, &self.superuser_password)?;
        self.account.give(&password)?;

        let mut command = self.account.command(self.binaries.program("initdb"), StopSignal::Terminate);
        command
            .arg("--pgdata")
            .arg(&unfinished)
            .arg("--pwfile")
            .arg(&password)
            // C.UTF-8 is Neon's default, too.
            .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"])
            .arg("--no-instructions");
        if self.durability == Durability::None {
            command.arg("--no-sync");
        }
        programs::run("initdb", command, log, |_| {}).await?;
        fs::remove_file(&password)
            .and_then(|()| fs::rename(&unfinished, self.data()))
            .map_err(Failure::io(format!("finish {}", self.data().display())))
    }

    /// Starts the server on a free port of 127.0.0.1 and waits until it answers.
    pub async fn start(&self, log: &Path) -> Result<Server, Failure> {
        self.stop_what_was_left_running().await?;
        let port = ports::find_free()?;
        let mut command = self.account.command(self.binaries.program("postgres"), StopSignal::Interrupt);
        command.arg("-D").arg(self.data());
        for setting in [
            "listen_addresses=127.0.0.1",
            &format!("port={port}"),
            // Sockets and shared memory would lie outside the cluster's folder.
            "unix_socket_directories=",
            "dynamic_shared_memory_type=mmap",
            "max_connections=200",
        ] {
            command.args(["-c", setting]);
        }
        if self.durability == Durability::None {
            command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        }
        if let Some(folder) = &self.extensions {
            command.args(["-c", &format!("extension_control_path=$system:{}", folder.display())]);
        }
        let child = Child::start("PostgreSQL", command, log, StopSignal::Interrupt)?;
        let mut server = Server::new(child, port, self.superuser_password.clone());
        server.ready().await?;
        Ok(server)
    }

    /// Ends the server that a killed run left behind, and removes a process id that means nothing any more: the number
    /// may belong to another process by now, and PostgreSQL then refuses to start.
    async fn stop_what_was_left_running(&self) -> Result<(), Failure> {
        let pid_file = self.data().join("postmaster.pid");
        let Ok(text) = fs::read_to_string(&pid_file) else { return Ok(()) };
        let id = text.lines().next().and_then(|line| line.trim().parse::<u32>().ok());
        if let Some(pid) = id.filter(|&id| works_in(id, &self.data())).and_then(process_id) {
            let started = Instant::now();
            // It may end by itself meanwhile.
            let _ = kill_process(pid, Signal::INT);
            while test_kill_process(pid).is_ok() && started.elapsed() < STOP_PATIENCE {
                sleep(Duration::from_millis(50)).await;
            }
            if test_kill_process(pid).is_ok() {
                return Err(Failure::Unmet(format!(
                    "PostgreSQL of an earlier run (process {}) is still running in {} and does not stop; end it first",
                    pid.as_raw_pid(),
                    self.data().display()
                )));
            }
        }
        match fs::remove_file(&pid_file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Failure::io(format!("remove {}", pid_file.display()))(error))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a process has the folder as its working directory, as PostgreSQL's have.
fn works_in(id: u32, folder: &Path) -> bool {
    fs::read_link(format!("/proc/{id}/cwd")).is_ok_and(|cwd| cwd == folder)
}
