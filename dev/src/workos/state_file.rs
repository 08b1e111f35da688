//! The file in which a stand-in's records survive a restart.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::records::Records;

/// Where the records are kept. Holds private keys and refresh tokens, so nobody else may read it.
#[derive(Debug)]
pub(super) struct StateFile {
    path: PathBuf,
}

impl StateFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// What was written last; nothing when the file does not exist.
    ///
    /// # Errors
    /// When it cannot be read, or was not written by a stand-in.
    pub(super) fn read(&self) -> io::Result<Option<Records>> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            let what = format!("{}: {error}; remove it to start anew", self.path.display());
            io::Error::new(io::ErrorKind::InvalidData, what)
        })
    }

    /// Writes the records beside the file and renames: a kill at any moment leaves the old or the new.
    pub(super) fn write(&self, records: &Records) -> io::Result<()> {
        let beside = beside(&self.path);
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&serde_json::to_vec(records)?)?;
        fs::rename(&beside, &self.path)
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}
