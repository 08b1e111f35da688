//! Finding programs, and running those that do their work and end.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    fs::File,
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::Command,
};

use crate::{failure::Failure, state::create_private_file};

/// Where servers are that Debian keeps off the PATH of ordinary users.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

/// The variables that `cargo run` adds for the program it runs. A program that we run is not that one.
const CARGO_VARIABLES: [&str; 2] = ["LD_LIBRARY_PATH", "CARGO_MANIFEST_DIR"];

/// Finds a program on the PATH or among the system's servers.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(SYSTEM_FOLDERS.iter().map(PathBuf::from))
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// A command without what `cargo run` put into our environment.
pub fn command(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    for variable in CARGO_VARIABLES {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Whether a program can be started and succeeds. What it prints is dropped.
pub async fn succeeds(mut command: Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().await.is_ok_and(|status| status.success())
}

/// What a program prints on standard output, if it can be started and succeeds.
pub async fn output(mut command: Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().await.ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// Runs a program to its end, with its output in `log`; each line of it goes to `on_line` too.
pub async fn run(title: &str, mut command: Command, log: &Path, mut on_line: impl FnMut(&str)) -> Result<(), Failure> {
    let doing = || format!("run {title}");
    let mut log_file = File::from_std(create_private_file(log)?);
    // One pipe for both, so that the log keeps their order.
    let (reader, writer) = std::io::pipe().map_err(Failure::io(doing()))?;
    let second_writer = writer.try_clone().map_err(Failure::io(doing()))?;
    let mut child = command.stdout(writer).stderr(second_writer).spawn().map_err(Failure::io(doing()))?;
    // It holds our ends of the pipe, which must close for the reading to end.
    drop(command);

    let reader = tokio::net::unix::pipe::Receiver::from_owned_fd(reader.into()).map_err(Failure::io(doing()))?;
    let mut lines = BufReader::new(reader).lines();
    while let Some(line) = lines.next_line().await.map_err(Failure::io(doing()))? {
        on_line(&line);
        log_file
            .write_all(format!("{line}\n").as_bytes())
            .await
            .map_err(Failure::io(format!("write {}", log.display())))?;
    }
    log_file.flush().await.map_err(Failure::io(format!("write {}", log.display())))?;
    let status = child.wait().await.map_err(Failure::io(doing()))?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure::Program { program: title.to_owned(), status, log: log.to_owned(), tail: tail(log, 30) }),
    }
}

/// The last lines of a log file.
pub fn tail(log: &Path, lines: usize) -> String {
    let text = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
