//! What whoever verifies is told.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Covered, Finding, Signing,
    checkpoints::{self, Held},
    export::Export,
    material::Material,
    printable,
    signers::Signer,
    walk::Seen,
};
use crate::{
    chain::Hash,
    hex,
    manifest::{Covering, Role},
};

/// What a verification cannot show. It is told every time, so that nobody takes a clean one for more.
const LIMITS: &str = "\
That something was never recorded, or was forged before a checkpoint that somebody else holds, no export shows.";

/// What it cannot show without checkpoints, either.
const LIMITS_ALONE: &str = "\
Nothing was held against checkpoints: whoever had the database and the signing key could have computed the chain anew or \
cut off its end. --against-checkpoints with checkpoints that somebody else held shows that.";

/// What a verification came to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether nothing is wrong.
    pub in_order: bool,
    /// The exports whose manifests could be read.
    pub exports: Vec<ExportReport>,
    /// The checkpoints, where exports were held against some.
    pub checkpoints: Option<CheckpointsReport>,
    /// What the checkpoints cover.
    pub covered: Vec<Covered>,
    /// The keys.
    pub keys: Vec<Signing>,
    /// What is wrong: of each export the first row first.
    pub findings: Vec<Finding>,
    /// What is not wrong, but should be known.
    pub notes: Vec<String>,
    /// What the verification cannot show.
    pub limits: Vec<&'static str>,
}

/// What an export says of itself.
#[derive(Clone, Debug, Serialize)]
pub struct ExportReport {
    /// The name of its manifest.
    pub manifest: String,
    /// Its id.
    pub export_id: Uuid,
    /// Whose trail it is.
    pub org_id: Uuid,
    /// The organization's id at WorkOS.
    pub workos_org_id: Option<String>,
    /// Its period.
    pub from: Timestamp,
    /// The period's end.
    pub to: Timestamp,
    /// When it was begun: what was written later is not in it, even if the period goes on.
    pub chain_read_at: Timestamp,
    /// The actions that were asked for; null for all.
    pub actions: Option<Vec<String>>,
    /// The resource types; null for all.
    pub resource_types: Option<Vec<String>>,
    /// The rows that it has.
    pub rows: u64,
    /// The rows that it leaves out.
    pub left_out: u64,
    /// How many rows of both were imported.
    pub imported: u64,
    /// The piece of the chain.
    pub first_seq: Option<i64>,
    /// Its last row.
    pub last_seq: Option<i64>,
    /// The checkpoint that the manifest names.
    pub checkpoint: Option<CheckpointReport>,
    /// The files that were found to be those of the manifest.
    pub files: Vec<FileReport>,
}

/// A file that is the one which a manifest names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// What is in it.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// Its SHA-256, as it was computed.
    #[serde(serialize_with = "hex::serialize")]
    pub sha256: Hash,
}

/// A checkpoint, for whoever has one of their own to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CheckpointReport {
    /// Its day.
    pub date: Date,
    /// The SHA-256 of its file.
    #[serde(serialize_with = "hex::serialize")]
    pub sha256: Hash,
}

/// The checkpoints that were looked at.
#[derive(Clone, Debug, Serialize)]
pub struct CheckpointsReport {
    /// How many.
    pub count: usize,
    /// The first one's day.
    pub first: Option<Date>,
    /// The newest one's.
    pub last: Option<Date>,
    /// All of them, in the order of their days.
    pub held: Vec<CheckpointReport>,
}

impl Report {
    pub(super) fn new(
        material: &Material,
        exports: &[Export],
        seen: &[Seen],
        checkpoints: &[Held],
        covered: Vec<Covered>,
        keys: Vec<Signing>,
        findings: Vec<Finding>,
    ) -> Self {
        let mut notes = checkpoints::notes(checkpoints);
        let goes_on = |export: &Export| export.manifest.last_seq.unwrap_or(0) < export.manifest.chain_end.seq;
        if exports.iter().any(goes_on) || seen.iter().any(|seen| seen.imported > 0) {
            notes.push(
                "An imported row carries the time of what it tells of: one of the period that was imported after an \
                 export's last row is not in it, and nothing here shows whether there is one."
                    .to_owned(),
            );
        }
        let checkpoints = material.has_checkpoints.then(|| CheckpointsReport {
            count: checkpoints.len(),
            first: checkpoints.first().map(|held| held.date),
            last: checkpoints.last().map(|held| held.date),
            held: checkpoints.iter().map(|&Held { date, sha256, .. }| CheckpointReport { date, sha256 }).collect(),
        });
        let limits = if checkpoints.is_some() { vec![LIMITS] } else { vec![LIMITS_ALONE, LIMITS] };
        let exports = exports.iter().zip(seen).map(|(export, seen)| ExportReport::new(export, seen)).collect();
        Self { in_order: findings.is_empty(), exports, checkpoints, covered, keys, findings, notes, limits }
    }
}

impl ExportReport {
    fn new(export: &Export, seen: &Seen) -> Self {
        let manifest = &export.manifest;
        Self {
            manifest: export.name.clone(),
            export_id: manifest.export_id,
            org_id: manifest.organization.id,
            workos_org_id: manifest.organization.workos_org_id.as_deref().map(printable),
            from: manifest.from,
            to: manifest.to,
            chain_read_at: manifest.chain_end.read_at,
            actions: manifest.actions.as_deref().map(all_printable),
            resource_types: manifest.resource_types.as_deref().map(all_printable),
            rows: manifest.rows,
            left_out: manifest.left_out,
            imported: seen.imported,
            first_seq: manifest.first_seq,
            last_seq: manifest.last_seq,
            checkpoint: manifest
                .checkpoint
                .as_ref()
                .map(|&Covering { date, sha256, .. }| CheckpointReport { date, sha256 }),
            files: export.verified.clone(),
        }
    }
}

fn all_printable(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| printable(text)).collect()
}

/// What each export has, who signed, what checkpoints cover, what is wrong in a line each, and how it comes out.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for export in &self.exports {
            writeln!(formatter, "{export}")?;
            for FileReport { role, name, sha256 } in &export.files {
                let role = match role {
                    Role::Rows => "rows",
                    Role::LeftOut => "left out",
                };
                writeln!(formatter, "  {role}: {name}, SHA-256 {}", hex::encode(sha256))?;
            }
            if let Some(checkpoint) = &export.checkpoint {
                let (date, sha256) = (checkpoint.date, hex::encode(&checkpoint.sha256));
                writeln!(formatter, "  names the checkpoint of {date}, SHA-256 {sha256}")?;
            }
        }
        for Signing { signer: Signer { key_id, fingerprint }, signs, documents, is_trusted, .. } in &self.keys {
            let trusted = if *is_trusted { "trusted" } else { "NOT trusted" };
            // The name is not signed: it stands behind what is, and where it ends is to be seen.
            writeln!(formatter, "{documents} {signs}s signed with the key {fingerprint} ({key_id:?}): {trusted}")?;
        }
        if let Some(CheckpointsReport { count, first: Some(first), last: Some(last), held }) = &self.checkpoints {
            let newest = held.last().map(|newest| hex::encode(&newest.sha256)).unwrap_or_default();
            writeln!(formatter, "{count} checkpoints, {first} to {last}, the newest with SHA-256 {newest}")?;
        }
        for covered in &self.covered {
            writeln!(formatter, "{covered}")?;
        }
        for finding in &self.findings {
            writeln!(formatter, "{finding}")?;
        }
        for note in &self.notes {
            writeln!(formatter, "{note}")?;
        }
        // A manifest may claim any number.
        let sum = |counts: &mut dyn Iterator<Item = u64>| counts.fold(0, u64::saturating_add);
        let rows = sum(&mut self.exports.iter().map(|export| export.rows));
        let left_out = sum(&mut self.exports.iter().map(|export| export.left_out));
        let looked_at = format!("{} exports, {rows} rows, {left_out} left out", self.exports.len());
        match self.findings.len() {
            0 => writeln!(formatter, "in order: {looked_at}")?,
            count => writeln!(formatter, "NOT in order: {count} findings in {looked_at}")?,
        }
        write!(formatter, "{}", self.limits.join("\n"))
    }
}

impl fmt::Display for ExportReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { manifest, org_id, workos_org_id, from, to, rows, left_out, chain_read_at, .. } = self;
        write!(formatter, "{manifest}: {org_id}")?;
        if let Some(workos_org_id) = workos_org_id {
            write!(formatter, " ({workos_org_id})")?;
        }
        write!(formatter, ", {from} to {to}")?;
        if chain_read_at < to {
            write!(formatter, " (as of {chain_read_at})")?;
        }
        write!(formatter, ": {rows} rows, {left_out} left out")?;
        if let (Some(first), Some(last)) = (self.first_seq, self.last_seq) {
            write!(formatter, ", {first} to {last} of the chain")?;
        }
        for (name, filter) in [("actions", &self.actions), ("resource types", &self.resource_types)] {
            if let Some(filter) = filter {
                write!(formatter, "; {name}: {}", filter.join(", "))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Covered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { org_id, first_seq, last_seq, covered_to, checkpoint } = self;
        write!(formatter, "{org_id}: of rows {first_seq} to {last_seq} ")?;
        match (covered_to, checkpoint) {
            (Some(to), Some(checkpoint)) if to == last_seq => {
                write!(formatter, "all are covered, by the checkpoint {checkpoint}")
            }
            (Some(to), Some(checkpoint)) => {
                let next = to + 1;
                write!(
                    formatter,
                    "those up to {to} are covered, by the checkpoint {checkpoint}; from row {next} on, nothing is"
                )
            }
            _ => write!(formatter, "no checkpoint covers any"),
        }
    }
}
