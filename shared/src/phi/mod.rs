//! PHI: what is written encrypted, and with which keys. docs/phi.md describes the format and who holds what.
//!
//! A value is sealed under a data key of its organization ([`DataKey`]) into an envelope that opens in one [`Place`] only.
//! The data keys lie beside the data, wrapped by a master key that the database never sees ([`MasterKeys`]). Nothing
//! here is kept from one request to the next: the wrapped keys come with the rows they open, so that an organization
//! whose keys were deleted is unreadable from then on.

mod data_key;
mod envelope;
mod master;
mod organization;
mod place;
#[cfg(test)]
mod tests;

pub use data_key::DataKey;
pub use envelope::{OVERHEAD, Undecryptable};
pub use master::{KeyUnavailable, MasterKeys};
pub use organization::{OrganizationKeys, WrappedKey, key_for_writing, keys_statement};
pub use place::{Field, Place};
