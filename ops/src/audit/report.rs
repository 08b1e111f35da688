//! What an operator, or whoever watches, is told of a verification.

use serde::Serialize;

use super::chains::{Finding, Verdict};
use crate::{Outcome, migrate::owner::Owner};

/// What a verification cannot show, and what can. It is told every time, so that nobody takes a clean one for more.
pub(super) const LIMITS: &str = "\
A chain is only held against its own end. Where somebody computed its last rows anew together with audit_heads, or cut \
them off together with it, this verification passes: only a checkpoint that somebody else holds shows that.";

/// What a verification came to.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    in_order: bool,
    database: &'a str,
    server_version: &'a str,
    organizations: usize,
    rows: u64,
    findings: &'a [Finding],
    limits: &'static str,
}

impl<'a> Report<'a> {
    /// What was found in the owner's database.
    pub(super) fn new(owner: &'a Owner, verdict: &'a Verdict) -> Self {
        Self {
            in_order: verdict.findings.is_empty(),
            database: &owner.database,
            server_version: &owner.server_version,
            organizations: verdict.organizations,
            rows: verdict.rows,
            findings: &verdict.findings,
            limits: LIMITS,
        }
    }

    /// What is wrong with each organization's chain in a line of its own, and how much was looked at.
    pub(super) fn print(&self) {
        for finding in self.findings {
            println!("{finding}");
        }
        let Self { organizations, rows, .. } = self;
        match self.findings.len() {
            0 => println!("in order: {rows} rows of {organizations} organizations"),
            count => println!("NOT in order: {count} of {organizations} organizations, {rows} rows"),
        }
        println!("{}", self.limits);
    }

    /// The same as one JSON object.
    pub(super) fn print_json(&self) -> Result<(), serde_json::Error> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }

    /// Decides the exit status.
    pub(super) fn outcome(&self) -> Outcome {
        if self.in_order { Outcome::InOrder } else { Outcome::NotInOrder }
    }
}
