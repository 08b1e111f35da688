//! Verifying exports without trusting whoever made them: that the files are those of a signed manifest, that the chain is
//! whole and hashed as it stands there, that no row which was asked for is left out, and that checkpoints which somebody
//! else holds know the same chain. docs/audit-export.md says what that proves and what it does not.
//!
//! Files are read once and in pieces: a thread for each unpacks and hashes it, another follows the chain. Memory does not
//! grow with their length.

mod checkpoints;
mod claims;
mod document;
mod export;
mod finding;
mod held;
mod inflate;
mod joined;
mod material;
mod printable;
mod records;
mod regular;
mod report;
mod signers;
mod source;
#[cfg(test)]
mod tests;
mod trust;
mod unnamed;
mod walk;

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

pub(crate) use self::printable::printable;
use self::{
    checkpoints::Held,
    claims::{Claims, Witness},
    export::{Asked, Export},
    signers::Signers,
    walk::{HeadAt, Seen},
};
pub use self::{
    finding::{Finding, Kind},
    held::Covered,
    material::{Material, MaterialError},
    report::{CheckpointReport, CheckpointsReport, ExportReport, FileReport, Report},
    signers::{Signer, Signing},
    trust::{TrustError, TrustedKeys},
};
use crate::{chain::Hash, manifest::Manifest, signature};

/// How a verification is to be done.
#[derive(Clone, Debug)]
pub struct Options {
    /// The keys that are trusted.
    pub trusted: TrustedKeys,
    /// The time as of which the newest checkpoint has to be recent.
    pub as_of: Timestamp,
    /// The time that it is: nothing was made after it.
    pub now: Timestamp,
}

/// Who is told how far a verification is.
pub trait Progress: Sync {
    /// So many bytes are to be read.
    fn begin(&self, bytes: u64);
    /// So many more were read.
    fn advance(&self, bytes: u64);
}

/// Nobody.
impl Progress for () {
    fn begin(&self, _: u64) {}
    fn advance(&self, _: u64) {}
}

/// Verifies all of the material, each export by itself and all of them together.
pub fn verify(material: &Material, options: &Options, progress: &dyn Progress) -> Report {
    let mut signers = Signers::new(&options.trusted);
    let (mut exports, mut findings) = read_exports(material, &mut signers);
    let of_checkpoints = material.checkpoints.iter().map(|path| Material::length(path));
    progress.begin(exports.iter().map(Export::bytes).chain(of_checkpoints).fold(0, u64::saturating_add));

    let mut by_organization: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    for (position, export) in exports.iter().enumerate() {
        by_organization.entry(export.manifest.organization.id).or_default().push(position);
    }
    let organizations: Vec<Uuid> = by_organization.keys().copied().collect();
    findings.extend(joined::misnamed(&exports));
    let (checkpoints, unreadable) = checkpoints::read(material, &organizations, &mut signers, progress);

    let (seen, verified): (Vec<Seen>, Vec<Vec<FileReport>>) = exports
        .iter()
        .map(|export| {
            let of_organization = by_organization[&export.manifest.organization.id].iter().map(|&at| &exports[at]);
            let wanted = wanted(export, of_organization, &checkpoints);
            let heads = if material.has_checkpoints { heads(export, &checkpoints) } else { Vec::new() };
            let asked = Asked { wanted: &wanted, heads: &heads, now: options.now };
            let (seen, verified, found) = export.verify(&asked, progress);
            findings.extend(found);
            (seen, verified)
        })
        .unzip();
    for (export, verified) in exports.iter_mut().zip(verified) {
        export.verified = verified;
    }

    let (mut covered, mut against) = (Vec::new(), Vec::new());
    for (&org_id, positions) in &by_organization {
        let of_organization: Vec<_> = positions.iter().map(|&position| (&exports[position], &seen[position])).collect();
        let disagreements = claims(org_id, &of_organization, &checkpoints).disagreements();
        let is_rewritten = disagreements.iter().any(|finding| finding.kind == Kind::Rewritten);
        findings.extend(disagreements);
        let whole: Vec<_> = of_organization.iter().copied().filter(|(_, seen)| seen.is_whole).collect();
        findings.extend(joined::gaps(&whole));
        let pieces = joined::pieces(&whole);
        if material.has_checkpoints && !is_rewritten {
            covered.extend(held::covered(org_id, &pieces, &checkpoints));
        }
        if material.has_checkpoints {
            let reach = |export| joined::reach(export, &pieces, &whole);
            against.extend(of_organization.iter().flat_map(|&one| held::against(one, reach(one), &checkpoints)));
        }
    }
    findings.extend(unnamed::unnamed(material, &exports));
    findings.extend(unreadable);
    findings.extend(checkpoints::examine(&checkpoints, options.as_of, options.now));
    findings.extend(against);
    let (signings, untrusted) = signers.end();
    findings.extend(untrusted);
    Report::new(material, &exports, &seen, &checkpoints, covered, signings, findings)
}

fn read_exports(material: &Material, signers: &mut Signers<'_>) -> (Vec<Export>, Vec<Finding>) {
    let (mut exports, mut findings) = (Vec::new(), material.findings.clone());
    for path in &material.manifests {
        let name = material.name(path);
        match document::open::<Manifest>(signature::Kind::Manifest, path) {
            Ok(document) => {
                signers.saw(signature::Kind::Manifest, &document.signer, document.public_key, &name);
                exports.push(Export::new(name, path, document.says));
            }
            Err((kind, reason)) => findings.push(Finding::new(kind, &name, reason)),
        }
    }
    (exports, findings)
}

/// The places whose hashes others name, in their order.
fn wanted<'a>(export: &Export, others: impl Iterator<Item = &'a Export>, checkpoints: &[Held]) -> Vec<i64> {
    let org_id = export.manifest.organization.id;
    let mut places: Vec<i64> = others.flat_map(|other| said(&other.manifest)).map(|(seq, _)| seq).collect();
    places.extend(checkpoints.iter().filter_map(|held| held.heads.get(&org_id)).map(|head| head.seq));
    places.sort_unstable();
    places.dedup();
    places
}

/// Where the chain ended at each checkpoint, in the order of their times.
fn heads(export: &Export, checkpoints: &[Held]) -> Vec<HeadAt> {
    let head = |held: &Held| {
        let seq = held.heads.get(&export.manifest.organization.id).map_or(0, |head| head.seq);
        HeadAt { time: held.created_at.as_microsecond(), seq }
    };
    let mut heads: Vec<HeadAt> = checkpoints.iter().filter(|held| held.is_consistent).map(head).collect();
    heads.sort_unstable();
    heads
}

/// The hashes that a manifest names.
fn said(manifest: &Manifest) -> Vec<(i64, Hash)> {
    let Manifest { first_seq, last_seq, previous_hash, last_hash, chain_end, checkpoint, dropped, .. } = manifest;
    let mut said = vec![(chain_end.seq, chain_end.hash)];
    said.extend(first_seq.map(|seq| (seq.saturating_sub(1), *previous_hash)));
    said.extend(last_seq.map(|seq| (seq, *last_hash)));
    said.extend(checkpoint.as_ref().map(|covering| (covering.seq, covering.hash)));
    said.extend(dropped.iter().map(|gone| (gone.last_seq, gone.last_hash)));
    said
}

/// What exports of one organization and all checkpoints say of its rows.
fn claims<'a>(org_id: Uuid, exports: &[(&'a Export, &Seen)], checkpoints: &'a [Held]) -> Claims<'a> {
    let mut claims = Claims::default();
    for (export, seen) in exports {
        for &(seq, hash) in &seen.hashes {
            claims.add(seq, Witness::Shows(&export.name), hash);
        }
        for (seq, hash) in said(&export.manifest) {
            claims.add(seq, Witness::Says(&export.name), hash);
        }
    }
    for held in checkpoints {
        if let Some(head) = held.heads.get(&org_id) {
            claims.add(head.seq, Witness::Checkpoint(&held.name), head.hash);
        }
    }
    claims
}
