//! The settings by their names: which ones a function reads, and which of them are secret.
//!
//! What is deployed is held to these lists; that they are what is read, a test of [`Settings::read`] holds.

use std::collections::BTreeSet;

use super::{Group, Settings};

/// A setting's name, and who may see its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// The value belongs in the function's secret.
    Secret(&'static str),
    /// The value may stand in the function's environment, for whoever may look at the function.
    Plain(&'static str),
}

/// The key to people's sessions. Every function has it that takes requests.
const OF_SESSIONS: Name = Name::Secret("SESSION_KEYS");

/// What every function and every worker reads.
const OF_EVERY_FUNCTION: &[Name] = &[
    Name::Plain("DATABASE_CA_CERT"),
    Name::Plain("PUBLIC_URL"),
    Name::Plain("SESSION_IDLE_MINUTES"),
    Name::Plain("SESSION_MAX_HOURS"),
    Name::Plain("WORKOS_API_URL"),
    Name::Plain("WORKOS_CLIENT_ID"),
    Name::Plain("WORKOS_ISSUERS"),
];

impl Name {
    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret(name) | Self::Plain(name) => name,
        }
    }
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Organization,
        Self::Identity,
        Self::Export,
        Self::Store,
        Self::ExportSigning,
        Self::CheckpointSigning,
        Self::Verifying,
        Self::Encryption,
        Self::WorkosApi,
        Self::SignIn,
    ];

    /// What a function of this group reads beyond what every function does.
    pub fn names(self) -> &'static [Name] {
        match self {
            Self::Organization => &[Name::Secret("BEGIN_KEYS"), Name::Secret("DATABASE_URL")],
            Self::Identity => &[Name::Secret("IDENTITY_DATABASE_URL")],
            Self::Export => &[Name::Secret("EXPORT_DATABASE_URL")],
            Self::Store => &[Name::Plain("EXPORT_URL")],
            Self::ExportSigning => &[Name::Secret("EXPORT_SIGNING_KEY")],
            Self::CheckpointSigning => &[Name::Secret("CHECKPOINT_SIGNING_KEY")],
            Self::Verifying => &[Name::Plain("CHECKPOINT_VERIFYING_KEYS"), Name::Plain("EXPORT_VERIFYING_KEYS")],
            Self::Encryption => &[Name::Secret("ENCRYPTION_KEYS")],
            Self::WorkosApi => &[Name::Secret("WORKOS_API_KEY")],
            Self::SignIn => &[Name::Plain("WORKOS_REDIRECT_URI")],
        }
    }
}

impl Settings {
    /// The settings that [`Settings::read`] asks for on behalf of a function that needs these groups, those included
    /// that have a default.
    pub fn names(groups: &[Group]) -> BTreeSet<Name> {
        let mut names = Self::names_for_worker(groups);
        names.insert(OF_SESSIONS);
        names
    }

    /// The same of [`Settings::read_for_worker`].
    pub fn names_for_worker(groups: &[Group]) -> BTreeSet<Name> {
        let of_groups = groups.iter().flat_map(|group| group.names());
        OF_EVERY_FUNCTION.iter().chain(of_groups).copied().collect()
    }
}
