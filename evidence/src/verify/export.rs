//! One export: its manifest, the files beside it, and the piece of a chain that they show.

use std::{
    io,
    path::{Path, PathBuf},
    thread,
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Progress,
    finding::{Discovery, Finding, Kind},
    inflate::{self, Chunks, Digest},
    records::Division,
    regular,
    report::FileReport,
    source::Source,
    walk::{HeadAt, Seen, Walk},
};
use crate::{
    chain::{self, PLACES},
    manifest::{self, File, Manifest, Role},
    read::{self, Scratch},
};

/// An export whose manifest was read.
pub(super) struct Export {
    /// How the manifest is called.
    pub(super) name: String,
    /// Where it lies, and the files beside it.
    pub(super) path: PathBuf,
    pub(super) manifest: Manifest,
    /// The files that were found to be those of the manifest.
    pub(super) verified: Vec<FileReport>,
}

/// What others know of an export's chain, and what time it is.
pub(super) struct Asked<'a> {
    /// The places whose hashes somebody asks for, in order.
    pub(super) wanted: &'a [i64],
    /// The chain's ends in the checkpoints that are held, in the order of their times.
    pub(super) heads: &'a [HeadAt],
    pub(super) now: Timestamp,
}

/// How many actions or resource types can be asked for: as many as the table of exports takes.
const MOST_NAMES: usize = 100;

/// By how much clocks may differ.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// A file that is being read.
struct Reading<'scope> {
    file: &'scope File,
    result: thread::ScopedJoinHandle<'scope, io::Result<Digest>>,
}

impl Export {
    pub(super) fn new(name: String, path: &Path, manifest: Manifest) -> Self {
        Self { name, path: path.to_owned(), manifest, verified: Vec::new() }
    }

    /// Where the files lie that the manifest names.
    pub(super) fn files(&self) -> impl Iterator<Item = PathBuf> {
        let files = self.manifest.files.iter().filter(|file| is_plain_name(&file.name));
        files.map(|file| self.path.with_file_name(&file.name))
    }

    /// How many bytes there are to read.
    pub(super) fn bytes(&self) -> u64 {
        self.files().map(|path| regular::length(&path)).fold(0, u64::saturating_add)
    }

    /// What the export shows, the files that are those of the manifest, and what is wrong.
    pub(super) fn verify(&self, asked: &Asked<'_>, progress: &dyn Progress) -> (Seen, Vec<FileReport>, Vec<Finding>) {
        let inconsistencies = self.inconsistencies(asked.now);
        if !inconsistencies.is_empty() {
            return (Seen::default(), Vec::new(), self.findings(inconsistencies));
        }
        thread::scope(|scope| {
            let mut readings = Vec::new();
            let mut chunks = |role| {
                let file = self.file(role)?;
                let (unpacking, chunks) = inflate::channel();
                let path = self.path.with_file_name(&file.name);
                let result = scope.spawn(move || unpacking.run(&path, file.size, progress));
                readings.push(Reading { file, result });
                Some(chunks)
            };
            let (rows, left_out) = (chunks(Role::Rows), chunks(Role::LeftOut));
            let (seen, discoveries) = self.follow(rows, left_out, asked);
            // Whoever still unpacks learns that nobody takes it, and reads on only for the file's hash.
            let (mut verified, mut of_files) = (Vec::new(), Vec::new());
            for reading in readings {
                match self.compared(reading) {
                    Ok(file) => verified.push(file),
                    Err(difference) => of_files.push(difference),
                }
            }
            let is_readable = of_files.iter().all(|discovery| discovery.kind != Kind::NotThere);
            // Of a file that cannot be read, how far its rows came says nothing.
            let discoveries = if is_readable { discoveries } else { Vec::new() };
            let findings = self.findings(discoveries.into_iter().chain(of_files).collect());
            (seen, verified, findings)
        })
    }

    fn file(&self, role: Role) -> Option<&File> {
        self.manifest.files.iter().find(|file| file.role == role)
    }

    /// What the manifest says that cannot be, whatever the files are.
    fn inconsistencies(&self, now: Timestamp) -> Vec<Discovery> {
        let manifest = &self.manifest;
        let is_empty = manifest.first_seq.is_none() && manifest.last_seq.is_none();
        let genesis = chain::genesis(manifest.organization.id);
        let span = match (manifest.first_seq, manifest.last_seq) {
            (Some(first), Some(last)) if 1 <= first && first <= last => last.abs_diff(first).checked_add(1),
            (None, None) => Some(0),
            _ => None,
        };
        let count = |role| manifest.files.iter().filter(|file| file.role == role).count();
        let begins = manifest.first_seq != Some(1) || manifest.previous_hash == genesis;
        let dropped = self.dropped();
        let rows = dropped.and_then(|dropped| dropped.checked_add(manifest.rows)?.checked_add(manifest.left_out));
        let is_of_an_empty_chain =
            [manifest.previous_hash, manifest.last_hash, manifest.chain_end.hash].iter().all(|hash| *hash == genesis);
        [
            (manifest.format != manifest::FORMAT, "its format is one that this version does not know"),
            (!matches!(manifest.export_format.as_str(), "jsonl" | "csv"), "its rows are neither JSON Lines nor CSV"),
            (!self.has_names(), "it names an organization, actions or resource types as nothing is called"),
            (manifest.from >= manifest.to, "its period ends before it begins"),
            (!self.has_places(), "it names a place that no row can have"),
            (span.is_none(), "first_seq and last_seq name no piece of a chain"),
            (
                span.is_some() && dropped.is_some() && rows != span,
                "rows and left_out do not add up to the rows from first_seq to last_seq",
            ),
            (dropped.is_none(), "the rows that were dropped are not of its piece, or not in their order"),
            (count(Role::Rows) != 1, "it does not name one file of rows"),
            (count(Role::LeftOut) != usize::from(manifest.left_out > 0), "the file of rows left out is not in order"),
            (!manifest.files.iter().all(|file| is_plain_name(&file.name)), "it names a file in another folder"),
            (!begins, "previous_hash is not what the chain of this organization begins with"),
            (manifest.last_seq > Some(manifest.chain_end.seq), "last_seq lies beyond the end of the chain"),
            (now.duration_until(manifest.chain_end.read_at) > MARGIN, "it would be made in a time to come"),
            (is_empty && manifest.chain_end.seq != 0, "it shows nothing of a chain that has rows"),
            (is_empty && !is_of_an_empty_chain, "its hashes are not those of a chain without rows"),
            (!is_empty && self.is_covered_wrongly(), "the checkpoint that it names does not cover its rows"),
        ]
        .into_iter()
        .filter(|(is_wrong, _)| *is_wrong)
        .map(|(_, reason)| Discovery::new(Kind::Inconsistent, reason))
        .collect()
    }

    /// Whether its filters and the organization's id at WorkOS are what such names are made of, so that nobody takes one
    /// for another, and whether a filter has no more of them than can be asked for.
    fn has_names(&self) -> bool {
        let Manifest { organization, actions, resource_types, .. } = &self.manifest;
        let is_name = |name: &String| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        let filters = || [actions, resource_types].into_iter().flatten();
        organization.workos_org_id.iter().chain(filters().flatten()).all(is_name)
            && filters().all(|names| names.len() <= MOST_NAMES)
    }

    /// Whether each place that it names is one that a row can have. 0 is the end of a chain without rows.
    fn has_places(&self) -> bool {
        let Manifest { first_seq, last_seq, chain_end, checkpoint, dropped, .. } = &self.manifest;
        let chain_end = Some(chain_end.seq).filter(|seq| *seq != 0);
        let covering = checkpoint.as_ref().map(|covering| covering.seq);
        let named = [*first_seq, *last_seq, chain_end, covering].into_iter().flatten();
        named.chain(dropped.iter().flat_map(|gone| [gone.first_seq, gone.last_seq])).all(|seq| PLACES.contains(&seq))
    }

    /// How many rows of the piece were dropped. None where it cannot be what the manifest says of them: each run lies
    /// between rows of the piece, but for one of all rows before it.
    fn dropped(&self) -> Option<u64> {
        let Manifest { first_seq, last_seq, previous_hash, dropped, .. } = &self.manifest;
        let (Some(first), Some(last)) = (*first_seq, *last_seq) else { return dropped.is_empty().then_some(0) };
        let within = match dropped.split_first() {
            Some((gone, rest)) if gone.is_all_before(first) && gone.last_hash == *previous_hash => rest,
            _ => dropped,
        };
        let mut before = first;
        let mut count: u64 = 0;
        for gone in within {
            if gone.first_seq <= before || gone.last_seq < gone.first_seq || gone.last_seq >= last {
                return None;
            }
            count = count.checked_add(gone.last_seq.abs_diff(gone.first_seq))?.checked_add(1)?;
            before = gone.last_seq.checked_add(1)?;
        }
        Some(count)
    }

    /// Whether the checkpoint is of a row that the export does not show.
    fn is_covered_wrongly(&self) -> bool {
        let Manifest { checkpoint, first_seq, last_seq, .. } = &self.manifest;
        checkpoint.as_ref().is_some_and(|covering| Some(covering.seq) < *first_seq || Some(covering.seq) > *last_seq)
    }

    fn follow(&self, rows: Option<Chunks>, left_out: Option<Chunks>, asked: &Asked<'_>) -> (Seen, Vec<Discovery>) {
        let manifest = &self.manifest;
        // Without any row there is one place before the first and none after.
        let span = (manifest.first_seq.unwrap_or(1), manifest.last_seq.unwrap_or(0));
        let mut walk = Walk::begin(manifest, span, asked.wanted, asked.heads);
        let broken = self.merge(rows, left_out, &mut walk).err();
        let (seen, mut discoveries) = walk.end(broken);
        if let (Some(last), Some(covering)) = (seen.last_inside, &manifest.checkpoint)
            && last > covering.seq
        {
            let reason = "it is of the period and comes after what the checkpoint covers that the manifest names";
            discoveries.push(Discovery::new(Kind::Inconsistent, reason).of_rows(last, last));
        }
        (seen, discoveries)
    }

    /// Goes through the rows of both files in the order of their places.
    fn merge(&self, rows: Option<Chunks>, left_out: Option<Chunks>, walk: &mut Walk<'_>) -> Result<(), Discovery> {
        let division = if self.manifest.export_format == "csv" { Division::Csv } else { Division::Lines };
        let mut rows = rows.map(|chunks| Source::open(Role::Rows, division, chunks)).transpose()?;
        let mut left_out = left_out.map(|chunks| Source::open(Role::LeftOut, Division::Lines, chunks)).transpose()?;
        let mut scratch = Scratch::default();
        let place = |source: &Option<Source>| source.as_ref().and_then(Source::seq);
        loop {
            let is_whole = match (place(&rows), place(&left_out)) {
                (None, None) => break,
                (Some(whole), Some(left_out)) => whole <= left_out,
                (whole, None) => whole.is_some(),
                (None, Some(_)) => false,
            };
            let Some(source) = (if is_whole { &mut rows } else { &mut left_out }) else { break };
            let line = source.line();
            let malformed = |malformed: read::Malformed| source.discovery(malformed.to_string());
            if is_whole {
                let row = match source.division() {
                    Division::Lines => read::jsonl::parse(source.current(), &mut scratch),
                    Division::Csv => read::csv::parse(source.current(), &mut scratch),
                };
                let row = row.map_err(malformed)?;
                walk.step(Role::Rows, line, &row.header, &row.body.hash(), &row.hash)?;
            } else {
                let org_id = self.manifest.organization.id;
                let row = read::left_out::parse(source.current(), org_id, &mut scratch).map_err(malformed)?;
                walk.step(Role::LeftOut, line, &row.header, &row.body_hash, &row.hash)?;
            }
            source.advance()?;
        }
        for (role, source, expected) in
            [(Role::Rows, &rows, self.manifest.rows), (Role::LeftOut, &left_out, self.manifest.left_out)]
        {
            let count = source.as_ref().map_or(0, Source::count);
            if count > expected {
                let reason = format!("it has {count} rows, and the manifest says {expected}");
                return Err(Discovery::of_file(Kind::CountDiffers, role, reason));
            }
        }
        Ok(())
    }

    /// A file that is the one which the manifest names, or in what it is another one.
    fn compared(&self, reading: Reading<'_>) -> Result<FileReport, Discovery> {
        let Reading { file, result } = reading;
        let found = |kind, reason: String| Err(Discovery::of_file(kind, file.role, reason));
        match result.join() {
            Ok(Ok(Digest { size, .. })) if size != file.size => {
                found(Kind::FileDiffers, format!("it has {size} bytes, and the manifest says {}", file.size))
            }
            Ok(Ok(Digest { sha256, .. })) if sha256 != file.sha256 => {
                found(Kind::FileDiffers, "its SHA-256 is not the one that the manifest names".to_owned())
            }
            Ok(Ok(Digest { sha256, .. })) => {
                Ok(FileReport { role: file.role, name: super::printable(&file.name), sha256 })
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                found(Kind::NotThere, format!("the manifest {} names it, and it is not beside it", self.name))
            }
            Ok(Err(error)) => found(Kind::NotThere, format!("it cannot be read: {error}")),
            Err(_) => found(Kind::NotThere, "reading it was given up".to_owned()),
        }
    }

    /// Gives discoveries the names of their files.
    fn findings(&self, discoveries: Vec<Discovery>) -> Vec<Finding> {
        let finding = |Discovery { kind, at, rows, id, reason }: Discovery| {
            let role = at.map(|(role, _)| role);
            let name = role.and_then(|role| self.file(role)).map_or(&self.name, |file| &file.name);
            let name = super::printable(name);
            let (seq, last_seq) = rows.unzip();
            Finding { kind, file: name, line: at.and_then(|(_, line)| line), seq, last_seq, id, reason }
        };
        discoveries.into_iter().map(finding).collect()
    }
}

/// Whether a name is that of a file and leads into no other folder.
fn is_plain_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\\', '\0'])
}
