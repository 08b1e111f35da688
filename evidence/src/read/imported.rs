//! Whether a row was imported, which its metadata say.

use serde::{Deserialize, de::IgnoredAny};

/// The field of metadata that imported rows have, and no others.
const FIELD: &str = "imported_at";

/// Whether metadata are an object with that field.
pub(super) fn is_of_an_import(metadata: &str) -> bool {
    #[derive(Deserialize)]
    struct Imported {
        #[serde(rename = "imported_at")]
        _imported_at: IgnoredAny,
    }
    // The text is looked at first: few rows have it, and reading JSON takes longer.
    metadata.starts_with('{') && metadata.contains(FIELD) && serde_json::from_str::<Imported>(metadata).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_of_an_import;

    #[test]
    fn a_row_is_imported_that_has_the_field_itself() {
        for metadata in [
            r#"{"imported_at": "2026-10-01T12:00:00.000000Z"}"#,
            r#"{"a": [1, {}], "imported_at": null}"#,
            r#"{"imported_at": {"x": 1}, "a": "imported_at"}"#,
        ] {
            assert!(is_of_an_import(metadata), "{metadata}");
        }
        for metadata in
            ["{}", r#"{"a": "imported_at"}"#, r#"{"a": {"imported_at": 1}}"#, r#"["imported_at"]"#, r#""imported_at""#]
        {
            assert!(!is_of_an_import(metadata), "{metadata}");
        }
    }
}
