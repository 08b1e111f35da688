//! How long `eleva-verify` takes.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::Bench;
use crate::{failure::Failure, programs};

/// Verifies an export; gives how long that took.
pub(super) async fn verify(bench: &Bench<'_>, manifest: &Path, fingerprint: &str) -> Result<Duration, Failure> {
    let mut command = programs::command(bench.program("eleva-verify"));
    command.arg(manifest).args(["--fingerprint", fingerprint]);
    let started = Instant::now();
    match programs::succeeds(command).await {
        true => Ok(started.elapsed()),
        false => Err(Failure::Unmet(format!("eleva-verify finds something wrong with {}", manifest.display()))),
    }
}
