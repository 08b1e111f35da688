//! Finding out what is wrong with a chain: it is followed by place, and past what breaks it, since what comes later may
//! say what happened.

use eleva::audit::chain::{self, Hash, Header};
use tokio_postgres::Transaction;

use super::{
    copy::{self, Order},
    finding::{Discovery, Kind},
    gap::{Gap, Place},
    row::{Malformed, Row},
    walk::{Break, End, Walk},
};
use crate::audit::{error::AuditError, organization::Organization};

/// What was found in a chain, and the row, if it may be one of another chain's: its message, to look for where it was.
pub(super) struct Diagnosis {
    pub(super) discovery: Discovery,
    pub(super) stray: Option<Vec<u8>>,
}

/// A chain that is followed past what breaks it.
struct Suspect {
    walk: Walk,
    broken: Option<Broken>,
}

/// The first row with which something is the matter.
struct Broken {
    what: Break,
    message: Vec<u8>,
    place: Place,
    is_intact: bool,
    prev_hash: Hash,
    hash: Hash,
    /// The row before it, and that one's hash.
    before: Option<Place>,
    before_hash: Hash,
    /// Another row has the same place.
    has_twin: bool,
    /// The row whose place it has, and which has its place.
    swapped_with: Option<i64>,
    /// The row that it is linked to stands here.
    linked_to: Option<i64>,
    /// The next row is linked to it.
    is_continued: bool,
}

/// Follows an organization's chain. `None`: nothing is wrong with it.
pub(super) async fn examine(
    transaction: &Transaction<'_>,
    organization: &Organization,
) -> Result<Option<Diagnosis>, AuditError> {
    let mut suspect = Suspect { walk: Walk::begin(organization.id, organization.head), broken: None };
    let mut outcome = Ok(());
    copy::rows(transaction, Some(organization.id), Order::Seq, |message, row| {
        if outcome.is_ok() {
            outcome = suspect.step(message, row);
        }
    })
    .await?;
    outcome?;
    Ok(suspect.conclude(organization)?)
}

impl Suspect {
    fn step(&mut self, message: &[u8], row: &Row<'_>) -> Result<(), Malformed> {
        match &mut self.broken {
            None => {
                if let Err(what) = self.walk.step(row) {
                    self.broken = Some(Broken::new(what, message, row, &self.walk));
                }
            }
            Some(broken) => {
                broken.compare(row)?;
                if row.is_intact() {
                    self.walk.learn(row);
                }
            }
        }
        Ok(())
    }

    fn conclude(mut self, organization: &Organization) -> Result<Option<Diagnosis>, Malformed> {
        let head_seq = organization.head.seq;
        let Some(broken) = self.broken else {
            let discovery = self.walk.end().err().map(|end| discover_end(end, head_seq));
            return Ok(discovery.map(|discovery| Diagnosis { discovery, stray: None }));
        };
        let next = self.walk.next();
        let tail = (broken.what == Break::BeyondHead && next <= head_seq).then_some((next, head_seq));
        let lost = self.walk.unexplained_gap();
        let hole = lost.map(|gap| (gap.first_seq, gap.last_seq)).or(tail);
        if let Some((first_seq, last_seq)) = hole.filter(|(first_seq, _)| *first_seq <= broken.place.seq) {
            let row = Row::parse(&broken.message)?;
            if !broken.is_intact && row.would_be_intact(organization.id, first_seq) {
                let place = Place { seq: first_seq, ..broken.place };
                let reason = format!("it stands at place {} instead", broken.place.seq);
                return Ok(Some(Diagnosis { discovery: Discovery::at(Kind::Reordered, place, reason), stray: None }));
            }
            let discovery = match lost {
                Some(gap) => discover_end(End::Gap(gap), head_seq),
                None => Discovery::missing(first_seq, last_seq, Some(broken.place), "the chain's end knows them"),
            };
            // What is missing here may be what was found elsewhere, not the other way round.
            return Ok(Some(Diagnosis { discovery, stray: None }));
        }
        broken.discover(organization).map(Some)
    }
}

/// What is the matter with a chain whose rows are all right.
fn discover_end(end: End, head_seq: i64) -> Discovery {
    match end {
        End::Gap(Gap { first_seq, last_seq, next, .. }) => {
            let reason = "no row says that they were dropped for their age, with the hashes that they leave behind";
            Discovery::missing(first_seq, last_seq, Some(next), reason)
        }
        End::Tail(first_seq) => {
            Discovery::missing(first_seq, head_seq, None, "the chain's end in audit_heads knows them")
        }
        End::Head(what) => Discovery {
            kind: Kind::HeadDiffers,
            seq: head_seq,
            last_seq: head_seq,
            row: None,
            reason: format!("the last row's {what} is not the one in audit_heads"),
        },
    }
}

impl Broken {
    fn new(what: Break, message: &[u8], row: &Row<'_>, walk: &Walk) -> Self {
        Self {
            what,
            message: message.to_vec(),
            place: Place::of(row),
            is_intact: row.is_intact(),
            prev_hash: row.prev_hash,
            hash: row.hash,
            before: walk.last(),
            before_hash: walk.hash(),
            has_twin: false,
            swapped_with: None,
            linked_to: None,
            is_continued: false,
        }
    }

    /// Looks at a row further on: whether it has to do with this one.
    fn compare(&mut self, row: &Row<'_>) -> Result<(), Malformed> {
        let seq = row.header.seq;
        self.has_twin |= seq == self.place.seq;
        self.is_continued |= seq == self.place.seq + 1 && row.prev_hash == self.hash;
        if row.hash == self.prev_hash {
            self.linked_to = Some(seq);
        }
        if self.what == Break::Content && self.swapped_with.is_none() && !row.is_intact() {
            let own = Row::parse(&self.message)?;
            if are_swapped(&own, row) {
                self.swapped_with = Some(seq);
            }
        }
        Ok(())
    }

    fn discover(self, organization: &Organization) -> Result<Diagnosis, Malformed> {
        let place = self.place;
        let row = Row::parse(&self.message)?;
        let would_be = |seq: Option<i64>| seq.is_some_and(|seq| row.would_be_intact(organization.id, seq));
        let discovery = match self.what {
            Break::BeyondHead => {
                let reason = format!("the chain ends with row {} in audit_heads", organization.head.seq);
                Discovery::at(Kind::Inserted, place, reason)
            }
            // Of two rows with one place the next one is linked to the one that was always there.
            Break::Twice => match self.before {
                Some(before) if before.seq == place.seq && self.is_genuine(organization) => {
                    Discovery::at(Kind::Inserted, before, "another row has its place, and the chain goes on from that")
                }
                _ => Discovery::at(Kind::Inserted, place, "another row has its place"),
            },
            Break::Content | Break::Link if self.has_twin => {
                Discovery::at(Kind::Inserted, place, "another row has its place")
            }
            Break::Content => match self.swapped_with {
                Some(other) => Discovery::at(Kind::Reordered, place, format!("it and row {other} changed places")),
                None if would_be(place.seq.checked_sub(1)) => {
                    let reason = format!("the row after it was number {}", place.seq - 1);
                    let inserted = self.before.unwrap_or(place);
                    Discovery::at(Kind::Inserted, inserted, reason)
                }
                None if would_be(place.seq.checked_add(1)) => {
                    let reason = format!("the row that has its number was number {}", place.seq + 1);
                    Discovery::missing(place.seq, place.seq, Some(place), reason)
                }
                None => Discovery::at(Kind::Altered, place, "its hash is not that of its content"),
            },
            Break::Link => match self.linked_to {
                Some(other) => Discovery::at(Kind::Reordered, place, format!("it is linked to row {other}")),
                None => {
                    let reason = "it is not linked to the row before; one of both was replaced, with a hash of its own";
                    Discovery::at(Kind::Relinked, place, reason)
                }
            },
            Break::Time => Discovery::at(Kind::Reordered, place, "it is not younger than the row before"),
        };
        let may_be_another_chains = !self.is_intact && matches!(discovery.kind, Kind::Altered | Kind::Inserted);
        let stray =
            (may_be_another_chains && discovery.row.is_some_and(|row| row.id == place.id)).then_some(self.message);
        Ok(Diagnosis { discovery, stray })
    }

    /// Whether the chain goes on from this row rather than from the one before, whose place it has.
    fn is_genuine(&self, organization: &Organization) -> bool {
        let is_last = self.place.seq == organization.head.seq;
        let goes_on = self.is_continued || (is_last && self.hash == organization.head.hash);
        self.is_intact && goes_on && self.hash != self.before_hash
    }
}

/// Whether each of two rows holds where the other one stands, with or without its time, its links left behind or not.
fn are_swapped(one: &Row<'_>, other: &Row<'_>) -> bool {
    [false, true].into_iter().any(|with_time| {
        let holds = |row: &Row<'_>, at: &Row<'_>, links: &Row<'_>| {
            let created_at = if with_time { at.header.created_at } else { row.header.created_at };
            let header = Header { seq: at.header.seq, created_at, ..row.header };
            chain::link(&links.prev_hash, &chain::row_hash(&header.hash(), &row.body.hash())) == links.hash
        };
        (holds(one, other, one) && holds(other, one, other)) || (holds(one, other, other) && holds(other, one, one))
    })
}
