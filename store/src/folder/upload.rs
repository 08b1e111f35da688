//! Files in parts: `.uploads/<upload id>/` has the key, and each part by its number.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::{
    Folder, failed,
    write::{Content, copy, has, make},
};
use crate::{Part, StoreError, part::sha256};

/// The file that says which key an upload is of.
const KEY: &str = "key";

impl Folder {
    pub(crate) async fn begin(&self, key: &str) -> Result<String, StoreError> {
        let key = key.to_owned();
        let begin = move |folder: Self| {
            make(&folder.uploads()).map_err(failed)?;
            folder.abort_unfinished(&key).map_err(failed)?;
            let id = Uuid::new_v4().simple().to_string();
            let upload = folder.uploads().join(&id);
            make(&upload).map_err(failed)?;
            write(&upload, KEY, key.as_bytes()).map_err(failed)?;
            Ok(id)
        };
        self.blocking(begin).await
    }

    pub(crate) async fn upload_part(
        &self,
        key: &str,
        upload_id: &str,
        number: i32,
        body: Bytes,
    ) -> Result<Part, StoreError> {
        let (key, upload_id) = (key.to_owned(), upload_id.to_owned());
        let upload_part = move |folder: Self| {
            let upload = folder.upload(&key, &upload_id)?.ok_or(StoreError::NoUpload)?;
            write(&upload, &number.to_string(), &body).map_err(failed)?;
            Ok(Part { number, size: body.len() as u64, sha256: sha256(&body), etag: None })
        };
        self.blocking(upload_part).await
    }

    pub(crate) async fn complete(&self, key: &str, upload_id: &str, parts: &[Part]) -> Result<(), StoreError> {
        let (key, upload_id, parts) = (key.to_owned(), upload_id.to_owned(), parts.to_vec());
        let complete = move |folder: Self| {
            let content: Content = parts.iter().map(|part| (part.size, part.sha256)).collect();
            let whole = match folder.upload(&key, &upload_id)? {
                Some(upload) => put_together(&upload, &parts).map_err(failed)?.map(|whole| (upload, whole)),
                None => None,
            };
            match whole {
                Some((upload, whole)) => {
                    folder.publish(&key, whole, &content)?;
                    remove(&upload).map_err(failed)
                }
                // Whoever asks again after it was completed finds the file and no upload.
                None => match has(&folder.path(&key), &content).map_err(failed)? {
                    Some(true) => Ok(()),
                    Some(false) => Err(StoreError::Exists),
                    None => Err(StoreError::NoUpload),
                },
            }
        };
        self.blocking(complete).await
    }

    pub(crate) async fn abort(&self, key: &str, upload_id: &str) -> Result<(), StoreError> {
        let (key, upload_id) = (key.to_owned(), upload_id.to_owned());
        let abort = move |folder: Self| match folder.upload(&key, &upload_id)? {
            Some(upload) => remove(&upload).map_err(failed),
            None => Ok(()),
        };
        self.blocking(abort).await
    }

    pub(crate) async fn abandon(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        let abandon = move |folder: Self| {
            make(&folder.uploads()).map_err(failed)?;
            folder.abort_unfinished(&key).map_err(failed)
        };
        self.blocking(abandon).await
    }

    /// Where an upload of this key is. `None`: there is none of that id.
    fn upload(&self, key: &str, upload_id: &str) -> Result<Option<PathBuf>, StoreError> {
        // It becomes a path, and must be one of our ids to do so.
        let Ok(id) = Uuid::try_parse(upload_id) else { return Ok(None) };
        let upload = self.uploads().join(id.simple().to_string());
        Ok(is_of(&upload, key).map_err(failed)?.then_some(upload))
    }

    fn abort_unfinished(&self, key: &str) -> io::Result<()> {
        for upload in fs::read_dir(self.uploads())? {
            let upload = upload?.path();
            if is_of(&upload, key)? {
                remove(&upload)?;
            }
        }
        Ok(())
    }
}

/// Whether an upload is there and of this key.
fn is_of(upload: &Path, key: &str) -> io::Result<bool> {
    match fs::read(upload.join(KEY)) {
        Ok(of) => Ok(of == key.as_bytes()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a file of an upload, whole or not at all.
fn write(upload: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = NamedTempFile::new_in(upload)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(upload.join(name))?;
    File::open(upload)?.sync_all()
}

/// The parts in one file. `None` when the upload has no such part, or it is another one.
fn put_together(upload: &Path, parts: &[Part]) -> io::Result<Option<NamedTempFile>> {
    let mut whole = NamedTempFile::new_in(upload)?;
    for part in parts {
        let mut file = match File::open(upload.join(part.number.to_string())) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        // One byte more than it is to have: a longer one is another one.
        if copy(&mut file, part.size.saturating_add(1), &mut whole)? != (part.size, part.sha256) {
            return Ok(None);
        }
    }
    Ok(Some(whole))
}

/// Takes an upload away. Its key goes last: where this breaks off, the next to begin finds the rest.
fn remove(upload: &Path) -> io::Result<()> {
    for file in fs::read_dir(upload)? {
        let file = file?;
        if file.file_name() != KEY {
            fs::remove_file(file.path())?;
        }
    }
    fs::remove_file(upload.join(KEY))?;
    fs::remove_dir(upload)
}
