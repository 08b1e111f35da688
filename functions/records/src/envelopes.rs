//! A draft, sealed for its place, and what the trail keeps of it.

use eleva::{
    audit::Entry,
    clock::{Entropy, EntropyError},
    phi::{DataKey, Field, Place},
};
use sha2::{Digest, Sha256};

use crate::draft::Draft;

/// The envelopes of a record's fields.
pub(crate) struct Envelopes {
    pub(crate) content: Vec<u8>,
    pub(crate) metadata: Option<Vec<u8>>,
}

impl Envelopes {
    /// Seals a draft as a version of a record; `place` is that of any of its fields.
    pub(crate) fn seal(draft: &Draft, key: &DataKey, entropy: Entropy, place: Place<'_>) -> Result<Self, EntropyError> {
        let seal = |field, text: &str| key.seal(entropy, &Place { field, ..place }, text.as_bytes());
        Ok(Self {
            content: seal(Field::RecordContent, &draft.content)?,
            metadata: draft.metadata.as_ref().map(|text| seal(Field::RecordMetadata, text)).transpose()?,
        })
    }

    /// The entry that tells of writing them as this version: by their hashes it can be shown what was stored, and nothing
    /// is said of it.
    pub(crate) fn recorded(&self, entry: Entry, version: i32) -> Entry {
        let entry = entry.with("version", version).with("content_sha256", sha256(&self.content));
        match &self.metadata {
            Some(metadata) => entry.with("metadata_sha256", sha256(metadata)),
            None => entry,
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
