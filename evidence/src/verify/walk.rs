//! Following the piece of a chain that an export shows, row by row, whether whole or left out.

use uuid::Uuid;

use super::finding::{Discovery, Kind};
use crate::{
    chain::{self, Hash, Header},
    manifest::{Gone, Manifest, Role},
};

/// What an export showed of its chain, as far as it was followed.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The hashes of rows that somebody else speaks of, in the order of their places.
    pub(super) hashes: Vec<(i64, Hash)>,
    /// The last row that is older than the period, and was not imported.
    pub(super) before: Option<i64>,
    /// The first row that is younger than the period, and was not imported.
    pub(super) after: Option<i64>,
    /// The last row of the period, whether shown whole or left out.
    pub(super) last_inside: Option<i64>,
    /// How many rows were imported.
    pub(super) imported: u64,
    /// Whether every row was there and is what was written.
    pub(super) is_whole: bool,
}

/// The end of a chain as a checkpoint has it that somebody holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HeadAt {
    /// When it was the end, in microseconds since 1970.
    pub(super) time: i64,
    /// Its place; 0 where the chain had no rows.
    pub(super) seq: i64,
}

/// By how much a row's time and a checkpoint's may differ, in microseconds: clocks, and rows that were about to be
/// committed.
const MARGIN: i64 = 60 * 1_000_000;

/// Rows with which the same is wrong, of which the first is told.
#[derive(Debug, Default)]
struct Tally {
    first: Option<(Role, u64, i64, Uuid)>,
    count: u64,
}

/// How far a piece was followed.
pub(super) struct Walk<'a> {
    manifest: &'a Manifest,
    /// The period, in microseconds since 1970.
    from: i64,
    to: i64,
    /// What no row can be younger than, because the export was begun then.
    until: i64,
    /// The places whose hashes are wanted that were not come to yet.
    wanted: &'a [i64],
    first: i64,
    last: i64,
    next: i64,
    hash: Hash,
    /// Rows further on that are not there any more.
    dropped: &'a [Gone],
    /// What the next row that was not imported is to be younger than.
    time: i64,
    /// The chain's ends that are held, in the order of their times, and how many of them are before and up to the row.
    heads: &'a [HeadAt],
    earlier: usize,
    up_to: usize,
    seen: Seen,
    omitted: Tally,
    not_asked_for: Tally,
    times: Tally,
    too_young: Tally,
    elsewhere: Tally,
}

impl Tally {
    fn add(&mut self, role: Role, line: u64, header: &Header<'_>) {
        self.first.get_or_insert((role, line, header.seq, header.id));
        self.count += 1;
    }

    fn into_discovery(self, kind: Kind, reason: &str) -> Option<Discovery> {
        let (role, line, seq, id) = self.first?;
        let reason = match self.count {
            1 => reason.to_owned(),
            count => format!("{reason}; so are {} others", count - 1),
        };
        Some(Discovery { id: Some(id), ..Discovery::in_line(kind, role, line, reason).of_rows(seq, seq) })
    }
}

impl<'a> Walk<'a> {
    /// Before the first row of the piece `first` to `last`. `wanted`: places in their order; `heads`: in the order of
    /// their times.
    pub(super) fn begin(
        manifest: &'a Manifest,
        (first, last): (i64, i64),
        wanted: &'a [i64],
        heads: &'a [HeadAt],
    ) -> Self {
        // A row's time is a whole number of microseconds, so that it is before an instant when it is before the next one.
        let microseconds = |instant: jiff::Timestamp| {
            let ceiling = -(-instant.as_nanosecond()).div_euclid(1000);
            i64::try_from(ceiling).unwrap_or(i64::MAX)
        };
        Self {
            manifest,
            from: microseconds(manifest.from),
            to: microseconds(manifest.to),
            until: microseconds(manifest.chain_end.read_at).saturating_add(MARGIN),
            wanted: &wanted[wanted.partition_point(|seq| *seq < first)..],
            first,
            last,
            next: first,
            hash: manifest.previous_hash,
            dropped: &manifest.dropped[manifest.dropped.partition_point(|gone| gone.last_seq < first)..],
            time: i64::MIN,
            heads,
            earlier: 0,
            up_to: 0,
            seen: Seen::default(),
            omitted: Tally::default(),
            not_asked_for: Tally::default(),
            times: Tally::default(),
            too_young: Tally::default(),
            elsewhere: Tally::default(),
        }
    }

    /// Goes on to a row. Errors: from here on nothing can be said any more.
    pub(super) fn step(
        &mut self,
        role: Role,
        line: u64,
        header: &Header<'_>,
        body_hash: &Hash,
        hash: &Hash,
    ) -> Result<(), Discovery> {
        let found = |kind, reason: &str| Err(Discovery::in_line(kind, role, line, reason).of_row(header));
        let seq = header.seq;
        self.skip_dropped(seq);
        if seq > self.last {
            return found(Kind::Inserted, "it stands beyond the last row that the manifest names");
        } else if seq < self.first {
            return found(Kind::Inserted, "it stands before the first row that the manifest names");
        } else if seq.checked_add(1) == Some(self.next) {
            return found(Kind::Twice, "it is there a second time");
        } else if seq < self.next {
            return found(Kind::Reordered, "it stands after rows that come after it in the chain");
        } else if seq > self.next {
            let missing = Discovery::in_line(Kind::Missing, role, line, "between the row before and this line");
            return Err(missing.of_rows(self.next, seq - 1));
        } else if header.org_id != self.manifest.organization.id {
            return found(Kind::Moved, "it is another organization's");
        } else if chain::link(&self.hash, &chain::row_hash(&header.hash(), body_hash)) != *hash {
            return found(Kind::Altered, "its hash is not that of its content and of the row before");
        }
        let follows_dropped = || self.manifest.dropped.first().is_some_and(|gone| gone.is_all_before(self.first));
        if seq == self.first && seq != 1 && !self.is_older(role, header) && !follows_dropped() {
            return found(
                Kind::Incomplete,
                "the rows begin with it, and it is neither the chain's first one nor left out as older than the period",
            );
        }
        self.judge(role, line, header);
        // Of those that retention dropped, nobody sees the hashes.
        while let Some((wanted, rest)) = self.wanted.split_first()
            && *wanted < seq
        {
            self.wanted = rest;
        }
        if self.wanted.first() == Some(&seq) {
            self.wanted = &self.wanted[1..];
            self.seen.hashes.push((seq, *hash));
        }
        (self.next, self.hash) = (seq.saturating_add(1), *hash);
        Ok(())
    }

    /// Goes over rows that are not there any more, if the row with this place is the one after them.
    fn skip_dropped(&mut self, seq: i64) {
        if let Some((gone, rest)) = self.dropped.split_first()
            && gone.first_seq == self.next
            && gone.last_seq.checked_add(1) == Some(seq)
        {
            (self.next, self.hash, self.dropped) = (seq, gone.last_hash, rest);
        }
    }

    /// Whether nothing that comes before a row can be of the period, but for what was imported.
    fn is_older(&self, role: Role, header: &Header<'_>) -> bool {
        role == Role::LeftOut && !header.is_imported && header.created_at < self.from
    }

    /// Notes what a row says of the period.
    fn judge(&mut self, role: Role, line: u64, header: &Header<'_>) {
        let time = header.created_at;
        let is_inside = (self.from..self.to).contains(&time);
        let is_asked_for = is_inside
            && is_among(self.manifest.actions.as_deref(), header.action)
            && is_among(self.manifest.resource_types.as_deref(), header.resource_type);
        match (role, is_asked_for) {
            (Role::LeftOut, true) => self.omitted.add(role, line, header),
            (Role::Rows, false) => self.not_asked_for.add(role, line, header),
            (Role::Rows, true) | (Role::LeftOut, false) => {}
        }
        if is_inside {
            self.seen.last_inside = Some(header.seq);
        }
        if header.is_imported {
            self.seen.imported += 1;
            return;
        }
        if time <= self.time {
            self.times.add(role, line, header);
        }
        self.time = time;
        if time > self.until {
            self.too_young.add(role, line, header);
        }
        if !self.fits(header) {
            self.elsewhere.add(role, line, header);
        }
        if time < self.from {
            self.seen.before = Some(header.seq);
        } else if time >= self.to && self.seen.after.is_none() {
            self.seen.after = Some(header.seq);
        }
    }

    /// Whether a row stands before the ends of the chain that are younger than it, and after those that are older. Both
    /// go up, as rows do, so that each is looked at once.
    fn fits(&mut self, header: &Header<'_>) -> bool {
        while self.heads.get(self.earlier).is_some_and(|head| head.time < header.created_at.saturating_sub(MARGIN)) {
            self.earlier += 1;
        }
        while self.heads.get(self.up_to).is_some_and(|head| head.time <= header.created_at.saturating_add(MARGIN)) {
            self.up_to += 1;
        }
        let is_after_older = self.earlier.checked_sub(1).is_none_or(|last| header.seq > self.heads[last].seq);
        is_after_older && self.heads.get(self.up_to).is_none_or(|head| header.seq <= head.seq)
    }

    /// The end of the files, or of what can be followed: what was found wrong on the way comes before `broken`.
    pub(super) fn end(mut self, broken: Option<Discovery>) -> (Seen, Vec<Discovery>) {
        self.seen.is_whole = broken.is_none();
        let at_the_end = if broken.is_none() { self.incomplete() } else { None };
        if at_the_end.as_ref().is_some_and(|discovery| discovery.kind != Kind::Incomplete) {
            self.seen.is_whole = false;
        }
        let gone = |gone: &Gone| {
            let reason = "retention has dropped them, the manifest says: nothing shows whether they were of the period";
            Discovery::new(Kind::Dropped, reason).of_rows(gone.first_seq, gone.last_seq)
        };
        let mut discoveries: Vec<Discovery> = [
            self.omitted.into_discovery(Kind::Omitted, "it was asked for and is left out"),
            self.not_asked_for.into_discovery(Kind::NotAskedFor, "it is shown and was not asked for"),
            self.times.into_discovery(Kind::Time, "it is not younger than the row before"),
            self.too_young.into_discovery(Kind::Inconsistent, "it is younger than the export, by chain_end.read_at"),
            self.elsewhere.into_discovery(Kind::Rewritten, "a checkpoint has the chain end elsewhere at its time"),
        ]
        .into_iter()
        .flatten()
        .chain(self.manifest.dropped.iter().map(gone))
        .collect();
        discoveries.sort_by_key(|discovery| discovery.rows);
        discoveries.extend(broken);
        discoveries.extend(at_the_end);
        (self.seen, discoveries)
    }

    /// What is wrong with the end.
    fn incomplete(&self) -> Option<Discovery> {
        let Manifest { last_hash, chain_end, .. } = self.manifest;
        if self.next <= self.last {
            let missing = Discovery::new(Kind::Missing, "the files end before them");
            return Some(missing.of_rows(self.next, self.last));
        } else if self.hash != *last_hash {
            let reason = "the last row has another hash than the manifest names";
            return Some(Discovery::new(Kind::Inconsistent, reason).of_rows(self.last, self.last));
        }
        let is_chain_end = self.last == chain_end.seq && self.hash == chain_end.hash;
        if self.seen.after.is_some() || is_chain_end {
            return None;
        }
        let reason = "the rows end with it, and it is neither the chain's last one nor does one follow on the period";
        Some(Discovery::new(Kind::Incomplete, reason).of_rows(self.last, self.last))
    }
}

/// Whether a filter lets something through. One that names nothing lets nothing through.
fn is_among(names: Option<&[String]>, name: &str) -> bool {
    names.is_none_or(|names| names.iter().any(|one| one == name))
}
