//! A row of the trail, as an export shows it.

use serde::{Deserialize, de::IgnoredAny};

use crate::chain::{Body, Hash, Header};

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
    #[derive(Deserialize)]
    struct Imported {
        #[serde(rename = "imported_at")]
        _imported_at: IgnoredAny,
    }
    // The text is looked at first: few rows have it, and reading JSON takes longer. An array could be read as the struct.
    metadata.is_some_and(|metadata| {
        metadata.starts_with('{')
            && metadata.contains("imported_at")
            && serde_json::from_str::<Imported>(metadata).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::is_imported;

    #[test]
    fn a_row_is_imported_whose_metadata_has_the_field_itself() {
        for metadata in [
            r#"{"imported_at": "2026-10-01T12:00:00.000000Z"}"#,
            r#"{"a": [1, {}], "imported_at": null}"#,
            r#"{"imported_at": {"x": 1}, "a": "imported_at"}"#,
        ] {
            assert!(is_imported(Some(metadata)), "{metadata}");
        }
        for metadata in
            ["{}", r#"{"a": "imported_at"}"#, r#"{"a": {"imported_at": 1}}"#, r#"["imported_at"]"#, r#""imported_at""#]
        {
            assert!(!is_imported(Some(metadata)), "{metadata}");
        }
        assert!(!is_imported(None));
    }
}
