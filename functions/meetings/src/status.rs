//! How a meeting stands.

use serde::{Serialize, Serializer};

/// A meeting's status. All but the first are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is to take place.
    Scheduled,
    /// It took place.
    Completed,
    /// It was called off.
    Cancelled,
    /// The guest did not come.
    NoShow,
}

impl Status {
    /// Every status.
    pub(crate) const ALL: [Self; 4] = [Self::Scheduled, Self::Completed, Self::Cancelled, Self::NoShow];

    /// The name in the database and for clients.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    /// The status of that name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether neither status nor time change any more.
    pub(crate) fn is_final(self) -> bool {
        self != Self::Scheduled
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
