//! `cargo ops audit verify`: whether the trail is what was written.

use clap::Args;
use evidence::command::Verification;

use super::{AuditError, SETTINGS, chains, exports, organization, report::Report};
use crate::{Outcome, database, migrate::owner, settings::Settings};

/// Verifies that the audit trail is what was written: of the database, names the first row of each organization that was
/// altered, taken out, put in or moved; of exports, does what eleva-verify does. Exits with 1 unless all is in order.
/// Changes nothing.
#[derive(Args)]
#[command(
    after_help = SETTINGS,
    override_usage = "cargo ops audit verify [OPTIONS] <--database | FILE|MANIFEST|FOLDER|URL...>"
)]
pub(super) struct Verify {
    #[command(flatten)]
    what: What,

    /// Only this organization of the database: its id, or its id at WorkOS.
    #[arg(long, value_name = "ORG", conflicts_with = "exports")]
    organization: Option<String>,

    #[command(flatten)]
    verification: Verification,

    /// Writes one JSON object. Of the database: in_order, database, server_version, organizations, rows, limits, and
    /// findings with org_id, workos_org_id, finding, seq, last_seq, id, created_at, moved_from, reason. Of exports:
    /// in_order, exports, checkpoints, covered, keys, findings, notes, limits.
    #[arg(long)]
    json: bool,
}

/// What is verified.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct What {
    /// The rows of the database.
    #[arg(long, conflicts_with = "Verification")]
    database: bool,

    /// Exports: manifests, files of rows, folders, or addresses from which they are fetched (https, or http on this
    /// machine; at most 1 MiB of a manifest and 16 GiB of a file). A manifest and its files are given together.
    #[arg(value_name = "FILE|MANIFEST|FOLDER|URL")]
    exports: Vec<String>,
}

/// Runs the command.
pub(super) async fn run(command: &Verify, settings: &Settings) -> Result<Outcome, AuditError> {
    if !command.what.database {
        return exports::run(&command.what.exports, &command.verification, command.json).await;
    }
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
