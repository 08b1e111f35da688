//! How far an export is.

use serde::Serialize;

/// How far an export is. The worker alone changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Not begun, or begun anew after something that did not last.
    Queued,
    /// Being made.
    Running,
    /// Its files are there.
    Done,
    /// It will not be made.
    Failed,
}

impl Status {
    /// The status of that name; none of a name that nobody knows.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "queued" => Some(Self::Queued),
            "running" => Some(Self::Running),
            "done" => Some(Self::Done),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }

    /// Whether nothing will change any more.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}
