//! Whether somebody has refused the credentials that a sandbox holds.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A note that Postgres or WorkOS did not take our credentials: they may have been rotated. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    refused: Arc<AtomicBool>,
}

impl Credentials {
    /// Notes a refusal.
    pub(crate) fn refuse(&self) {
        self.refused.store(true, Ordering::Relaxed);
    }

    /// Whether there was one.
    pub(crate) fn were_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// Forgets it: there are no other credentials.
    pub(crate) fn forget_refusal(&self) {
        self.refused.store(false, Ordering::Relaxed);
    }
}
