//! Following one chain from its beginning.

use eleva::audit::chain::{self, Hash};
use evidence::dropped::Dropped;
use uuid::Uuid;

use super::{
    gap::{self, Gap, Place},
    row::Row,
};
use crate::audit::organization::Head;

/// How many gaps are followed. Retention leaves one or two; a chain with more than this has lost rows otherwise.
const MOST_GAPS: usize = 65_536;

/// What stops a walk: what is the matter with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// It stands after the chain's end.
    BeyondHead,
    /// Its place is that of a row before.
    Twice,
    /// Its hash is not that of its content.
    Content,
    /// It is not linked to the row before.
    Link,
    /// It is not younger than the row before.
    Time,
}

/// What is the matter with a chain whose rows are all right.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    /// Rows are missing, and nothing says that they were dropped.
    Gap(Gap),
    /// The rows from here on are missing.
    Tail(i64),
    /// The last row is not the one that the head knows, in this regard.
    Head(&'static str),
}

/// How far a chain was followed.
#[derive(Debug)]
pub(super) struct Walk {
    head: Head,
    /// The place that the next row is to have.
    next: i64,
    /// The hash that the next row is to be linked to.
    hash: Hash,
    /// What the next row is to be younger than, microseconds since 1970.
    time: i64,
    last: Option<Place>,
    /// When the last row of all was appended, if it is an imported one.
    last_imported_at: Option<i64>,
    gaps: Vec<Gap>,
    dropped: Vec<Dropped>,
}

impl Walk {
    /// At the beginning of an organization's chain.
    pub(super) fn begin(org_id: Uuid, head: Head) -> Self {
        Self {
            head,
            next: 1,
            hash: chain::genesis(org_id),
            time: i64::MIN,
            last: None,
            last_imported_at: None,
            gaps: Vec::new(),
            dropped: Vec::new(),
        }
    }

    /// The next place.
    pub(super) fn next(&self) -> i64 {
        self.next
    }

    /// The hash of the last row.
    pub(super) fn hash(&self) -> Hash {
        self.hash
    }

    /// The last row.
    pub(super) fn last(&self) -> Option<Place> {
        self.last
    }

    /// Goes on to the next row, unless something is the matter with it.
    pub(super) fn step(&mut self, row: &Row<'_>) -> Result<(), Break> {
        let seq = row.header.seq;
        if seq > self.head.seq {
            return Err(Break::BeyondHead);
        } else if seq < self.next {
            return Err(Break::Twice);
        }
        let follows = seq == self.next;
        if !follows {
            self.skip(row);
        }
        if !row.is_intact() {
            return Err(Break::Content);
        } else if follows && row.prev_hash != self.hash {
            return Err(Break::Link);
        }
        let is_last = seq == self.head.seq;
        let imported_at = if row.header.created_at <= self.time || is_last { row.imported_at() } else { None };
        // An imported row is older than its place says. Otherwise its own time is as good, being before that.
        let time = match imported_at {
            Some(imported_at) if row.header.created_at <= self.time => imported_at,
            _ => row.header.created_at,
        };
        if time <= self.time {
            return Err(Break::Time);
        }
        self.learn(row);
        if is_last {
            self.last_imported_at = imported_at;
        }
        (self.next, self.hash, self.time, self.last) = (seq + 1, row.hash, time, Some(Place::of(row)));
        Ok(())
    }

    /// Notes what a row says about rows that were dropped. It may stand anywhere after them.
    pub(super) fn learn(&mut self, row: &Row<'_>) {
        if let Some(dropped) = gap::told(row)
            && self.dropped.len() < MOST_GAPS
        {
            self.dropped.push(dropped);
        }
    }

    fn skip(&mut self, row: &Row<'_>) {
        if self.gaps.len() <= MOST_GAPS {
            self.gaps.push(Gap::between(self.next, self.hash, row));
        }
    }

    /// The first gap that nothing explains.
    pub(super) fn unexplained_gap(&mut self) -> Option<Gap> {
        self.dropped.sort_unstable_by_key(|dropped| dropped.first_seq);
        let of_too_many = self.gaps.get(MOST_GAPS).copied();
        self.gaps.iter().find(|gap| !gap.is_explained(&self.dropped)).copied().or(of_too_many)
    }

    /// Whether the chain ends as its head says.
    pub(super) fn end(mut self) -> Result<(), End> {
        if let Some(gap) = self.unexplained_gap() {
            return Err(End::Gap(gap));
        }
        let Head { seq, hash, created_at } = self.head;
        if self.next <= seq {
            return Err(End::Tail(self.next));
        } else if self.hash != hash {
            return Err(End::Head("hash"));
        }
        match self.last {
            Some(last) if last.created_at != created_at && self.last_imported_at != Some(created_at) => {
                Err(End::Head("time"))
            }
            _ => Ok(()),
        }
    }
}
