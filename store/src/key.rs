//! Which keys and names there can be.

use crate::{Object, StoreError};

/// S3 takes 1024 bytes, those of the prefix included.
const LONGEST: usize = 768;
/// What a file system takes of a name.
const LONGEST_SEGMENT: usize = 255;

/// Refuses a key that is none: one that would lead out of the folder, or mean different things to folder and bucket.
pub(crate) fn check(key: &str) -> Result<(), StoreError> {
    match key.len() <= LONGEST && key.split('/').all(is_segment) {
        true => Ok(()),
        false => Err(StoreError::Denied("the key is malformed".to_owned())),
    }
}

/// The same for the beginning of a key.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), StoreError> {
    match prefix.strip_suffix('/').unwrap_or(prefix) {
        "" if prefix.is_empty() => Ok(()),
        beginning => check(beginning),
    }
}

/// Refuses a file whose key or name is none.
pub(crate) fn check_object(object: &Object<'_>) -> Result<(), StoreError> {
    check(object.key)?;
    match is_segment(object.file_name) {
        true => Ok(()),
        false => Err(StoreError::Denied("the file's name is malformed".to_owned())),
    }
}

/// A leading dot would also be that of the folder of uploads.
fn is_segment(segment: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !segment.is_empty()
        && segment.len() <= LONGEST_SEGMENT
        && !segment.starts_with('.')
        && segment.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::{check, check_prefix};

    #[test]
    fn a_key_is_segments_that_lead_nowhere_else() {
        for key in ["a", "exports/0b/audit-2026-10-01.jsonl.gz", "checkpoints/2026/11/01.json"] {
            assert_eq!(check(key), Ok(()), "{key}");
        }
        let (long, long_segment) = ("a/".repeat(400) + "a", "a".repeat(256));
        for key in [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            "..",
            "a/../b",
            ".",
            "a/./b",
            ".uploads/a",
            "a/.b",
            "a\\b",
            "a b",
            "a\0",
            "é",
            "a%2fb",
            "a?b",
            "a\n",
            &long,
            &long_segment,
        ] {
            assert!(check(key).is_err(), "{key:?}");
        }
    }

    #[test]
    fn a_prefix_is_empty_or_the_beginning_of_a_key() {
        for prefix in ["", "checkpoints/", "checkpoints/2026/1"] {
            assert_eq!(check_prefix(prefix), Ok(()), "{prefix}");
        }
        for prefix in ["/", "//", "../", "a//", "/etc/", "a/../"] {
            assert!(check_prefix(prefix).is_err(), "{prefix}");
        }
    }
}
