//! `cargo ops legal-hold`: says of which organizations nothing may be erased or dropped.
//!
//! A hold keeps `cargo ops erase-organization` from the organization, and `cargo ops audit retain` from its rows. Its
//! reason stays in the table: the trail cannot be taken back, and is read by others.

use clap::{Args, Subcommand};
use eleva::audit::{Action, ResourceType};
use jiff::Timestamp;
use serde_json::json;
use tokio_postgres::{Client, Transaction, error::SqlState};
use uuid::Uuid;

use crate::{
    Outcome,
    database::{self, ConnectError, describe},
    migrate::owner::{self, OwnerError},
    organization::{self, Organization, UnknownOrganization},
    settings::Settings,
    trail::{self, Row},
};

const SETTINGS: &str = "\
Settings:
  DATABASE_URL_DIRECT  the database's owner, on the direct endpoint
  DATABASE_CA_CERT     optional: one more root certificate, PEM";

/// Places and lifts legal holds: nothing of an organization under one is erased, nor dropped from the audit trail.
#[derive(Args)]
pub(crate) struct LegalHold {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Places a legal hold on an organization.
    #[command(after_help = SETTINGS)]
    Place {
        /// Its id, its id at WorkOS, or its slug.
        organization: String,
        /// Why, in at most 500 characters. Operators read it; the audit trail does not get it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Lifts the legal hold of an organization.
    #[command(after_help = SETTINGS)]
    Lift {
        /// Its id, its id at WorkOS, or its slug.
        organization: String,
    },
    /// Lists the legal holds in force.
    #[command(after_help = SETTINGS)]
    List,
}

/// Why a hold was neither placed nor lifted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LegalHoldError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Owner(#[from] OwnerError),
    #[error(transparent)]
    UnknownOrganization(#[from] UnknownOrganization),
    #[error("{0} is under a legal hold already, since {1}; to give another reason, lift it first")]
    Held(Uuid, Timestamp),
    #[error("{0} is under no legal hold")]
    NotHeld(Uuid),
    #[error("a reason has 1 to 500 characters; nothing was changed")]
    Reason,
    #[error("nothing was changed: {}", describe(.0))]
    Statement(#[from] tokio_postgres::Error),
}

/// Runs the command.
pub(crate) async fn run(command: &LegalHold, settings: &Settings) -> Result<Outcome, LegalHoldError> {
    let mut client = database::connect(settings).await?;
    owner::check(&client).await?;
    match &command.what {
        What::Place { organization, reason } => place(&mut client, organization, reason).await?,
        What::Lift { organization } => lift(&mut client, organization).await?,
        What::List => list(&client).await?,
    }
    Ok(Outcome::InOrder)
}

const PLACE: &str = "
    insert into legal_holds (org_id, reason)
    values ($1, $2)
    on conflict do nothing";

async fn place(client: &mut Client, name: &str, reason: &str) -> Result<(), LegalHoldError> {
    let transaction = client.transaction().await?;
    let Organization { id, slug, .. } = found(&transaction, name).await?;
    let placed = transaction.execute(PLACE, &[&id, &reason]).await;
    let placed = placed.map_err(|error| match error.code() {
        Some(&SqlState::CHECK_VIOLATION) => LegalHoldError::Reason,
        _ => error.into(),
    })?;
    if placed == 0 {
        let since = "select placed_at from legal_holds where org_id = $1";
        return Err(LegalHoldError::Held(id, transaction.query_one(since, &[&id]).await?.try_get(0)?));
    }
    record(&transaction, id, "placed").await?;
    transaction.commit().await?;
    println!("placed: {id} ({slug}) is under a legal hold");
    Ok(())
}

async fn lift(client: &mut Client, name: &str) -> Result<(), LegalHoldError> {
    let transaction = client.transaction().await?;
    let Organization { id, slug, .. } = found(&transaction, name).await?;
    if transaction.execute("delete from legal_holds where org_id = $1", &[&id]).await? == 0 {
        return Err(LegalHoldError::NotHeld(id));
    }
    record(&transaction, id, "lifted").await?;
    transaction.commit().await?;
    println!("lifted: {id} ({slug}) is under no legal hold any more");
    Ok(())
}

async fn found(transaction: &Transaction<'_>, name: &str) -> Result<Organization, LegalHoldError> {
    let found = organization::find(transaction, name).await?;
    Ok(found.ok_or_else(|| UnknownOrganization(name.to_owned()))?)
}

async fn record(transaction: &Transaction<'_>, org_id: Uuid, what: &str) -> Result<(), tokio_postgres::Error> {
    let row = Row {
        org_id,
        action: Action::OrgSettingsUpdated,
        resource: (ResourceType::Organization, &org_id.to_string()),
        is_success: true,
        metadata: json!({"legal_hold": what}),
    };
    trail::append(transaction, &row).await
}

const LIST: &str = "
    select h.org_id, o.slug, h.placed_at, h.reason
      from legal_holds h
      join organizations o on o.id = h.org_id
     order by h.placed_at, h.org_id";

async fn list(client: &Client) -> Result<(), LegalHoldError> {
    let rows = client.query(LIST, &[]).await?;
    for row in &rows {
        let (org_id, slug): (Uuid, &str) = (row.try_get("org_id")?, row.try_get("slug")?);
        let (placed_at, reason): (Timestamp, &str) = (row.try_get("placed_at")?, row.try_get("reason")?);
        let reason: String =
            reason.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
        println!("{org_id} ({slug}), since {placed_at}: {reason}");
    }
    match rows.len() {
        0 => println!("no organization is under a legal hold"),
        1 => println!("1 organization is under a legal hold"),
        count => println!("{count} organizations are under a legal hold"),
    }
    Ok(())
}
