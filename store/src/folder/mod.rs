//! A folder of this machine, for developers and tests.
//!
//! Files lie at their keys. What is not complete lies in `.uploads`, which is no key. A file gets its key by a rename
//! that replaces nothing, after its bytes are on the disk.

mod read;
#[cfg(test)]
mod tests;
mod upload;
mod write;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::task::spawn_blocking;

use crate::StoreError;

/// Where uploads lie.
const UPLOADS: &str = ".uploads";

/// A folder. It is made when something is written.
#[derive(Clone)]
pub(crate) struct Folder {
    root: Arc<Path>,
}

impl Folder {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.into() }
    }

    /// Where a key is.
    pub(crate) fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    fn uploads(&self) -> PathBuf {
        self.root.join(UPLOADS)
    }

    /// Does something with files where it holds nobody up.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(Self) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = self.clone();
        spawn_blocking(move || work(folder))
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("stopped".to_owned())))
    }
}

/// What went wrong with a file, without its name.
fn failed(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::NotADirectory => {
            StoreError::Denied(error.kind().to_string())
        }
        kind => StoreError::Unavailable(kind.to_string()),
    }
}
