//! A row of the trail, as an export shows it.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use crate::chain::{self, Body, Hash, Header};

/// A whole row. What it is linked to is the hash of the row before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// What everybody may know of it.
    pub header: Header<'a>,
    /// The rest.
    pub body: Body<'a>,
    /// Its hash in the chain.
    pub hash: Hash,
}

/// The columns of a file of rows, in their order.
pub const COLUMNS: [&str; 19] = [
    "seq",
    "id",
    "org_id",
    "created_at",
    "action",
    "resource_type",
    "outcome",
    "actor_type",
    "workos_user_id",
    "impersonator",
    "resource_id",
    "old_values",
    "new_values",
    "ip_address",
    "user_agent",
    "request_id",
    "metadata",
    "salt",
    "hash",
];

/// A row cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {seq} has a time outside of the years 0 to 9999")]
pub struct Unwritable {
    /// The row's place in its chain.
    pub seq: i64,
}

/// Whether a row with this metadata was imported: only such rows have the field.
pub fn is_imported(metadata: Option<&str>) -> bool {
    const FIELD: &str = "imported_at";
    let fields = |metadata| serde_json::from_str::<BTreeMap<String, IgnoredAny>>(metadata);
    metadata
        .filter(|metadata| metadata.contains(FIELD))
        .is_some_and(|metadata| fields(metadata).is_ok_and(|fields| fields.contains_key(FIELD)))
}

impl Row<'_> {
    /// Whether the hash is that of the content after a row with the hash `previous`.
    pub fn follows(&self, previous: &Hash) -> bool {
        chain::link(previous, &chain::row_hash(&self.header.hash(), &self.body.hash())) == self.hash
    }
}
