//! Rows of the trail as the functions write them, and the chain that they form, computed here.

use std::{hint::black_box, time::Instant};

use eleva::audit::chain::{self, Body, Hash, Header};
use jiff::Timestamp;
use uuid::Uuid;

pub(crate) const ACTION: &str = "MEDICAL_RECORD_VIEWED";
pub(crate) const RESOURCE_TYPE: &str = "medical_record";
pub(crate) const OUTCOME: &str = "success";
pub(crate) const ACTOR_TYPE: &str = "user";
/// As PostgreSQL prints it.
pub(crate) const METADATA: &str = r#"{"fields": ["content", "title"], "version": 3}"#;
pub(crate) const ADDRESS: [u8; 4] = [203, 0, 113, 9];
const ADDRESS_TEXT: &str = "203.0.113.9/32";
pub(crate) const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

/// An organization's chain so far.
pub(crate) struct Chain {
    pub(crate) org_id: Uuid,
    pub(crate) user_id: String,
    pub(crate) seq: i64,
    pub(crate) hash: Hash,
    pub(crate) created_at: Timestamp,
}

/// What differs from row to row.
pub(crate) struct Entry {
    pub(crate) id: Uuid,
    pub(crate) salt: [u8; 16],
    pub(crate) resource_id: String,
    pub(crate) request_id: String,
}

impl Entry {
    pub(crate) fn new() -> Self {
        Self {
            id: Uuid::new_v4(),
            salt: Uuid::new_v4().into_bytes(),
            resource_id: Uuid::new_v4().to_string(),
            request_id: Uuid::new_v4().to_string(),
        }
    }
}

impl Chain {
    /// One without rows, to which this user will write.
    pub(crate) fn begin(org_id: Uuid, user_id: &str) -> Self {
        let (hash, created_at) = (chain::genesis(org_id), Timestamp::UNIX_EPOCH);
        Self { org_id, user_id: user_id.to_owned(), seq: 0, hash, created_at }
    }

    /// Appends a row, and gives the hash before it.
    pub(crate) fn append(&mut self, entry: &Entry, created_at: Timestamp) -> Hash {
        let prev_hash = self.hash;
        self.seq += 1;
        self.created_at = created_at;
        let header = Header {
            id: entry.id,
            org_id: self.org_id,
            seq: self.seq,
            created_at: created_at.as_microsecond(),
            action: ACTION,
            resource_type: RESOURCE_TYPE,
            outcome: OUTCOME,
            is_imported: false,
        };
        let body = Body {
            salt: &entry.salt,
            workos_user_id: Some(&self.user_id),
            actor_type: ACTOR_TYPE,
            impersonator: None,
            resource_id: Some(&entry.resource_id),
            old_values: None,
            new_values: None,
            ip_address: Some(ADDRESS_TEXT),
            user_agent: Some(USER_AGENT),
            request_id: Some(&entry.request_id),
            metadata: Some(METADATA),
        };
        self.hash = chain::link(&prev_hash, &chain::row_hash(&header.hash(), &body.hash()));
        prev_hash
    }
}

/// Computes the chain of so many rows, and gives how many of them in a second.
pub(crate) fn rows_per_second(rows: u32) -> f64 {
    let entry = Entry::new();
    let mut chain = Chain::begin(entry.id, "user_01M893WT2EE3");
    let started = Instant::now();
    for _ in 0..rows {
        chain.append(&entry, Timestamp::UNIX_EPOCH);
    }
    black_box(chain.hash);
    f64::from(rows) / started.elapsed().as_secs_f64()
}
