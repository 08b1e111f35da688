//! cargo-deny, which checks licences, sources and advisories of the dependencies.

use std::{fs, path::PathBuf};

use super::Tools;
use crate::{
    failure::Failure,
    programs,
    repository::Repository,
    state::{make_folder, remove_folder},
};

/// The version that `deny.toml` is written for.
const VERSION: &str = "0.20.2";

/// The program, built from crates.io unless it is there. Built without optimisation: 45 s on two cores, and a check
/// takes a second either way.
pub async fn cargo_deny(repository: &Repository, tools: Tools<'_>) -> Result<PathBuf, Failure> {
    let folder = tools.folder.join(format!("cargo-deny-{VERSION}"));
    let program = folder.join("bin/cargo-deny");
    if program.is_file() {
        return Ok(program);
    }
    make_folder(tools.folder)?;
    let step = tools.progress.step(format!("building cargo-deny {VERSION}"));
    let unfinished = tools.folder.join("cargo-deny.new");
    let target = tools.folder.join("cargo-deny.target");
    remove_folder(&unfinished)?;
    let mut command = repository.cargo();
    command
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", &target)
        .args(["install", "cargo-deny", "--version", VERSION, "--locked", "--debug", "--no-track", "--root"])
        .arg(&unfinished);
    programs::run("cargo install cargo-deny", command, tools.log, |line| step.note(line.trim())).await?;
    remove_folder(&target)?;
    fs::rename(&unfinished, &folder).map_err(Failure::io(format!("finish {}", folder.display())))?;
    step.done();
    Ok(program)
}
