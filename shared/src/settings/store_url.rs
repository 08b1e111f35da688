//! Where exports and checkpoints lie.

use std::{path::PathBuf, str::FromStr};

use url::Url;

/// `s3://bucket/prefix`, or `file:///folder` on a developer's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// A bucket of S3.
    S3 {
        /// Its name.
        bucket: String,
        /// What every key begins with: empty, or ending in a slash.
        prefix: String,
    },
    /// A folder.
    Folder(PathBuf),
}

impl FromStr for StoreUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || "expected s3://bucket/prefix or file:///folder".to_owned();
        let url = Url::parse(text).map_err(|_| malformed())?;
        if url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
            || url.port().is_some()
        {
            return Err(malformed());
        }
        match (url.scheme(), url.host_str()) {
            ("s3", Some(bucket)) => {
                let prefix = url.path().trim_matches('/');
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
                if !prefix.bytes().all(is_plain) {
                    return Err("a prefix has letters, digits, - _ . and /".to_owned());
                }
                let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
                Ok(Self::S3 { bucket: bucket.to_owned(), prefix })
            }
            ("file", None) if text.starts_with("file:///") && url.path().len() > 1 => {
                url.to_file_path().map(Self::Folder).map_err(|()| malformed())
            }
            _ => Err(malformed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::StoreUrl;

    #[test]
    fn a_bucket_has_a_prefix_or_none_and_a_folder_is_absolute() {
        let bucket = |prefix: &str| StoreUrl::S3 { bucket: "trail.example".to_owned(), prefix: prefix.to_owned() };
        for (text, expected) in [
            ("s3://trail.example", bucket("")),
            ("s3://trail.example/", bucket("")),
            ("s3://trail.example/a/b/", bucket("a/b/")),
            ("file:///var/exports", StoreUrl::Folder(PathBuf::from("/var/exports"))),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for text in ["", "s3://", "s3:///a", "s3://b/a?x", "s3://b/a b", "file://host/a", "file:///", "a", "file:a"] {
            assert!(text.parse::<StoreUrl>().is_err(), "{text}");
        }
    }
}
