//! The schedule of production, for as long as everything runs: what is invoked each minute there, is invoked more often
//! here, where somebody waits for it.

use std::{convert::Infallible, time::Duration};

use tokio::time::sleep;

use crate::watch::Invoker;

/// The workers that template.yaml has invoked each minute.
const EACH_MINUTE: [&str; 1] = ["audit-export"];

/// How often that is here.
const INTERVAL: Duration = Duration::from_secs(15);

/// Invokes them, again and again. What fails is in the functions' log, and is tried again the next time, as there.
pub(super) async fn keep(invoker: &Invoker) -> Infallible {
    loop {
        sleep(INTERVAL).await;
        for worker in EACH_MINUTE {
            let _ = invoker.invoke(worker, "{}").await;
        }
    }
}
