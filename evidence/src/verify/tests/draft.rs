//! An export as the worker makes it, which can be changed before it is written.

use std::{fs, io::Write as _, path::Path};

use flate2::{Compression, write::GzEncoder};
use proptest::{collection::vec, option, prelude::*, sample::Index};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    BEGIN, HOUR,
    chain::{Chain, Entry},
    exporter, instant,
};
use crate::{
    csv, jsonl, left_out,
    manifest::{self, ChainEnd, File, Manifest, Organization, Role, Software},
    signature::{Kind, Signer},
};

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) actions: Option<Vec<String>>,
    pub(super) is_csv: bool,
    /// How many rows the chain has when the export is begun.
    pub(super) end: i64,
    /// How many rows a gzip member has.
    pub(super) member: usize,
}

/// An export.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) stem: String,
    pub(super) manifest: Manifest,
    pub(super) rows: Vec<Entry>,
    pub(super) left_out: Vec<Entry>,
    pub(super) member: usize,
}

impl Request {
    /// All rows of `from` up to `to`.
    pub(super) fn whole(chain: &Chain, from: i64, to: i64) -> Self {
        Self { from, to, actions: None, is_csv: false, end: chain.end(), member: 7 }
    }

    fn is_for(&self, entry: &Entry) -> bool {
        let is_named = self.actions.as_ref().is_none_or(|actions| actions.contains(&entry.action));
        (self.from..self.to).contains(&entry.created_at) && is_named
    }
}

impl Draft {
    pub(super) fn new(number: u128, chain: &Chain, request: &Request) -> Self {
        let entries = &chain.entries[..request.end as usize];
        let place = |entry: &Entry| entry.seq;
        let native = |entry: &&Entry| !entry.is_imported;
        let older = entries.iter().filter(native).filter(|entry| entry.created_at < request.from);
        let first = older.map(place).max().or(entries.first().map(place));
        let in_range = |entry: &&Entry| (request.from..request.to).contains(&entry.created_at);
        let last_in_range = entries.iter().filter(in_range).map(place).max().unwrap_or(0);
        let mut younger = entries.iter().filter(native).filter(|entry| entry.created_at >= request.to);
        let next = younger.find(|entry| entry.seq > last_in_range).map(place);
        let last = first.map(|_| next.unwrap_or(request.end));
        let span = match (first, last) {
            (Some(first), Some(last)) => &entries[first as usize - 1..last as usize],
            _ => &[],
        };
        let (rows, left_out) = span.iter().cloned().partition(|entry| request.is_for(entry));
        let read_at = entries.iter().filter(native).map(|entry| entry.created_at).max().unwrap_or(BEGIN) + 1;
        let manifest = Manifest {
            format: manifest::FORMAT.to_owned(),
            export_id: Uuid::from_u128(number),
            organization: Organization { id: chain.org_id, workos_org_id: None, name: "Clinic".to_owned() },
            trigger: "scheduled".to_owned(),
            requested_by: None,
            reason: None,
            from: instant(request.from),
            to: instant(request.to),
            actions: request.actions.clone(),
            resource_types: None,
            export_format: if request.is_csv { "csv" } else { "jsonl" }.to_owned(),
            rows: 0,
            left_out: 0,
            dropped: Vec::new(),
            first_seq: first,
            last_seq: last,
            previous_hash: chain.hash(first.map_or(0, |first| first - 1)),
            last_hash: chain.hash(last.unwrap_or(0)),
            chain_end: ChainEnd { seq: request.end, hash: chain.hash(request.end), read_at: instant(read_at) },
            checkpoint: None,
            files: Vec::new(),
            software: Software { name: "test".to_owned(), version: "0".to_owned() },
        };
        Self { stem: format!("audit-{number}"), manifest, rows, left_out, member: request.member }
    }

    /// Writes the files, with a manifest that fits them, signed by the right key.
    pub(super) fn write(&mut self, folder: &Path) {
        self.write_signed(folder, &exporter());
    }

    /// The same, signed by somebody.
    pub(super) fn write_signed(&mut self, folder: &Path, signer: &Signer) {
        self.manifest.rows = self.rows.len() as u64;
        self.manifest.left_out = self.left_out.len() as u64;
        let is_csv = self.manifest.export_format == "csv";
        let mut rows = Vec::new();
        if is_csv {
            csv::write_names(&mut rows);
        }
        let mut members = Vec::new();
        for (position, entry) in self.rows.iter().enumerate() {
            let row = entry.as_row();
            if is_csv { csv::write(&row, &mut rows) } else { jsonl::write(&row, &mut rows) }.expect("a time");
            if position % self.member == self.member - 1 {
                members.push(std::mem::take(&mut rows));
            }
        }
        members.push(rows);
        let extension = if is_csv { "csv.gz" } else { "jsonl.gz" };
        self.manifest.files = vec![write(folder, Role::Rows, format!("{}.{extension}", self.stem), &members)];
        if !self.left_out.is_empty() {
            let mut lines = Vec::new();
            for entry in &self.left_out {
                left_out::write(&entry.as_left_out(), &mut lines).expect("a time");
            }
            let name = format!("{}.left-out.jsonl.gz", self.stem);
            self.manifest.files.push(write(folder, Role::LeftOut, name, &[lines]));
        }
        self.write_manifest(folder, signer);
    }

    /// Writes the manifest alone.
    pub(super) fn write_manifest(&self, folder: &Path, signer: &Signer) {
        let document = signer.sign(Kind::Manifest, &self.manifest).expect("a manifest");
        fs::write(folder.join(format!("{}.manifest.json", self.stem)), document).expect("a file");
    }

    /// All rows of the piece, in their order.
    pub(super) fn entry_mut(&mut self, seq: i64) -> &mut Entry {
        let mut entries = self.rows.iter_mut().chain(&mut self.left_out);
        entries.find(|entry| entry.seq == seq).expect("a row of the piece")
    }
}

fn write(folder: &Path, role: Role, name: String, members: &[Vec<u8>]) -> File {
    let mut file = Vec::new();
    for member in members {
        let mut encoder = GzEncoder::new(&mut file, Compression::fast());
        encoder.write_all(member).expect("memory");
        encoder.finish().expect("memory");
    }
    fs::write(folder.join(&name), &file).expect("a file");
    File { role, name, size: file.len() as u64, sha256: Sha256::digest(&file).into() }
}

/// A chain, and an export of some of it.
pub(super) fn exports(rows: std::ops::Range<usize>) -> impl Strategy<Value = (Chain, Request)> {
    let actions = option::of(vec(prop::sample::select(vec!["EVENT_UPDATED", "SESSION_SIGNED_IN"]), 0..3));
    let chain = super::chain::chains(rows);
    (chain, any::<[Index; 3]>(), -HOUR..HOUR, actions, any::<bool>(), 1..9_usize).prop_map(
        |(chain, [from, to, end], shift, actions, is_csv, member)| {
            let times: Vec<i64> = chain.entries.iter().map(|entry| entry.created_at).chain([BEGIN]).collect();
            let (from, to) = (from.get(&times) + shift, to.get(&times) + 1);
            let (from, to) = (from.min(to - 1), to.max(from + 1));
            let actions = actions.map(|actions| actions.into_iter().map(str::to_owned).collect());
            // Now and then the chain is longer than it was when the export was begun.
            let end = chain.end() - (end.index(4) as i64).min(chain.end());
            let request = Request { from, to, actions, is_csv, end, member };
            (chain, request)
        },
    )
}
