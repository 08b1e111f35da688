//! `cargo ops check`: compares a live database with what the migrations define, as the owner and as each login role.
//!
//! What the migrations define is `migrations/manifest.txt`, one fact a line. The catalogue of the live database is read
//! in the same form and set beside it; then each login role logs in, and what its session has is looked at.

mod compare;
mod drift;
mod fact;
mod facts;
mod manifest;
mod report;
mod session;

use clap::Args;
use tokio_postgres::Client;

use self::{
    drift::{Drift, Problem},
    report::Report,
    session::Login,
};
use crate::{
    Outcome,
    database::{self, ConnectError, describe},
    migrate::{
        MigrateError, history,
        history::State,
        owner::{self, OwnerError},
        pending,
    },
    settings::{Settings, SettingsError},
};

const SETTINGS: &str = "\
Settings:
  DATABASE_URL_DIRECT         the database's owner, on the direct endpoint
  DATABASE_CA_CERT            optional: one more root certificate, PEM
  APP_DATABASE_PASSWORD       the password that eleva_app logs in with
  IDENTITY_DATABASE_PASSWORD  the password that eleva_identity logs in with
  EXPORT_DATABASE_PASSWORD    the password that eleva_exporter logs in with";

/// Compares the live database with what the migrations define; exits with 1 unless they agree.
#[derive(Args)]
#[command(after_help = SETTINGS)]
pub(crate) struct Check {
    /// Writes one JSON object: in_order, database, server_version, and drift with kind, object, problem, expected, found.
    #[arg(long)]
    json: bool,

    /// Only lists what the database has, in the form of migrations/manifest.txt. Takes no password but the owner's.
    #[arg(long, conflicts_with = "json")]
    list: bool,
}

/// Why nothing can be said of the database.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Owner(#[from] OwnerError),
    #[error(transparent)]
    History(#[from] MigrateError),
    #[error("cannot read the catalogue: {}", describe(.0))]
    Catalogue(tokio_postgres::Error),
    #[error("cannot look at a session of {role}: {}", describe(source))]
    Session { role: &'static str, source: tokio_postgres::Error },
    #[error("cannot write the report: {0}")]
    Report(#[from] serde_json::Error),
}

/// Runs the command.
pub(crate) async fn run(command: &Check, settings: &Settings) -> Result<Outcome, CheckError> {
    if command.list {
        let mut client = database::connect(settings).await?;
        for fact in facts::read(&mut client).await.map_err(CheckError::Catalogue)?.facts {
            println!("{fact}");
        }
        return Ok(Outcome::InOrder);
    }
    let logins = Login::all(settings)?;
    let mut client = database::connect(settings).await?;
    let owner = owner::check(&client).await?;
    if !command.json {
        println!("{} as {}, PostgreSQL {}", owner.database, owner.name, owner.server_version);
    }
    let mut drift = unapplied(&client).await?;
    if drift.is_empty() {
        let live = facts::read(&mut client).await.map_err(CheckError::Catalogue)?;
        drift = compare::compare(manifest::facts(), live);
        for login in &logins {
            let examined = login.examine(settings).await;
            drift.extend(examined.map_err(|source| CheckError::Session { role: login.role(), source })?);
        }
    }
    let report = Report::new(&owner, drift);
    match command.json {
        true => report.print_json()?,
        false => report.print(),
    }
    Ok(report.outcome())
}

/// The migrations that are pending or in disagreement. What they define would differ from the database anyway.
async fn unapplied(client: &Client) -> Result<Vec<Drift>, MigrateError> {
    let migrations = history::compare(pending::runner().get_migrations(), &history::read(client).await?);
    let drift = migrations.into_iter().filter_map(|migration| {
        let (problem, found) = match &migration.state {
            State::Applied(_) => return None,
            State::Pending => (Problem::Pending, None),
            state => (Problem::Diverged, Some(state.to_string())),
        };
        Some(Drift { kind: "migration".to_owned(), object: migration.name, problem, expected: None, found })
    });
    Ok(drift.collect())
}
