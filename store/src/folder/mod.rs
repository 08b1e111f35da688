//! A folder of this machine, for developers and tests.
//!
//! Files lie at their keys. What is not complete lies in `.uploads`, which is no key. A file gets its key by a rename
//! that replaces nothing, after its bytes are on the disk. The name of what is not complete says from the first moment
//! to the last which key it is of: whoever is killed leaves nothing that the next one to write that key does not take
//! away.

#[cfg(test)]
mod killed;
mod read;
#[cfg(test)]
mod tests;
mod upload;
mod write;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use evidence::hex;
use tokio::task::spawn_blocking;

use crate::{StoreError, part::sha256};

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

    /// Takes away what is not complete and has a name that begins so.
    fn clear(&self, beginning: &str) -> io::Result<()> {
        for left in fs::read_dir(self.uploads())? {
            let left = left?;
            if left.file_name().as_encoded_bytes().starts_with(beginning.as_bytes()) {
                let cleared = match left.file_type()?.is_dir() {
                    true => fs::remove_dir_all(left.path()),
                    false => fs::remove_file(left.path()),
                };
                or_gone(cleared)?;
            }
        }
        Ok(())
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

/// What the names of all that is not complete of a key begin with. Those of files that are written at once go on with a
/// dot, those of uploads with a hyphen and their ids.
fn mark(key: &str) -> String {
    hex::encode(&sha256(key.as_bytes()))
}

/// What is gone already is taken away as well.
fn or_gone(taken_away: io::Result<()>) -> io::Result<()> {
    match taken_away {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
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
