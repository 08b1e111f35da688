//! Reading a file once, in a thread of its own: its size and SHA-256 as it lies there, and what is in it, unpacked.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Take},
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::{Progress, regular};
use crate::chain::Hash;

/// How much is unpacked before it is handed on, and how many such pieces may wait.
const CHUNK: usize = 256 * 1024;
const WAITING: usize = 4;

/// How much is read at once.
const READ: usize = 128 * 1024;

/// A file as it lies there; the hash is of what was read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) size: u64,
    pub(super) sha256: Hash,
}

/// Why a file cannot be unpacked further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    CutShort,
    NotGzip,
}

/// What is in a file, piece by piece.
pub(super) struct Chunks {
    full: Receiver<Result<Vec<u8>, Damage>>,
    /// The way back, so that a few pieces of memory serve for a whole file.
    empty: SyncSender<Vec<u8>>,
}

/// The other end of [`Chunks`].
pub(super) struct Unpacking {
    full: SyncSender<Result<Vec<u8>, Damage>>,
    empty: Receiver<Vec<u8>>,
}

/// A file being read, whose bytes are counted and hashed on the way.
struct Counted<'a> {
    file: Take<File>,
    size: u64,
    hash: Sha256,
    progress: &'a dyn Progress,
}

/// Both ends of a way for one file's content.
pub(super) fn channel() -> (Unpacking, Chunks) {
    let (full, chunks) = sync_channel(WAITING);
    let (empty, spare) = sync_channel(WAITING + 1);
    (Unpacking { full, empty: spare }, Chunks { full: chunks, empty })
}

impl Chunks {
    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Result<Vec<u8>, Damage>> {
        self.full.recv().ok()
    }

    /// Gives the memory of a piece back.
    pub(super) fn give_back(&mut self, chunk: Vec<u8>) {
        // Where nobody unpacks any more it is freed.
        let _ = self.empty.try_send(chunk);
    }
}

impl Unpacking {
    /// Unpacks a file that is to have so many bytes, for as long as somebody takes what comes of it, and reads it to its
    /// end in any case. Of a longer one, a single byte more is read: it is another one, wherever it ends.
    pub(super) fn run(self, path: &Path, expected: u64, progress: &dyn Progress) -> io::Result<Digest> {
        let (file, length) = regular::open(path)?;
        let counted = Counted { file: file.take(expected.saturating_add(1)), size: 0, hash: Sha256::new(), progress };
        let mut reader = BufReader::with_capacity(READ, counted);
        // An empty file has no gzip member, and no lines.
        if !reader.fill_buf()?.is_empty() {
            self.unpack(&mut reader);
        }
        loop {
            let rest = reader.fill_buf()?.len();
            if rest == 0 {
                break;
            }
            reader.consume(rest);
        }
        let Counted { size, hash, .. } = reader.into_inner();
        // Where the length was the right one, what was read counts: somebody may still write.
        let size = if length == expected { size } else { length };
        Ok(Digest { size, sha256: hash.finalize().into() })
    }

    fn unpack(&self, reader: &mut impl BufRead) {
        let mut decoder = MultiGzDecoder::new(reader);
        loop {
            let mut chunk = self.empty.try_recv().unwrap_or_default();
            chunk.resize(CHUNK, 0);
            let mut filled = 0;
            let damage = loop {
                if filled == CHUNK {
                    break None;
                }
                match decoder.read(&mut chunk[filled..]) {
                    Ok(0) => break None,
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break Some(Damage::CutShort),
                    Err(_) => break Some(Damage::NotGzip),
                }
            };
            // Less than a whole piece: the end.
            let is_last = filled < CHUNK;
            chunk.truncate(filled);
            if self.full.send(Ok(chunk)).is_err() {
                return;
            }
            if let Some(damage) = damage {
                // Whoever takes no more does not care.
                let _ = self.full.send(Err(damage));
                return;
            } else if is_last {
                return;
            }
        }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.size += count as u64;
        self.progress.advance(count as u64);
        Ok(count)
    }
}
