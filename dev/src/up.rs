//! `cargo dev up`: the product on this machine, until Ctrl-C.

mod bring_up;
mod running;
mod schedule;
mod workos;

use std::{fs, path::PathBuf};

use clap::Args;

use crate::{
    descendants, failure::Failure, interruption, progress::Progress, repository::Repository, state::StateFolder,
};

use running::Running;

/// Runs everything on this machine: Postgres, WorkOS (a stand-in), the functions.
#[derive(Debug, Args)]
pub struct Up {
    /// The port to open in the browser.
    #[arg(long, default_value_t = 9000, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,

    /// Where data, secrets and logs are kept [default: .dev]. Two worlds at once need two folders and two ports.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,

    /// Another WorkOS instead of the stand-in: a sandbox, an emulator. Takes WORKOS_CLIENT_ID and WORKOS_API_KEY from
    /// the environment.
    #[arg(long, value_name = "URL")]
    workos_url: Option<String>,

    /// The issuer of its access tokens, if it is none of WorkOS's known forms.
    #[arg(long, value_name = "URL", requires = "workos_url")]
    workos_issuer: Option<String>,
}

/// Runs the command. Ends well when it is interrupted.
pub async fn run(up: &Up) -> Result<(), Failure> {
    let repository = Repository::locate()?;
    let folder = match &up.folder {
        Some(folder) => std::path::absolute(folder).map_err(Failure::io(format!("find {}", folder.display())))?,
        None => repository.dev(),
    };
    let state = StateFolder::open(&folder, "", "cargo dev up")?;
    descendants::adopt_orphans()?;
    let mut running = Running::default();
    let outcome = tokio::select! {
        failure = bring_up::and_stay(up, &repository, &state, &mut running) => Err(failure),
        interruption = interruption::wait() => interruption,
    };
    // Whoever interrupts once more does not want to wait.
    let step = Progress::new().step("stopping");
    tokio::select! {
        () = running.stop() => {}
        _ = interruption::wait() => {}
    }
    descendants::kill().await;
    // Its addresses are of no use any more; that it may be missing is no news.
    let _ = fs::remove_file(state.join("world.json"));
    step.done();
    outcome
}
