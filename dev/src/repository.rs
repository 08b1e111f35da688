//! Where this repository is, and what it is made of.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use crate::{failure::Failure, gateway::Routes, programs};

/// The workspace that `cargo dev` was called in.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    binaries: PathBuf,
}

impl Repository {
    /// Finds the workspace through what `cargo run` tells the program it runs.
    pub fn locate() -> Result<Self, Failure> {
        let root = env::var_os("CARGO_MANIFEST_DIR")
            .and_then(|folder| Path::new(&folder).parent().map(Path::to_owned))
            .ok_or_else(|| Failure::Unmet("call this as `cargo dev`, in the repository".to_owned()))?;
        let program = env::current_exe().map_err(Failure::io("find our own program"))?;
        let binaries = program.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self { root, binaries })
    }

    /// The folder with the workspace's `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder `.dev`.
    pub fn dev(&self) -> PathBuf {
        self.root.join(".dev")
    }

    /// The folder of the binaries that cargo builds: `target/debug`, or `target/release` for a release build.
    pub fn binaries(&self) -> &Path {
        &self.binaries
    }

    /// cargo, of the toolchain that runs us.
    pub fn cargo(&self) -> tokio::process::Command {
        let mut command = programs::command(env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from));
        command.current_dir(&self.root);
        command
    }

    /// Builds `ops`.
    pub fn build_ops(&self) -> tokio::process::Command {
        let mut command = self.cargo();
        command.args(["build", "--bin", "ops"]);
        command
    }

    /// Builds `ops` and the functions with the selection that `cargo lambda watch` makes for each of them, so that it
    /// finds everything built.
    pub fn build_functions(&self) -> Result<tokio::process::Command, Failure> {
        let mut command = self.cargo();
        command.args(["build", "--bin", "ops"]);
        command.args(self.functions()?.keys().chain(&self.workers()?).flat_map(|name| ["--bin", name]));
        Ok(command)
    }

    /// The functions that `cargo lambda watch` serves, each with a path of its own.
    pub fn functions(&self) -> Result<BTreeMap<String, String>, Failure> {
        let manifest = self.root.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).map_err(Failure::io(format!("read {}", manifest.display())))?;
        let routes = Routes::from_manifest(&text).map_err(|error| Failure::Unmet(error.to_string()))?;
        Ok(routes
            .patterns()
            .filter(|(pattern, _)| !pattern.contains('{'))
            .map(|(pattern, function)| (function.to_owned(), pattern.to_owned()))
            .collect())
    }

    /// The functions that a schedule invokes: those that `cargo lambda watch` has no path for.
    pub fn workers(&self) -> Result<BTreeSet<String>, Failure> {
        let folder = self.root.join("functions");
        let reading = || format!("read {}", folder.display());
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(&folder).map_err(Failure::io(reading()))? {
            names.insert(entry.map_err(Failure::io(reading()))?.file_name().to_string_lossy().into_owned());
        }
        let functions = self.functions()?;
        names.retain(|name| !functions.contains_key(name));
        Ok(names)
    }

    /// The payload of `events/` that is named after a function.
    pub fn sample(&self, function: &str) -> Result<String, Failure> {
        let file = self.root.join("events").join(format!("{function}.json"));
        fs::read_to_string(&file).map_err(Failure::io(format!("read {}", file.display())))
    }
}
