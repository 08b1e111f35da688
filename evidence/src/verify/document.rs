//! A small file that is read at once: a manifest or a checkpoint.

use std::{
    io::{self, Read},
    path::Path,
};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{Signer, finding::Kind, regular};
use crate::{
    chain::Hash,
    signature::{self, PublicKey},
};

/// The longest manifest.
const LONGEST_MANIFEST: u64 = 1024 * 1024;
/// The longest checkpoint: one of a million organizations.
const LONGEST_CHECKPOINT: u64 = 256 * 1024 * 1024;

/// What a document says, and who says it.
pub(super) struct Document<T> {
    pub(super) says: T,
    pub(super) signer: Signer,
    pub(super) public_key: PublicKey,
    /// Of the file.
    pub(super) sha256: Hash,
}

/// The bytes of a file that is no longer than that.
fn read(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    let (opened, length) = regular::open(path)?;
    let mut file = Vec::new();
    if length <= longest {
        opened.take(longest + 1).read_to_end(&mut file)?;
    }
    if length.max(file.len() as u64) > longest {
        let reason = format!("it is longer than {longest} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
    }
    Ok(file)
}

/// What a file says once its signature holds, or why it says nothing.
pub(super) fn open<T: DeserializeOwned>(kind: signature::Kind, path: &Path) -> Result<Document<T>, (Kind, String)> {
    let longest = match kind {
        signature::Kind::Manifest => LONGEST_MANIFEST,
        signature::Kind::Checkpoint => LONGEST_CHECKPOINT,
    };
    let file = read(path, longest).map_err(|error| (Kind::NotThere, format!("it cannot be read: {error}")))?;
    let signed = signature::open(kind, &file).map_err(|error| (Kind::NotSigned, error.to_string()))?;
    let says = serde_json::from_str(signed.said)
        .map_err(|error| (Kind::Malformed, format!("line {}: it is not in the format of a {kind}", error.line())))?;
    let signer = Signer { key_id: signed.key_id, fingerprint: signed.public_key.fingerprint() };
    Ok(Document { says, signer, public_key: signed.public_key, sha256: Sha256::digest(&file).into() })
}
