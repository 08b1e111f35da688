//! The time and the randomness that the product uses. Both come through [`crate::App`], so that a test sets them.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;

/// Where "now" comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until somebody moves it; whole seconds since the Unix epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `seconds` since the Unix epoch.
    pub fn at(seconds: i64) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(seconds)))
    }

    /// Whole seconds since the Unix epoch.
    pub fn seconds(&self) -> i64 {
        match self {
            Self::System => Timestamp::now().as_second(),
            Self::Manual(seconds) => seconds.load(Ordering::Relaxed),
        }
    }

    /// Now, to the second. Fails where the seconds are beyond what a timestamp can say.
    pub fn now(&self) -> Result<Timestamp, jiff::Error> {
        Timestamp::from_second(self.seconds())
    }

    /// Moves a manual clock forward; the system's clock stays as it is.
    pub fn advance(&self, by_seconds: i64) {
        if let Self::Manual(seconds) = self {
            seconds.fetch_add(by_seconds, Ordering::Relaxed);
        }
    }
}

/// Where random bytes come from.
#[derive(Clone, Copy, Debug)]
pub struct Entropy(fn(&mut [u8]) -> Result<(), EntropyError>);

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct EntropyError;

impl Default for Entropy {
    fn default() -> Self {
        Self(|buffer| getrandom::fill(buffer).map_err(|_| EntropyError))
    }
}

impl Entropy {
    /// Randomness from `fill`, for tests.
    pub fn from_fn(fill: fn(&mut [u8]) -> Result<(), EntropyError>) -> Self {
        Self(fill)
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], EntropyError> {
        let mut buffer = [0; N];
        (self.0)(&mut buffer)?;
        Ok(buffer)
    }
}
