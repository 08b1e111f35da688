//! `cargo ops keys rotate`: changes data keys, or the master key over them.

use std::time::Duration;

use clap::Args;
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    KeysError, lock,
    master::{self, Rewrapped},
    organization::{self, Rotated},
};
use crate::{
    Outcome,
    database::{self, is_in_the_way},
    migrate::owner,
    organization::{UnknownOrganization, find},
    settings::Settings,
};

const SETTINGS: &str = "\
Settings:
  DATABASE_URL_DIRECT  the database's owner, on the direct endpoint
  ENCRYPTION_KEYS      the ring of master keys, kid:base64,…: the first one wraps, every one unwraps
  DATABASE_CA_CERT     optional: one more root certificate, PEM";

/// Gives organizations a further data key and seals their PHI anew under it, or wraps all data keys anew under the
/// ring's first master key. Goes on where an interrupted run stopped. Exits with 1 unless nothing is left that is under
/// an earlier key.
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub(super) struct Rotate {
    #[command(flatten)]
    what: What,

    /// How long to wait for another rotation, and for transactions that began before the switch.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    wait: u64,
}

/// Which keys.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct What {
    /// The data key of this organization: its id, its id at WorkOS, or its slug.
    #[arg(long, value_name = "ORG")]
    organization: Option<String>,

    /// The data keys of all organizations.
    #[arg(long)]
    all: bool,

    /// The master key: data keys stay, and are wrapped anew.
    #[arg(long)]
    master: bool,
}

/// Runs the command.
pub(super) async fn run(command: &Rotate, settings: &Settings) -> Result<Outcome, KeysError> {
    let master = settings.master_keys()?;
    let mut client = database::connect(settings).await?;
    let owner = owner::check(&client).await?;
    println!("{} as {}, PostgreSQL {}", owner.database, owner.name, owner.server_version);
    let patience = Duration::from_secs(command.wait);
    lock::acquire(&client, patience).await?;
    if command.what.master {
        return Ok(tell_of_master(&master::rewrap(&mut client, &master).await?, master.first_id()));
    }
    let organizations = match &command.what.organization {
        Some(name) => {
            let found = find(&client, name).await?.ok_or_else(|| UnknownOrganization(name.clone()))?;
            vec![found.id]
        }
        None => with_keys(&client).await?,
    };
    let (mut envelopes, mut incomplete) = (0, 0);
    for org_id in &organizations {
        match organization::rotate(&mut client, &master, *org_id, patience).await {
            Ok(rotated) => {
                let Rotated { tally, .. } = &rotated;
                envelopes += tally.replaced;
                incomplete += usize::from(!rotated.is_complete());
            }
            // It is the others' turn all the same.
            Err(error @ (KeysError::Unavailable { .. } | KeysError::Erased(_))) => {
                println!("{error}");
                incomplete += 1;
            }
            Err(KeysError::Statement(error)) if is_in_the_way(&error) => {
                println!("{org_id}: others were in the way for too long; run this again");
                incomplete += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(tell_of_data_keys(organizations.len(), envelopes, incomplete))
}

const WITH_KEYS: &str = "
    select distinct org_id
      from org_keys
     order by org_id";

async fn with_keys(client: &Client) -> Result<Vec<Uuid>, tokio_postgres::Error> {
    client.query(WITH_KEYS, &[]).await?.iter().map(|row| row.try_get(0)).collect()
}

fn tell_of_data_keys(organizations: usize, envelopes: u64, incomplete: usize) -> Outcome {
    match incomplete {
        0 => {
            println!("in order: {envelopes} envelopes of {organizations} organizations");
            Outcome::InOrder
        }
        _ => {
            println!("NOT in order: {incomplete} of {organizations} organizations, {envelopes} envelopes");
            Outcome::NotInOrder
        }
    }
}

fn tell_of_master(rewrapped: &Rewrapped, first_id: &str) -> Outcome {
    let Rewrapped { keys, failures } = rewrapped;
    match failures.len() {
        0 => {
            println!("in order: {keys} keys wrapped anew, all are wrapped by {first_id}");
            Outcome::InOrder
        }
        count => {
            println!("NOT in order: {keys} keys wrapped anew by {first_id}, {count} stay as they were");
            Outcome::NotInOrder
        }
    }
}
