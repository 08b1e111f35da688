//! Checkpoints: whether each is what was signed, and each is tied to the one before.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

use super::{
    Material, Progress,
    document::{self, Document},
    finding::{Finding, Kind},
    signers::Signers,
};
use crate::{
    chain::Hash,
    checkpoint::{self, Checkpoint, Head, Previous},
    hex, signature,
};

/// How old the newest one may be: there is one a day, and a day may go wrong.
const STALE: SignedDuration = SignedDuration::from_hours(48);

/// By how much clocks may differ.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// A checkpoint, without the heads of organizations that nobody asks for.
pub(super) struct Held {
    pub(super) name: String,
    path: PathBuf,
    pub(super) date: Date,
    pub(super) created_at: Timestamp,
    pub(super) sha256: Hash,
    previous: Option<Previous>,
    /// Whether its heads are in order.
    pub(super) is_consistent: bool,
    pub(super) heads: BTreeMap<Uuid, Head>,
}

/// Reads checkpoints, in the order of their days.
pub(super) fn read(
    material: &Material,
    organizations: &[Uuid],
    signers: &mut Signers<'_>,
    progress: &dyn Progress,
) -> (Vec<Held>, Vec<Finding>) {
    let (mut checkpoints, mut findings) = (Vec::new(), Vec::new());
    for path in &material.checkpoints {
        let name = material.name(path);
        progress.advance(Material::length(path));
        match document::open::<Checkpoint>(signature::Kind::Checkpoint, path) {
            Ok(document) => {
                signers.saw(signature::Kind::Checkpoint, &document.signer, document.public_key, &name);
                let (held, found) = held(name, path, &document, organizations);
                findings.extend(found);
                checkpoints.push(held);
            }
            Err((kind, reason)) => findings.push(Finding::new(kind, &name, reason)),
        }
    }
    checkpoints.sort_by_key(|held| (held.date, held.sha256));
    // A copy of the same file is none of another checkpoint.
    checkpoints.dedup_by(|one, other| one.sha256 == other.sha256);
    (checkpoints, findings)
}

fn held(name: String, path: &Path, document: &Document<Checkpoint>, organizations: &[Uuid]) -> (Held, Vec<Finding>) {
    let says = &document.says;
    let is_consistent = says.is_consistent();
    let day = day_of(path);
    let findings = [
        (says.format != checkpoint::FORMAT, "its format is one that this version does not know"),
        (!is_consistent, "its heads are not in their order, or its root is not theirs"),
        (day.is_some_and(|day| day != says.date), "it is another day's than the name of its file says"),
        (says.created_at.to_zoned(TimeZone::UTC).date() != says.date, "it was not made on its day"),
    ];
    let findings = findings.into_iter().filter(|(is_wrong, _)| *is_wrong);
    let findings = findings.map(|(_, reason)| Finding::new(Kind::Inconsistent, &name, reason)).collect();
    let heads = organizations.iter().filter(|_| is_consistent).filter_map(|id| Some((*id, *says.head_of(*id)?)));
    let held = Held {
        name: name.clone(),
        path: path.to_owned(),
        date: says.date,
        created_at: says.created_at,
        sha256: document.sha256,
        previous: says.previous.clone(),
        is_consistent,
        heads: heads.collect(),
    };
    (held, findings)
}

/// The day in whose place a file lies, where it lies as in the store: `…/2026/11/01.json`.
fn day_of(path: &Path) -> Option<Date> {
    let mut parts = path.iter().rev().map(|part| part.to_str().unwrap_or_default());
    let mut number = |suffix: &str, digits: usize| {
        let digits_of = parts.next()?.strip_suffix(suffix)?;
        let is_number = digits_of.len() == digits && digits_of.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { digits_of.parse::<i16>().ok() } else { None }
    };
    let (day, month, year) = (number(".json", 2)?, number("", 2)?, number("", 4)?);
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// What is wrong with checkpoints as a row, which are in the order of their days.
pub(super) fn examine(checkpoints: &[Held], as_of: Timestamp, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let days: Vec<&[Held]> = checkpoints.chunk_by(|one, other| one.date == other.date).collect();
    for day in &days {
        for other in &day[1..] {
            let reason = format!("{} is of the same day and another file", day[0].name);
            findings.push(Finding::new(Kind::TwoOfADay, &other.name, reason));
        }
    }
    for pair in days.windows(2) {
        findings.extend(pair[1].iter().filter_map(|checkpoint| unlinked(pair[0], checkpoint)));
    }
    let mut before: Option<(&Held, Vec<Head>)> = None;
    for checkpoint in checkpoints.iter().filter(|checkpoint| checkpoint.is_consistent) {
        let Some(heads) = heads_of(checkpoint) else {
            findings.push(Finding::new(Kind::NotThere, &checkpoint.name, "it was changed while it was looked at"));
            continue;
        };
        if let Some((before, earlier)) = &before {
            findings.extend(set_back(before, earlier, checkpoint, &heads));
        }
        before = Some((checkpoint, heads));
    }
    if let Some(newest) = checkpoints.last()
        && now.duration_until(newest.created_at) > AHEAD
    {
        let reason = format!("it would be made in a time to come, {}", newest.created_at);
        findings.push(Finding::new(Kind::Inconsistent, &newest.name, reason));
    }
    if let Some(newest) = checkpoints.last()
        && as_of.duration_since(newest.created_at) > STALE
    {
        let reason = format!("it is the newest one, of {}: none was made for more than 48 hours", newest.created_at);
        findings.push(Finding::new(Kind::Stale, &newest.name, reason));
    }
    findings
}

/// How a checkpoint is not tied to the day before.
fn unlinked(before: &[Held], checkpoint: &Held) -> Option<Finding> {
    let found = |kind, reason: String| Some(Finding::new(kind, &checkpoint.name, reason));
    let last = &before[0];
    match &checkpoint.previous {
        None => found(Kind::NotLinked, format!("it names none before it, and there is one of {}", last.date)),
        Some(previous) if previous.date >= checkpoint.date => {
            found(Kind::NotLinked, format!("the one before it would be of {}", previous.date))
        }
        Some(previous) if previous.date > last.date => {
            found(Kind::NotThere, format!("the one before it, of {}, is not there", previous.date))
        }
        Some(previous) if previous.date < last.date => {
            found(Kind::NotLinked, format!("it is tied to the one of {}, past that of {}", previous.date, last.date))
        }
        Some(previous) if before.iter().all(|held| held.sha256 != previous.sha256) => {
            found(Kind::NotLinked, format!("the file of {} is not the one that it is tied to", last.date))
        }
        Some(_) if checkpoint.created_at <= last.created_at => {
            found(Kind::NotLinked, format!("it was not made after the one of {}", last.date))
        }
        Some(_) => None,
    }
}

/// Heads again, so that no more than two checkpoints' are in memory at once.
fn heads_of(checkpoint: &Held) -> Option<Vec<Head>> {
    let document = document::open::<Checkpoint>(signature::Kind::Checkpoint, &checkpoint.path).ok()?;
    (document.sha256 == checkpoint.sha256).then_some(document.says.heads)
}

/// The first chain whose end in a checkpoint contradicts the one before.
fn set_back(before: &Held, earlier: &[Head], checkpoint: &Held, heads: &[Head]) -> Option<Finding> {
    let found = |head: &Head, what: &str| {
        let organization = hex::encode(&head.organization);
        let reason = format!("{what} the checkpoint {} (organization {organization})", before.name);
        Some(Finding::new(Kind::SetBack, &checkpoint.name, reason).of_rows(head.seq, head.seq))
    };
    earlier.iter().find_map(|head| {
        let now = heads.binary_search_by_key(&head.organization, |head| head.organization);
        match now.map(|position| heads[position]) {
            Err(_) => found(head, "a chain is not in it any more that ends here in"),
            Ok(now) if now.seq < head.seq => found(head, "a chain ends before this row, which was its end in"),
            Ok(now) if now.seq == head.seq && now.hash != head.hash => found(head, "it has another hash than in"),
            Ok(_) => None,
        }
    })
}

/// What is not wrong with them, but should be known.
pub(super) fn notes(checkpoints: &[Held]) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(Held { date, previous: Some(previous), .. }) = checkpoints.first() {
        notes.push(format!(
            "The checkpoints begin with that of {date}; the one before it, of {}, is not here.",
            previous.date
        ));
    }
    let skipped = |pair: &[Held]| {
        let days = pair[0].date.until(pair[1].date).map_or(1, |span| span.get_days());
        u64::try_from(days - 1).unwrap_or_default()
    };
    let skipped: u64 = checkpoints.windows(2).map(skipped).sum();
    if skipped > 0 {
        notes.push(format!("For {skipped} days between the first and the last checkpoint there is none."));
    }
    notes
}
