//! Exports and checkpoints as they are made, and as somebody might change them: what was not touched is in order, and
//! what was is found and named.

mod against;
mod beside;
mod bounds;
mod bytes;
mod calendar;
mod chain;
mod covered;
mod draft;
mod gone;
mod intact;
mod resigned;
mod together;
mod told;

use std::path::Path;

use jiff::Timestamp;
use tempfile::tempdir;

use self::{
    chain::Chain,
    draft::{Draft, Request},
};
use super::{Kind, Material, Options, Report, TrustedKeys, verify};
use crate::signature::{self, Signer};

/// The first instant of rows: 2026-10-01T00:00:00Z, microseconds since 1970.
const BEGIN: i64 = 1_790_812_800_000_000;
/// Nothing in here was made in the year 2100.
const LONG_AFTER: i64 = 4_102_444_800_000_000;
const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// Who signs exports, and who signs checkpoints.
fn exporter() -> Signer {
    Signer::new("exports-1", &[1; 32])
}

fn notary() -> Signer {
    Signer::new("checkpoints-1", &[2; 32])
}

/// The names of the first export's files.
const ROWS: &str = "audit-1.jsonl.gz";
const LEFT_OUT: &str = "audit-1.left-out.jsonl.gz";
const MANIFEST: &str = "audit-1.manifest.json";

/// An export of the second day of three, with rows left out before and after.
fn second_day() -> (Chain, Draft) {
    let chain = Chain::hourly(7, 72);
    let draft = Draft::new(1, &chain, &Request::whole(&chain, BEGIN + DAY, BEGIN + 2 * DAY));
    (chain, draft)
}

/// What is found of an export by itself, written with a manifest that fits its files.
fn verified_alone(draft: &mut Draft) -> Report {
    let folder = tempdir().expect("a folder");
    draft.write(folder.path());
    verify_folder(folder.path(), None, 0)
}

/// Verifies a folder's exports, against the checkpoints in `checkpoints` where there are some.
fn verify_folder(folder: &Path, checkpoints: Option<&Path>, now: i64) -> Report {
    let mut material = Material::new(Some(folder));
    material.add(folder).expect("something to verify");
    if let Some(checkpoints) = checkpoints {
        material.add_checkpoints(checkpoints).expect("a folder");
    }
    let mut trusted = TrustedKeys::default();
    for (kind, signer) in [(signature::Kind::Manifest, exporter()), (signature::Kind::Checkpoint, notary())] {
        trusted.add_fingerprint(kind, &signer.public_key().fingerprint()).expect("a fingerprint");
    }
    verify(&material, &Options { trusted, as_of: instant(now), now: instant(LONG_AFTER) }, &())
}

fn instant(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).expect("an instant")
}

impl Report {
    /// Asserts that nothing is wrong.
    #[track_caller]
    fn assert_in_order(&self) {
        assert!(self.in_order && self.findings.is_empty(), "{self}");
    }

    /// Asserts that this is found first, and where.
    #[track_caller]
    fn assert_first(&self, kind: Kind, seq: Option<i64>) {
        assert!(!self.in_order, "{self}");
        let first = &self.findings[0];
        assert_eq!((first.kind, first.seq), (kind, seq), "{self}");
    }

    /// Asserts that this is found.
    #[track_caller]
    fn assert_found(&self, kind: Kind, seq: Option<i64>) {
        let is_it = |finding: &super::Finding| finding.kind == kind && finding.seq == seq;
        assert!(!self.in_order && self.findings.iter().any(is_it), "{self}");
    }
}
