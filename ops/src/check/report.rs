//! What an operator, or a deployment, is told.

use serde::Serialize;

use super::drift::{Drift, Problem};
use crate::{Outcome, migrate::owner::Owner, settings::LOGIN_ROLES};

/// What a check came to.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    in_order: bool,
    database: &'a str,
    server_version: &'a str,
    drift: Vec<Drift>,
}

impl<'a> Report<'a> {
    /// What was found in the owner's database.
    pub(super) fn new(owner: &'a Owner, drift: Vec<Drift>) -> Self {
        let (database, server_version) = (owner.database.as_str(), owner.server_version.as_str());
        Self { in_order: drift.is_empty(), database, server_version, drift }
    }

    /// Every disagreement in a line of its own, and how many there are.
    pub(super) fn print(&self) {
        for drift in &self.drift {
            println!("{drift}");
        }
        let logins = LOGIN_ROLES.map(|role| role.name).join(", ");
        match self.drift.len() {
            0 => println!("in order: as the migrations define, for {logins} too"),
            count => {
                println!("NOT in order: {count} {}", if count == 1 { "disagreement" } else { "disagreements" });
                if self.drift.iter().any(|drift| matches!(drift.problem, Problem::Pending | Problem::Diverged)) {
                    println!(
                        "nothing else was looked at, because the migrations of this build are not what is applied"
                    );
                }
            }
        }
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
