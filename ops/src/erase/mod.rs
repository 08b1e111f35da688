//! `cargo ops erase-organization`: makes the PHI of an organization unreadable for good, and blanks what is personal and
//! need not be kept. docs/phi-operations.md says what stays, and where copies are.

mod attempt;
mod remains;
mod steps;

use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use tokio::time::sleep;
use tokio_postgres::{Client, Error};
use uuid::Uuid;

use self::steps::Done;
use crate::{
    Outcome,
    database::{self, ConnectError, describe, is_in_the_way},
    migrate::owner::{self, OwnerError},
    organization::{self, UnknownOrganization},
    settings::Settings,
};

const SETTINGS: &str = "\
Settings:
  DATABASE_URL_DIRECT  the database's owner, on the direct endpoint
  DATABASE_CA_CERT     optional: one more root certificate, PEM";

/// Between two attempts others get their turn.
const PAUSE: Duration = Duration::from_millis(200);

/// Erases an organization: deletes its data keys, so that nobody reads its PHI any more, blanks what is personal, and
/// closes it. Records and the audit trail stay. There is no way back.
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub(crate) struct EraseOrganization {
    /// Its id, its id at WorkOS, or its slug.
    organization: String,

    /// Its slug once more, so that it is this one that is meant.
    #[arg(long, value_name = "SLUG")]
    confirm: String,

    /// How long to try for a moment in which nobody writes there.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,
}

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EraseError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Owner(#[from] OwnerError),
    #[error(transparent)]
    UnknownOrganization(#[from] UnknownOrganization),
    #[error("the platform's own organization is not erased")]
    Platform,
    #[error("--confirm is not the slug of {0}; nothing was erased")]
    NotConfirmed(Uuid),
    #[error("{0} is under a legal hold; nothing was erased")]
    Held(Uuid),
    #[error("in {0} seconds there was no moment in which the organization could be closed; nothing was changed")]
    Busy(u64),
    #[error("{0} seconds were not enough for everybody to end who was writing; it is closed, and nothing was erased")]
    Closed(u64),
    #[error("nothing was erased, or it is not known whether COMMIT arrived: run it again ({})", describe(.0))]
    Statement(#[from] Error),
}

/// Runs the command.
pub(crate) async fn run(command: &EraseOrganization, settings: &Settings) -> Result<Outcome, EraseError> {
    let mut client = database::connect(settings).await?;
    let owner = owner::check(&client).await?;
    println!("{} as {}, PostgreSQL {}", owner.database, owner.name, owner.server_version);
    let found = organization::find(&client, &command.organization).await?;
    let found = found.ok_or_else(|| UnknownOrganization(command.organization.clone()))?;
    if found.is_platform {
        return Err(EraseError::Platform);
    }
    if let Some(time) = erased_at(&client, found.id).await? {
        println!("{} was erased already, at {time}; nothing was changed", found.id);
        return Ok(Outcome::InOrder);
    }
    let done = patiently(&mut client, found.id, command).await?;
    println!("erased: {} ({})", found.id, found.slug);
    for Done { step, rows } in &done {
        println!("{}: {rows} {}", step.table, step.what);
    }
    // It is erased, whatever becomes of looking.
    if let Err(error) = remains::tell(&client, found.id).await {
        println!("what remains could not be looked at: {}", describe(&error));
    }
    Ok(Outcome::InOrder)
}

/// What the trail says. Slug and name are not asked: an organization gives them to itself.
const ERASED_AT: &str = "
    select max(created_at)
      from audit_logs
     where org_id = $1
       and action = 'GDPR_DATA_DELETION'
       and actor_type = 'operator'
       and resource_type = 'organization'
       and outcome = 'success'";

async fn erased_at(client: &Client, org_id: Uuid) -> Result<Option<Timestamp>, Error> {
    client.query_one(ERASED_AT, &[&org_id]).await?.try_get(0)
}

/// Closes it, and then erases it. Whoever writes holds rows and then waits for the organization's, which an erasure holds
/// while it waits for those: so it waits for shorter than a deadlock takes to be noticed, gives everything back, and
/// tries again.
async fn patiently(client: &mut Client, org_id: Uuid, command: &EraseOrganization) -> Result<Vec<Done>, EraseError> {
    let started = Instant::now();
    let mut is_closed = false;
    loop {
        let outcome = match is_closed {
            false => attempt::close(client, org_id, &command.confirm).await.map(|()| None),
            true => attempt::erase(client, org_id, &command.confirm).await.map(Some),
        };
        match outcome {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => {
                is_closed = true;
                continue;
            }
            Err(EraseError::Statement(error)) if is_in_the_way(&error) => {}
            Err(error) => return Err(error),
        }
        if started.elapsed() > Duration::from_secs(command.wait) {
            return Err(if is_closed { EraseError::Closed(command.wait) } else { EraseError::Busy(command.wait) });
        }
        sleep(PAUSE).await;
    }
}
