//! What is there.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read as _},
    path::Path,
};

use bytes::Bytes;

use super::{Folder, failed};
use crate::StoreError;

impl Folder {
    pub(crate) async fn read(&self, key: &str, most: usize) -> Result<Option<Bytes>, StoreError> {
        let key = key.to_owned();
        let read = move |folder: Self| {
            let file = match File::open(folder.path(&key)) {
                Ok(file) => file,
                Err(error) if is_nothing(&error) => return Ok(None),
                Err(error) => return Err(failed(error)),
            };
            let mut bytes = Vec::new();
            match file.take(most as u64 + 1).read_to_end(&mut bytes) {
                // The key is the beginning of other keys.
                Err(error) if error.kind() == ErrorKind::IsADirectory => Ok(None),
                Err(error) => Err(failed(error)),
                Ok(length) if length > most => Err(StoreError::Denied(format!("the file has more than {most} bytes"))),
                Ok(_) => Ok(Some(bytes.into())),
            }
        };
        self.blocking(read).await
    }

    pub(crate) async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let prefix = prefix.to_owned();
        let list = move |folder: Self| {
            let (above, _) = prefix.rsplit_once('/').unwrap_or_default();
            let mut keys = Vec::new();
            collect(&folder.path(above), above, &mut keys).map_err(failed)?;
            keys.retain(|key| key.starts_with(&prefix));
            keys.sort_unstable();
            Ok(keys)
        };
        self.blocking(list).await
    }
}

/// The keys of the files of a folder, and of those below.
fn collect(folder: &Path, key: &str, keys: &mut Vec<String>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_nothing(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Of uploads, or of an editor: no key has such a segment.
        if name.starts_with('.') {
            continue;
        }
        let key = if key.is_empty() { name } else { format!("{key}/{name}") };
        match entry.file_type()?.is_dir() {
            true => collect(&entry.path(), &key, keys)?,
            false => keys.push(key),
        }
    }
    Ok(())
}

/// Nothing is there, or something is where a folder would have to be.
fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
