//! One of an export's files, on its way into the store: rows are written and compressed, and whenever there is enough
//! for a part, the part is uploaded.
//!
//! Each part is a gzip member of its own, and where one ends depends on its number and the rows from its beginning on.
//! So whoever goes on after a part makes the same bytes as who was not interrupted.

use std::io::Write;

use bytes::Bytes;
use evidence::{
    chain::Hash,
    csv, hex, jsonl, left_out,
    manifest::{File, Role},
};
use flate2::{Compression, GzBuilder, write::GzEncoder};
use sha2::{
    Digest, Sha256,
    digest::common::hazmat::{SerializableState, SerializedState},
};
use store::{Object, Store};

use crate::{
    export::{Export, Format},
    failure::Unfinished,
    resume::Progress,
    rows::ChainRow,
};

/// From this size on the first part is complete, in bytes. S3 takes parts of 5 MiB and more.
const PART_SIZE: usize = 8 << 20;
/// By so many bytes each part is larger than the one before. S3 takes 10,000 parts, which thus have 3 TiB, and the
/// largest 633 MiB; a hundred million rows take some 700, of up to 51 MiB. The list of parts, which is written anew
/// with each, so stays in proportion to what is uploaded.
const PART_GROWTH: usize = 64 << 10;
/// So many rows that are in no part yet are remembered one by one.
const MOST_PENDING: usize = 1000;
/// So much is compressed at a time, in bytes. Part of what the files are: with another size parts end elsewhere.
const BLOCK_SIZE: usize = 64 << 10;
/// The best that takes little time: with the next levels it takes twice as long to make files a tenth smaller.
const LEVEL: Compression = Compression::new(3);

/// A file that is being made.
pub(crate) struct Output {
    pub(crate) role: Role,
    format: Format,
    key: String,
    name: String,
    progress: Progress,
    sha256: Sha256,
    /// Rows that were not compressed yet.
    block: Vec<u8>,
    encoder: GzEncoder<Vec<u8>>,
    /// Of the part that is being made: how many rows it has, and which ones, for as long as they are few.
    rows: u64,
    pending: Option<Vec<i64>>,
    /// The row after the last one that was seen.
    next_seq: i64,
    /// A part that is complete: nothing is written before it is uploaded.
    complete: Option<Bytes>,
}

impl Output {
    /// Goes on with a file where it was left.
    pub(crate) fn new(role: Role, export: &Export, run: u32, progress: &Progress) -> Result<Self, Unfinished> {
        let name = export.file_name(role);
        let mut output = Self {
            role,
            format: export.format,
            key: export.key(run, &name),
            name,
            progress: progress.clone(),
            sha256: half_way(progress.sha256.as_deref())?,
            block: Vec::with_capacity(BLOCK_SIZE),
            encoder: encoder(),
            rows: 0,
            pending: Some(Vec::new()),
            next_seq: progress.next_seq,
            complete: None,
        };
        if progress.rows == 0 && progress.parts.is_empty() && role == Role::Rows && export.format == Format::Csv {
            csv::write_names(&mut output.block);
        }
        Ok(output)
    }

    /// What of it is in the store.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Whether a part is waiting to be uploaded.
    pub(crate) fn has_part(&self) -> bool {
        self.complete.is_some()
    }

    /// Notes that the chain went on by a row; writes it if it is one of the file's. What was written before it was left
    /// is not written again.
    pub(crate) fn pass(&mut self, row: &ChainRow<'_>, is_asked_for: bool) -> Result<(), Unfinished> {
        if row.header.seq < self.next_seq {
            return Ok(());
        }
        self.next_seq = row.header.seq + 1;
        if is_asked_for != (self.role == Role::Rows) {
            return Ok(());
        }
        self.write(row)
    }

    /// Writes a row that was in no part yet when the file was left.
    pub(crate) fn restore(&mut self, row: &ChainRow<'_>) -> Result<(), Unfinished> {
        self.write(row)
    }

    fn write(&mut self, row: &ChainRow<'_>) -> Result<(), Unfinished> {
        match (self.role, self.format) {
            (Role::LeftOut, _) => left_out::write(&row.left_out(), &mut self.block)?,
            (Role::Rows, Format::Jsonl) => jsonl::write(&row.whole(), &mut self.block)?,
            (Role::Rows, Format::Csv) => csv::write(&row.whole(), &mut self.block)?,
        }
        self.rows += 1;
        self.pending = self.pending.take().filter(|pending| pending.len() < MOST_PENDING);
        if let Some(pending) = &mut self.pending {
            pending.push(row.header.seq);
        }
        if self.block.len() >= BLOCK_SIZE {
            self.compress()?;
            if self.encoder.get_ref().len() >= part_size(self.progress.parts.len()) {
                self.complete = Some(self.end_member()?);
            }
        }
        Ok(())
    }

    /// Notes how far the file got while another one got a part into the store: its own rows are not there yet, and are
    /// read again by whoever goes on.
    pub(crate) fn note(&mut self) {
        if let Some(pending) = &self.pending {
            self.progress.next_seq = self.next_seq;
            self.progress.pending.clone_from(pending);
        }
    }

    /// Completes the last part, if the file is in parts.
    pub(crate) fn end(&mut self) -> Result<(), Unfinished> {
        self.compress()?;
        if self.progress.upload_id.is_some() && self.rows > 0 {
            self.complete = Some(self.end_member()?);
        }
        Ok(())
    }

    /// Uploads the part that is complete.
    pub(crate) async fn upload(&mut self, store: &Store) -> Result<(), Unfinished> {
        let Some(part) = self.complete.take() else { return Ok(()) };
        let upload_id = match &self.progress.upload_id {
            Some(upload_id) => upload_id.clone(),
            None => store.begin(&self.object()).await?,
        };
        let number = i32::try_from(self.progress.parts.len() + 1).map_err(|_| Unfinished::Defect("too many parts"))?;
        let uploaded = store.upload_part(&self.key, &upload_id, number, part.clone()).await?;
        self.sha256.update(&part);
        let mut parts = std::mem::take(&mut self.progress.parts);
        parts.push(uploaded);
        self.progress = Progress {
            next_seq: self.next_seq,
            pending: Vec::new(),
            rows: self.progress.rows + self.rows,
            size: self.progress.size + part.len() as u64,
            sha256: Some(hex::encode(&self.sha256.serialize())),
            upload_id: Some(upload_id),
            parts,
        };
        self.rows = 0;
        self.pending = Some(Vec::new());
        Ok(())
    }

    /// Makes the file complete, all parts being in the store, or puts it there whole where it is in no parts. May be
    /// repeated. A file of rows is made even when there are none.
    pub(crate) async fn finish(mut self, store: &Store) -> Result<Finished, Unfinished> {
        if self.progress.upload_id.is_none() {
            if self.role == Role::LeftOut && self.rows == 0 {
                return Ok(Finished { rows: 0, file: None, key: self.key });
            }
            let bytes = self.end_member()?;
            let size = bytes.len() as u64;
            let sha256 = Sha256::digest(&bytes).into();
            store.put(&self.object(), bytes).await?;
            return Ok(self.finished(size, sha256));
        }
        let upload_id = self.progress.upload_id.clone().ok_or(Unfinished::Defect("no upload"))?;
        store.complete(&self.key, &upload_id, &self.progress.parts).await?;
        let (size, sha256) = (self.progress.size, self.sha256.clone().finalize().into());
        Ok(self.finished(size, sha256))
    }

    fn finished(self, size: u64, sha256: Hash) -> Finished {
        let rows = self.progress.rows + self.rows;
        Finished { rows, file: Some(File { role: self.role, name: self.name, size, sha256 }), key: self.key }
    }

    fn object(&self) -> Object<'_> {
        Object { key: &self.key, content_type: "application/gzip", file_name: &self.name }
    }

    fn compress(&mut self) -> Result<(), Unfinished> {
        self.encoder.write_all(&self.block).map_err(|_| COMPRESSION)?;
        self.block.clear();
        Ok(())
    }

    fn end_member(&mut self) -> Result<Bytes, Unfinished> {
        let ended = std::mem::replace(&mut self.encoder, encoder());
        Ok(ended.finish().map_err(|_| COMPRESSION)?.into())
    }
}

/// A file that is in the store.
pub(crate) struct Finished {
    /// How many rows it has.
    pub(crate) rows: u64,
    /// What the manifest says of it; `None` when it was not made, having no rows.
    pub(crate) file: Option<File>,
    pub(crate) key: String,
}

const COMPRESSION: Unfinished = Unfinished::Defect("memory does not take what is compressed");

/// From which size on the part is complete that comes after so many.
fn part_size(parts: usize) -> usize {
    PART_SIZE + parts * PART_GROWTH
}

/// A gzip member that says nothing of when and where it was made.
fn encoder() -> GzEncoder<Vec<u8>> {
    GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), LEVEL)
}

/// A hash as it was left.
fn half_way(state: Option<&str>) -> Result<Sha256, Unfinished> {
    let Some(state) = state else { return Ok(Sha256::new()) };
    let bytes: [u8; STATE_LENGTH] = hex::decode(state).ok_or(Unfinished::Outdated)?;
    Sha256::deserialize(&SerializedState::<Sha256>::from(bytes)).map_err(|_| Unfinished::Outdated)
}

/// The length of a SHA-256 half-way, in bytes: eight words, the number of blocks, and a block with its fill.
const STATE_LENGTH: usize = size_of::<SerializedState<Sha256>>();

#[cfg(test)]
mod tests {
    use store::Part;

    use super::part_size;

    #[test]
    fn s3_takes_every_part_and_so_many_that_a_very_long_trail_fits() {
        // What S3 takes: from 5 MiB to 5 GiB, and 10,000 of them.
        assert!(part_size(0) >= 5 << 20 && part_size(9_999) <= 5 << 30);
        // What the worker has in memory.
        assert!(part_size(700) < 64 << 20 && part_size(9_999) < 640 << 20);
        let file: usize = (0..10_000).map(part_size).sum();
        assert!(file > 3 << 40, "{file}");
    }

    #[test]
    fn what_is_written_of_the_parts_stays_in_proportion_to_the_parts() {
        let etag = Some(format!("\"{}\"", "0".repeat(32)));
        let part = Part { number: 10_000, size: 1 << 30, sha256: [0; 32], etag };
        let length = serde_json::to_string(&part).expect("JSON").len();
        let (mut written, mut uploaded) = (0, 0);
        for parts in 0..10_000 {
            uploaded += part_size(parts);
            written += (parts + 1) * length;
            assert!(written < uploaded / 200, "{parts}");
        }
    }
}
