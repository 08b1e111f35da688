//! `cargo ops audit verify`: whether the trail is what was written.

use clap::Args;

use super::{AuditError, SETTINGS, chains, organization, report::Report};
use crate::{Outcome, database, migrate::owner, settings::Settings};

/// Verifies that the audit trail is what was written: names the first row of each organization that was altered, taken
/// out, put in or moved. Exits with 1 unless all is in order. Changes nothing.
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub(super) struct Verify {
    #[command(flatten)]
    what: What,

    /// Only this organization: its id, or its id at WorkOS.
    #[arg(long, value_name = "ORG")]
    organization: Option<String>,

    /// Writes one JSON object: in_order, database, server_version, organizations, rows, limits, and findings with
    /// org_id, workos_org_id, finding, seq, last_seq, id, created_at, moved_from, reason.
    #[arg(long)]
    json: bool,
}

/// What is verified.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct What {
    /// The rows of the database.
    #[arg(long)]
    database: bool,
}

/// Runs the command.
pub(super) async fn run(command: &Verify, settings: &Settings) -> Result<Outcome, AuditError> {
    debug_assert!(command.what.database, "nothing else can be asked for");
    let mut client = database::connect(settings).await?;
    let owner = owner::check(&client).await?;
    let only = match &command.organization {
        Some(id) => Some(organization::find(&client, id).await?),
        None => None,
    };
    if !command.json {
        println!("{} as {}, PostgreSQL {}", owner.database, owner.name, owner.server_version);
    }
    let verdict = chains::verify(&mut client, only).await?;
    let report = Report::new(&owner, &verdict);
    match command.json {
        true => report.print_json()?,
        false => report.print(),
    }
    Ok(report.outcome())
}
