//! Several exports of one organization: whether between them anything is left that none has.

use jiff::Timestamp;

use super::{
    export::Export,
    finding::{Finding, Kind},
    walk::Seen,
};

/// Up to where exports have everything.
struct Reached<'a> {
    /// The first row of which it is not known any more that it is of the time before.
    next: i64,
    /// That time's end.
    until: Timestamp,
    name: &'a str,
}

/// The rows that lie between the periods of exports of one organization, which have to be whole.
pub(super) fn gaps(exports: &[(&Export, &Seen)]) -> Vec<Finding> {
    let mut exports = exports.to_vec();
    exports.sort_by_key(|(export, _)| (export.manifest.from, export.manifest.to));
    let mut reached: Option<Reached<'_>> = None;
    let mut findings = Vec::new();
    for (export, seen) in exports {
        let manifest = &export.manifest;
        let before = seen.before.unwrap_or(manifest.first_seq.unwrap_or(1).saturating_sub(1));
        if let Some(Reached { next, until, name }) = &reached
            && before >= *next
        {
            let from = manifest.from;
            let reason =
                format!("of {until} to {from}: they are neither in the period of this export nor in that of {name}");
            findings.push(Finding::new(Kind::Gap, &export.name, reason).of_rows(*next, before));
        }
        let here = Reached {
            next: seen.after.unwrap_or(manifest.last_seq.unwrap_or(0).saturating_add(1)),
            until: match seen.after {
                Some(_) => manifest.to,
                None => manifest.to.min(manifest.chain_end.read_at),
            },
            name: &export.name,
        };
        if reached.as_ref().is_none_or(|reached| reached.next < here.next) {
            reached = Some(here);
        }
    }
    findings
}

/// What an export shows of the chain, between rows that were dropped.
fn spans(export: &Export) -> Vec<(i64, i64)> {
    let manifest = &export.manifest;
    let (Some(begin), Some(last)) = (manifest.first_seq, manifest.last_seq) else { return Vec::new() };
    let (mut spans, mut first) = (Vec::new(), begin);
    for gone in manifest.dropped.iter().skip_while(|gone| gone.is_all_before(begin)) {
        spans.push((first, gone.first_seq.saturating_sub(1)));
        first = gone.last_seq.saturating_add(1);
    }
    spans.push((first, last));
    spans
}

/// The pieces of a chain that exports show without a row missing between them: the first place and the last.
pub(super) fn pieces(exports: &[(&Export, &Seen)]) -> Vec<(i64, i64)> {
    let mut spans: Vec<(i64, i64)> = exports.iter().flat_map(|(export, _)| spans(export)).collect();
    spans.sort_unstable();
    let mut pieces: Vec<(i64, i64)> = Vec::new();
    for (first, last) in spans {
        match pieces.last_mut() {
            Some(piece) if first <= piece.1.saturating_add(1) => piece.1 = piece.1.max(last),
            _ => pieces.push((first, last)),
        }
    }
    pieces
}
