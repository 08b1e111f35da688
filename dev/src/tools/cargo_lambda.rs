//! cargo-lambda, which serves the functions on this machine.

use std::path::{Path, PathBuf};

use super::{Tools, pip::Wheel};
use crate::{failure::Failure, programs};

const WHEEL: Wheel = Wheel {
    package: "cargo-lambda",
    version: "1.9.2",
    sha256: [
        "db2c0b1d53d7ed0055198fd045f641addc91b180b20d794fcf78cc9a9efacb38",
        "3350315e8b4e88f7134967f51546bf51aa5db37a6d39a17380545362ae27e289",
    ],
};

/// The program: the one on the PATH if it knows what we ask of it, else the wheel's.
pub async fn cargo_lambda(tools: Tools<'_>) -> Result<PathBuf, Failure> {
    if let Some(program) = programs::find("cargo-lambda")
        && serves_in_parallel(&program).await
    {
        return Ok(program);
    }
    Ok(WHEEL.install(tools).await?.join("bin/cargo-lambda"))
}

/// Older ones have a single instance per function, so that a request waits for the one before it.
async fn serves_in_parallel(program: &Path) -> bool {
    let mut command = programs::command(program);
    command.args(["lambda", "watch", "--help"]);
    programs::output(command).await.is_some_and(|help| help.contains("--concurrency"))
}
