//! Why keys were not changed, or not all of them.

use eleva::{clock::EntropyError, phi::KeyUnavailable};
use uuid::Uuid;

use crate::{
    database::{ConnectError, describe},
    migrate::owner::OwnerError,
    organization::UnknownOrganization,
    settings::SettingsError,
};

/// Why a rotation stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Owner(#[from] OwnerError),
    #[error(transparent)]
    UnknownOrganization(#[from] UnknownOrganization),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error("another rotation is running and did not end within {0} seconds; nothing was changed")]
    Locked(u64),
    #[error("key {key_no} of {org_id} cannot be had, nothing was changed: {reason} ({master})")]
    Unavailable { org_id: Uuid, key_no: i32, master: String, reason: KeyUnavailable },
    #[error("the keys of {0} were deleted meanwhile")]
    Erased(Uuid),
    #[error("{}; run it again, it goes on from there", describe(.0))]
    Statement(#[from] tokio_postgres::Error),
}
