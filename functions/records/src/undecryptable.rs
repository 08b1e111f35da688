//! Records that do not open: said of each of them, recorded before anything is answered, and hidden nowhere.

use std::fmt;

use eleva::{
    audit::{Action, Entry, Resource},
    database::{Error, OrganizationScope, Transaction},
    http::{Problem, Request},
    phi::{Field, Undecryptable},
};
use serde::Serialize;
use uuid::Uuid;

/// A record that does not open. Says nothing of what it holds.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) id: Uuid,
    pub(crate) version: i32,
    /// One at least.
    pub(crate) faults: Vec<Fault>,
}

/// A field that does not open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) field: Field,
    pub(crate) reason: Undecryptable,
}

/// What stands in a list in the record's place.
#[derive(Serialize)]
pub(crate) struct InItsPlace {
    pub(crate) id: Uuid,
    error: Code,
}

#[derive(Serialize)]
struct Code {
    code: &'static str,
}

impl std::error::Error for Broken {}

impl fmt::Display for Broken {
    /// For the log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "version {} of the record {} does not open", self.version, self.id)?;
        self.faults.iter().try_for_each(|fault| write!(formatter, "; {}: {}", fault.field.name(), fault.reason))
    }
}

impl Broken {
    /// What a list shows instead.
    pub(crate) fn in_its_place(&self) -> InItsPlace {
        InItsPlace { id: self.id, error: Code { code: "undecryptable" } }
    }

    /// What whoever asked for this record is told.
    pub(crate) fn into_problem(self) -> Problem {
        Problem::undecryptable(self)
    }

    /// Logs it, where nobody is told of it as a problem, which would be logged.
    pub(crate) fn log(&self, request: &Request) {
        tracing::error!(request_id = request.id(), record_id = %self.id, cause = %self, "a record does not open");
    }

    fn entries(&self, request: &Request) -> impl Iterator<Item = Entry> {
        self.faults.iter().map(move |fault| {
            Entry::new(request, Action::RecordUndecryptable, Resource::medical_record(self.id))
                .failed()
                .with("version", self.version)
                .with("field", fault.field.name())
                .with("reason", fault.reason.as_str())
        })
    }
}

/// Records what does not open, in a transaction of its own: the one that read is over. Errors: it cannot be recorded, and
/// so nothing of what was read may be answered.
pub(crate) async fn record<'a>(
    scope: &OrganizationScope<'_>,
    request: &Request,
    broken: impl IntoIterator<Item = &'a Broken>,
) -> Result<(), Error> {
    let entries: Vec<Entry> = broken.into_iter().flat_map(|broken| broken.entries(request)).collect();
    if entries.is_empty() {
        return Ok(());
    }
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            entries.into_iter().for_each(|entry| transaction.audit(entry));
            Ok(())
        })
        .await
}
