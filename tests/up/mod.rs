//! `cargo dev up` itself, as a developer calls it: a world of its own folder and port, and what is done in it with
//! Chromium and with curl.

mod audit_log;
mod chromium;
mod command;
mod exports;
mod main_job;
mod meetings;
mod other_workos;

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use dev::{
    account::Account,
    child::{Child, StopSignal},
    environment::Environment,
    ports,
    world::World,
};
use tokio::time::sleep;

use crate::app::world;

/// How long a start may take. What `cargo lambda watch` needs is built by then.
const PATIENCE: Duration = Duration::from_secs(180);

/// What ends the announcement that all is ready.
const LAST_WORDS: &str = "Ctrl-C stops everything.\n";

/// A running `cargo dev up`. Dropped, it is killed, and takes with it what it started.
struct Up {
    child: Child,
    folder: PathBuf,
    /// The port of the product.
    port: u16,
    /// What it says of itself.
    world: World,
}

impl Up {
    /// Starts one with these arguments besides folder and port. `name` is the test's, for its folder.
    async fn start(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_at(ports::find_free().expect("a free port"), name, arguments, environment).await
    }

    /// The same at a port of the test's choice.
    async fn start_at(port: u16, name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = folder(name);
        let mut child = spawn(&folder, port, arguments, environment);
        let started = Instant::now();
        // world.json is for programs and is there first; what it says to people comes after it, line by line.
        let world = loop {
            child.check().unwrap_or_else(|failure| panic!("{failure}"));
            if output(&folder).contains(LAST_WORDS) {
                let text = fs::read_to_string(folder.join("world.json")).expect("world.json is there");
                break serde_json::from_str(&text).expect("world.json is one");
            }
            assert!(started.elapsed() < PATIENCE, "cargo dev up is not ready: {}", output(&folder));
            sleep(Duration::from_millis(100)).await;
        };
        Self { child, folder, port, world }
    }

    /// Interrupts it, as Ctrl-C does, and waits until it has stopped everything.
    async fn stop(self) {
        self.child.stop(Duration::from_secs(30)).await;
    }

    /// What it has printed.
    fn output(&self) -> String {
        output(&self.folder)
    }
}

/// The folder of a world, new for each.
fn folder(name: &str) -> PathBuf {
    let folder = world().scratch.join("up").join(name);
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// Calls `cargo dev up`, built as it is.
fn spawn(folder: &std::path::Path, port: u16, arguments: &[&str], environment: &[(&str, &str)]) -> Child {
    let world = world();
    let mut command = Account::own().command(world.binaries.join("dev"), StopSignal::Interrupt);
    Environment::remove_inherited(&mut command);
    command
        .env("CARGO_MANIFEST_DIR", world.repository.join("dev"))
        .envs(environment.iter().copied())
        .args(["up", "--port", &port.to_string(), "--folder"])
        .arg(folder)
        .args(arguments);
    Child::start("cargo dev up", command, &folder.join("output"), StopSignal::Interrupt).expect("it can be started")
}

fn output(folder: &std::path::Path) -> String {
    fs::read_to_string(folder.join("output")).unwrap_or_default()
}
