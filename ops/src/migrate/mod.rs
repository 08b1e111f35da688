//! `cargo ops migrate`: brings a database to this build's schema, and the login roles' passwords and the ring of
//! `app.begin` to what the settings say.
//!
//! Everything happens under one advisory lock, so that two migrations of one database follow one another. Each file
//! is one transaction; what was applied stays applied when a later file fails, and the next run goes on from there.

mod begin_keys;
pub(crate) mod history;
mod lock;
pub(crate) mod owner;
mod passwords;
pub(crate) mod pending;

use std::time::Duration;

use clap::Args;
use tokio_postgres::Client;

use crate::{
    Outcome,
    database::{self, ConnectError, describe},
    settings::{Settings, SettingsError},
};

const SETTINGS: &str = "\
Settings:
  DATABASE_URL_DIRECT         the database's owner, on the direct endpoint
  DATABASE_CA_CERT            optional: one more root certificate, PEM
  APP_DATABASE_PASSWORD       optional: the password that eleva_app is to have
  IDENTITY_DATABASE_PASSWORD  optional: the password that eleva_identity is to have
  EXPORT_DATABASE_PASSWORD    optional: the password that eleva_exporter is to have
  BEGIN_KEYS                  optional: the ring of app.begin, kid:base64,…";

/// Applies pending migrations, sets the login roles' passwords and writes BEGIN_KEYS.
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub(crate) struct Migrate {
    /// Only lists what is applied and what is pending; exits with 1 unless the database is up to date.
    #[arg(long)]
    status: bool,

    /// How long to wait for another migration of the same database.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

/// Why a migration stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrateError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Owner(#[from] owner::OwnerError),
    #[error("another migration of this database is running and did not finish within {0} seconds; nothing was changed")]
    Locked(u64),
    #[error("this build and the database disagree; no migration was applied:\n{0}")]
    Diverged(String),
    #[error("{name} failed and was rolled back{}: {reason}", line.map(|line| format!(", at line {line}")).unwrap_or_default())]
    Failed { name: String, line: Option<usize>, reason: String },
    #[error("{doing}: {}", describe(source))]
    Statement { doing: &'static str, source: tokio_postgres::Error },
}

/// Runs the command.
pub(crate) async fn run(command: &Migrate, settings: &Settings) -> Result<Outcome, MigrateError> {
    if command.status {
        return status(&database::connect(settings).await?).await;
    }
    // A setting that is unusable is found out before anything is changed.
    let ring = settings.begin_keys()?;
    let passwords = passwords::Passwords::read(settings)?;

    let mut client = database::connect(settings).await?;
    let owner = owner::check(&client).await?;
    println!("{} as {}, PostgreSQL {}", owner.database, owner.name, owner.server_version);
    lock::acquire(&client, Duration::from_secs(command.wait)).await?;

    let applied = pending::apply(&mut client).await?;
    match applied {
        0 => println!("no migration is pending"),
        1 => println!("1 migration applied"),
        _ => println!("{applied} migrations applied"),
    }
    passwords.set(&mut client).await?;
    begin_keys::write(&mut client, ring.as_ref()).await?;
    Ok(Outcome::InOrder)
}

/// Lists the migrations. Changes nothing and takes no lock.
async fn status(client: &Client) -> Result<Outcome, MigrateError> {
    let migrations = history::compare(pending::runner().get_migrations(), &history::read(client).await?);
    println!("{}", history::list(&migrations));
    let behind = migrations.iter().filter(|migration| migration.state.is_pending()).count();
    let diverged = migrations.iter().filter(|migration| migration.state.is_diverged()).count();
    println!("{} applied, {behind} pending, {diverged} in disagreement", migrations.len() - behind - diverged);
    Ok(if behind + diverged == 0 { Outcome::InOrder } else { Outcome::NotInOrder })
}
