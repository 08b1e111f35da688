//! Files that get their keys when they are whole.

use std::{
    fs::{DirBuilder, File},
    io::{self, ErrorKind, Read as _, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::Path,
};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tempfile::{Builder, NamedTempFile};

use super::{Folder, failed, mark};
use crate::{StoreError, part::sha256};

/// How much of a file is read at once.
const BUFFER: usize = 64 * 1024;

/// What a file has to be: pieces of these sizes and hashes, and nothing after them.
pub(super) type Content = Vec<(u64, [u8; 32])>;

impl Folder {
    pub(crate) async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        let key = key.to_owned();
        let put = move |folder: Self| {
            make(&folder.uploads()).map_err(failed)?;
            let mark = format!("{}.", mark(&key));
            let mut file = Builder::new().prefix(&mark).tempfile_in(folder.uploads()).map_err(failed)?;
            file.write_all(&body).map_err(failed)?;
            folder.publish(&key, file, &vec![(body.len() as u64, sha256(&body))])?;
            // What others left who were killed. Whoever is still at it comes too late, and finds this file.
            folder.clear(&mark).map_err(failed)
        };
        self.blocking(put).await
    }

    /// Gives a file its key, unless there is one.
    pub(super) fn publish(&self, key: &str, file: NamedTempFile, content: &Content) -> Result<(), StoreError> {
        file.as_file().sync_all().map_err(failed)?;
        let path = self.path(key);
        let parent = path.parent().unwrap_or(&self.root);
        make(parent).map_err(failed)?;
        match file.persist_noclobber(&path) {
            Ok(_) => self.sync_down_to(parent).map_err(failed),
            Err(error) if matches!(error.error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => {
                match has(&path, content).map_err(failed)? {
                    Some(true) => self.sync_down_to(parent).map_err(failed),
                    Some(false) => Err(StoreError::Exists),
                    None => Err(StoreError::Unavailable("it was taken away meanwhile".to_owned())),
                }
            }
            Err(error) => Err(failed(error.error)),
        }
    }

    /// Has the disk know of the folders from the root to this one.
    fn sync_down_to(&self, folder: &Path) -> io::Result<()> {
        for folder in folder.ancestors().take_while(|ancestor| ancestor.starts_with(&self.root)) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

/// Makes a folder, and those above it, that only we may read.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Whether a file has this content. `None`: there is none.
pub(super) fn has(path: &Path, content: &Content) -> io::Result<Option<bool>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    for (size, sha256) in content {
        if copy(&mut file, *size, &mut io::sink())? != (*size, *sha256) {
            return Ok(Some(false));
        }
    }
    Ok(Some(file.read(&mut [0])? == 0))
}

/// Copies so many bytes, or as many as there are. How many it were, and what they hash to.
pub(super) fn copy(from: &mut File, size: u64, to: &mut impl io::Write) -> io::Result<(u64, [u8; 32])> {
    let (mut from, mut buffer) = (from.take(size), vec![0; BUFFER]);
    let (mut copied, mut hash) = (0, Sha256::new());
    loop {
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return Ok((copied, hash.finalize().into()));
        }
        hash.update(&buffer[..length]);
        to.write_all(&buffer[..length])?;
        copied += length as u64;
    }
}
