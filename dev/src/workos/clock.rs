//! The stand-in's time, which tests may set apart from the machine's.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The machine's clock and an offset.
#[derive(Debug, Default)]
pub(super) struct Clock {
    offset_seconds: AtomicI64,
}

impl Clock {
    /// Now, in whole milliseconds as WorkOS states times.
    pub(super) fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_secs(self.offset_seconds.load(Ordering::SeqCst));
        let now = Timestamp::now();
        let moved = now.saturating_add(offset).unwrap_or(now);
        Timestamp::from_millisecond(moved.as_millisecond()).unwrap_or(moved)
    }

    pub(super) fn set_offset(&self, seconds: i64) {
        self.offset_seconds.store(seconds, Ordering::SeqCst);
    }
}

/// RFC 3339 with milliseconds, as WorkOS writes it.
pub(super) fn rfc3339(at: Timestamp) -> String {
    format!("{at:.3}")
}
