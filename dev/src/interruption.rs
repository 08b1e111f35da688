//! What a person or the system does to end us: Ctrl-C, `kill`, closing the terminal.

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// Waits for SIGINT, SIGTERM or SIGHUP.
pub async fn wait() -> Result<(), Failure> {
    let failed = || Failure::io("listen for signals");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed())?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(failed())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}
