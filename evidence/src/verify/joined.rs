//! Several exports: whether they are of the organizations that they name, and whether anything is left between those of
//! one that none has.

use std::collections::BTreeMap;

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

/// Exports that name the id at WorkOS of another export's organization, and are of another one.
pub(super) fn misnamed(exports: &[Export]) -> Vec<Finding> {
    let mut owners: BTreeMap<&str, &Export> = BTreeMap::new();
    let mut findings = Vec::new();
    for export in exports {
        let organization = &export.manifest.organization;
        let Some(name) = organization.workos_org_id.as_deref() else { continue };
        let first = *owners.entry(name).or_insert(export);
        if first.manifest.organization.id != organization.id {
            let reason = format!("it names the same organization at WorkOS as {}, and is of another one", first.name);
            findings.push(Finding::new(Kind::Contradiction, &export.name, reason));
        }
    }
    findings
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

/// Up to which row exports show all that is of one's period, `pieces` being what they show together. Its own row from
/// after the period says that all further ones are younger. Without one, rows that others show may be of the period and
/// not in it, whatever filter those have: unless one of a later time goes on from where it ends.
pub(super) fn reach((export, seen): (&Export, &Seen), pieces: &[(i64, i64)], whole: &[(&Export, &Seen)]) -> i64 {
    let last = export.manifest.last_seq.unwrap_or(0);
    let joined = |seq: i64| pieces.iter().find(|piece| (piece.0..=piece.1).contains(&seq)).map_or(seq, |piece| piece.1);
    if seen.after.is_some() {
        return joined(last);
    }
    let goes_on = whole.iter().filter_map(|(later, shows)| {
        let (first, end) = (later.manifest.first_seq?, later.manifest.last_seq?);
        let before = shows.before.unwrap_or(first.saturating_sub(1));
        let is_next = later.manifest.from >= export.manifest.to && before <= last;
        is_next.then(|| if shows.after.is_some() { joined(end) } else { end })
    });
    goes_on.fold(last, i64::max)
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
