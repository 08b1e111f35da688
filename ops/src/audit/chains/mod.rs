//! Verifying chains: whether every organization's rows are those that were written, all of them and in their order.
//!
//! All of it is read in one snapshot. First the rows of all chains go by in the order of their key, which is the order
//! of a chain as it grows; memory does not grow with their number. A chain in which anything does not fit, be it because
//! rows of earlier times were imported into it, is then followed by place, which sorts it, and that decides.

mod copy;
mod finding;
mod gap;
mod origin;
mod row;
mod suspect;
mod walk;

use jiff::Timestamp;
use tokio_postgres::{Client, IsolationLevel};
use uuid::Uuid;

use self::{copy::Order, row::Row, suspect::Diagnosis, walk::Walk};
pub(super) use self::{finding::Finding, row::Malformed};
use super::{
    error::AuditError,
    organization::{self, Head, Organization},
};
use crate::progress::Progress;

/// What a verification came to.
pub(super) struct Verdict {
    /// How many organizations' chains were followed.
    pub(super) organizations: usize,
    /// How many rows were read.
    pub(super) rows: u64,
    /// What is wrong, for each organization where something is.
    pub(super) findings: Vec<Finding>,
}

/// Verifies the chain of one organization, or all of them.
pub(super) async fn verify(client: &mut Client, only: Option<Uuid>) -> Result<Verdict, AuditError> {
    let transaction = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let transaction = transaction.start().await?;
    // Whoever does not see all rows is told so instead of being shown some.
    transaction.batch_execute("set local row_security = off").await?;
    let organizations = organization::read_all(&transaction).await?;
    let mut passage = Passage::new(&organizations, only);
    copy::rows(&transaction, only, Order::Time, |_, row| passage.row(row)).await?;
    let (organizations_seen, rows, suspects) = passage.end();

    let mut diagnoses = Vec::new();
    for suspect in suspects {
        if let Some(diagnosis) = suspect::examine(&transaction, &suspect).await? {
            diagnoses.push((suspect, diagnosis));
        }
    }
    transaction.commit().await?;
    let origins = origin::find(&mut diagnoses, &organizations)?;
    let findings = diagnoses
        .into_iter()
        .zip(origins)
        .map(|((organization, diagnosis), moved_from)| finding_of(organization, diagnosis, moved_from));
    Ok(Verdict { organizations: organizations_seen, rows, findings: findings.collect() })
}

fn finding_of(organization: Organization, diagnosis: Diagnosis, moved_from: Option<Uuid>) -> Finding {
    let discovery = diagnosis.discovery;
    Finding {
        org_id: organization.id,
        workos_org_id: organization.workos_org_id,
        kind: discovery.kind,
        seq: discovery.seq,
        last_seq: discovery.last_seq,
        id: discovery.row.map(|row| row.id),
        created_at: discovery.row.and_then(|row| Timestamp::from_microsecond(row.created_at).ok()),
        moved_from,
        reason: discovery.reason,
    }
}

/// The rows of all chains going by, one chain after the other.
struct Passage<'a> {
    /// The organizations whose rows are to come, in the order of their ids.
    coming: &'a [Organization],
    current: Option<Current<'a>>,
    suspects: Vec<Organization>,
    organizations: usize,
    rows: u64,
    progress: Progress,
}

/// The chain whose rows go by.
struct Current<'a> {
    organization: Whose<'a>,
    walk: Walk,
    is_broken: bool,
}

/// An organization, or one that only rows know.
enum Whose<'a> {
    Known(&'a Organization),
    Unknown(Uuid),
}

impl<'a> Passage<'a> {
    fn new(organizations: &'a [Organization], only: Option<Uuid>) -> Self {
        let coming = match only {
            None => organizations,
            Some(id) => match organizations.binary_search_by_key(&id, |organization| organization.id) {
                Ok(at) => &organizations[at..=at],
                Err(_) => &[],
            },
        };
        let expected = coming.iter().map(|organization| organization.head.seq.unsigned_abs()).sum();
        Self {
            coming,
            current: None,
            suspects: Vec::new(),
            organizations: 0,
            rows: 0,
            progress: Progress::new(expected, "rows"),
        }
    }

    fn row(&mut self, row: &Row<'_>) {
        let org_id = row.header.org_id;
        if self.current.as_ref().is_none_or(|current| current.organization.id() != org_id) {
            self.go_to(org_id);
        }
        self.rows += 1;
        self.progress.step();
        if let Some(current) = &mut self.current
            && !current.is_broken
        {
            current.is_broken = current.walk.step(row).is_err();
        }
    }

    /// Ends the chain that went by, and those before this one that have no rows.
    fn go_to(&mut self, org_id: Uuid) {
        self.end_current();
        while let [organization, rest @ ..] = self.coming
            && organization.id <= org_id
        {
            self.coming = rest;
            self.current = Some(Current::new(Whose::Known(organization)));
            if organization.id == org_id {
                return;
            }
            self.end_current();
        }
        self.current = Some(Current::new(Whose::Unknown(org_id)));
    }

    fn end_current(&mut self) {
        let Some(Current { organization, walk, is_broken }) = self.current.take() else { return };
        self.organizations += 1;
        if is_broken || walk.end().is_err() {
            self.suspects.push(organization.into_owned());
        }
    }

    fn end(mut self) -> (usize, u64, Vec<Organization>) {
        self.end_current();
        for organization in self.coming {
            self.current = Some(Current::new(Whose::Known(organization)));
            self.end_current();
        }
        (self.organizations, self.rows, self.suspects)
    }
}

impl<'a> Current<'a> {
    fn new(organization: Whose<'a>) -> Self {
        let walk = match organization {
            Whose::Known(organization) => Walk::begin(organization.id, organization.head),
            Whose::Unknown(id) => Walk::begin(id, Head::of_nothing(id)),
        };
        Self { organization, walk, is_broken: false }
    }
}

impl Whose<'_> {
    fn id(&self) -> Uuid {
        match self {
            Self::Known(organization) => organization.id,
            Self::Unknown(id) => *id,
        }
    }

    fn into_owned(self) -> Organization {
        match self {
            Self::Known(organization) => organization.clone(),
            Self::Unknown(id) => Organization { id, workos_org_id: None, head: Head::of_nothing(id) },
        }
    }
}
