//! Files in parts: `.uploads/<mark of the key>-<upload id>/` has each part by its number.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::{
    Folder, failed, mark, or_gone,
    write::{Content, copy, has, make},
};
use crate::{Part, StoreError, part::sha256};

impl Folder {
    pub(crate) async fn begin(&self, key: &str) -> Result<String, StoreError> {
        let key = key.to_owned();
        let begin = move |folder: Self| {
            make(&folder.uploads()).map_err(failed)?;
            folder.clear(&format!("{}-", mark(&key))).map_err(failed)?;
            let id = Uuid::new_v4();
            make(&folder.place_of(&key, id)).map_err(failed)?;
            Ok(id.simple().to_string())
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
            let upload = folder.upload(&key, &upload_id)?;
            let whole = match &upload {
                Some(upload) => put_together(upload, &parts).map_err(failed)?,
                None => None,
            };
            match whole {
                Some(whole) => folder.publish(&key, whole, &content)?,
                // Whoever asks again after it was completed finds the file, and of the upload nothing or a rest.
                None => match has(&folder.path(&key), &content).map_err(failed)? {
                    Some(true) => {}
                    Some(false) => return Err(StoreError::Exists),
                    None => return Err(StoreError::NoUpload),
                },
            }
            upload.map_or(Ok(()), |upload| or_gone(fs::remove_dir_all(upload))).map_err(failed)
        };
        self.blocking(complete).await
    }

    pub(crate) async fn abort(&self, key: &str, upload_id: &str) -> Result<(), StoreError> {
        let (key, upload_id) = (key.to_owned(), upload_id.to_owned());
        let abort = move |folder: Self| match folder.upload(&key, &upload_id)? {
            Some(upload) => or_gone(fs::remove_dir_all(upload)).map_err(failed),
            None => Ok(()),
        };
        self.blocking(abort).await
    }

    pub(crate) async fn abandon(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        let abandon = move |folder: Self| {
            make(&folder.uploads()).map_err(failed)?;
            folder.clear(&mark(&key)).map_err(failed)
        };
        self.blocking(abandon).await
    }

    /// Where an upload of this key is. `None`: there is none of that id.
    fn upload(&self, key: &str, upload_id: &str) -> Result<Option<PathBuf>, StoreError> {
        // It becomes a path, and must be one of our ids to do so.
        let Ok(id) = Uuid::try_parse(upload_id) else { return Ok(None) };
        let upload = self.place_of(key, id);
        Ok(upload.try_exists().map_err(failed)?.then_some(upload))
    }

    fn place_of(&self, key: &str, id: Uuid) -> PathBuf {
        self.uploads().join(format!("{}-{}", mark(key), id.simple()))
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
