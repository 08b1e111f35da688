//! The files that pages load, under names that carry their content's hash, so that browsers may keep them for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// The one stylesheet.
pub static STYLESHEET: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("eleva", "css", "text/css; charset=utf-8", include_str!("../../assets/eleva.css")));

/// The site's icon.
pub static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("../../assets/icon.svg")));

/// A file with its hashed name.
pub struct Asset {
    name: String,
    content_type: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: &'static str) -> Self {
        let digest = Sha256::digest(content.as_bytes());
        let hash: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { name: format!("{stem}-{hash}.{extension}"), content_type, content }
    }

    /// The asset of that hashed name.
    pub fn find(name: &str) -> Option<&'static Self> {
        [&*STYLESHEET, &*ICON].into_iter().find(|asset| asset.name == name)
    }

    /// The path under which it is served.
    pub fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }

    /// Its media type.
    pub fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// Its content.
    pub fn content(&self) -> &'static str {
        self.content
    }
}
