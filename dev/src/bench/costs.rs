//! What was measured, and what becomes of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Durations of the same thing, in ascending order.
#[derive(Clone, Debug)]
pub(super) struct Sample(Vec<Duration>);

/// What something cost that was done many times.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Costs {
    /// Half of them took at most this long, milliseconds.
    pub(super) p50_ms: f64,
    /// All but one in a hundred took at most this long, milliseconds.
    pub(super) p99_ms: f64,
    /// Processor time of one, milliseconds: the mean.
    pub(super) processor_ms: f64,
    /// The most memory that the process had resident, MiB.
    pub(super) peak_mib: f64,
    /// Round trips to the database after TCP's handshake. Unknown where nothing delays them: they overlap.
    pub(super) round_trips: Option<usize>,
}

/// What the floor tells about itself: see `dev/floor`.
#[derive(Debug, Serialize, Deserialize)]
pub struct FloorCosts {
    /// How long each took, nanoseconds.
    pub nanoseconds: Vec<u64>,
    /// The processor time of all together, nanoseconds.
    pub processor_nanoseconds: u64,
    /// The most memory that the process had resident, bytes.
    pub peak_bytes: u64,
}

impl Sample {
    pub(super) fn new(durations: impl IntoIterator<Item = Duration>) -> Self {
        let mut sorted: Vec<Duration> = durations.into_iter().collect();
        sorted.sort_unstable();
        Self(sorted)
    }

    /// The smallest duration that at least `percent` of a hundred do not exceed (nearest rank); zero of an empty
    /// sample.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

pub(super) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1024 * 1024)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Sample;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let sample = Sample::new((1..=200).rev().map(Duration::from_millis));
        assert_eq!(sample.percentile(50), Duration::from_millis(100));
        assert_eq!(sample.percentile(99), Duration::from_millis(198));
        assert_eq!(Sample::new([Duration::from_millis(7)]).percentile(50), Duration::from_millis(7));
        assert_eq!(Sample::new([]).percentile(99), Duration::ZERO);
    }
}
