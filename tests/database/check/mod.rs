//! `ops check`: a database as the migrations leave it is in order, and whatever is changed by hand is named (hardening
//! B5, B17, B19).

mod functions;
mod login_settings;
mod manifest;
mod migrations;
mod partitions;
mod policies;
mod report;
mod rights;
mod roles;
mod sessions;
mod tables;

use dev::world::Login;
use tokio_postgres::Client;

use super::operator::{Operator, Report};
use crate::app::{Database, connect_directly, world};

/// The settings of the login roles' passwords.
const PASSWORD_SETTINGS: [(Login, &str); 3] = [
    (Login::App, "APP_DATABASE_PASSWORD"),
    (Login::Identity, "IDENTITY_DATABASE_PASSWORD"),
    (Login::Exporter, "EXPORT_DATABASE_PASSWORD"),
];

/// A database as the migrations leave it.
struct Migrated {
    database: Database,
    superuser: Client,
}

impl Migrated {
    async fn new() -> Self {
        let database = Database::migrated().await;
        let superuser = connect_directly(&world().superuser_url(database.name())).await;
        Self { database, superuser }
    }

    /// One in which somebody has changed something since, by these statements of a superuser's.
    async fn then(statements: &str) -> Self {
        let migrated = Self::new().await;
        migrated.superuser.batch_execute(statements).await.unwrap_or_else(|error| panic!("{error}: {statements}"));
        migrated
    }

    fn url(&self) -> String {
        world().owner_url(self.database.name())
    }

    fn check(&self) -> Operator {
        check(&self.url())
    }
}

/// `ops check` on the database of this URL, with the passwords of the world.
pub(crate) fn check(owner_url: &str) -> Operator {
    let operator = Operator::new(&["check"]).setting("DATABASE_URL_DIRECT", owner_url);
    let passwords = PASSWORD_SETTINGS.map(|(login, setting)| (setting, login.password(&world().secrets)));
    passwords.into_iter().fold(operator, |operator, (setting, password)| operator.setting(setting, password))
}

/// Asserts that after these statements a check fails and tells exactly these lines; `…` at the end of one stands for
/// whatever else there is of it.
async fn tells(statements: &str, lines: &[&str]) {
    let migrated = Migrated::then(statements).await;
    let report = migrated.check().fail().await;
    assert_told(statements, &report, lines);
}

/// Asserts that a report tells exactly these lines.
fn assert_told(what: &str, report: &Report, lines: &[&str]) {
    let told = told(report);
    let is_told = |line: &&str| told.iter().any(|told| is_line(line, told));
    let is_asked_for = |told: &&str| lines.iter().any(|line| is_line(line, told));
    assert!(lines.iter().all(is_told) && told.iter().all(is_asked_for), "{what}: {lines:#?} is not {report}");
    assert_eq!(report.err, "", "{what}");
}

fn is_line(line: &str, told: &str) -> bool {
    match line.strip_suffix('…') {
        Some(beginning) => told.starts_with(beginning),
        None => told == line,
    }
}

/// The lines between where it looked and what it came to.
fn told(report: &Report) -> Vec<&str> {
    let lines: Vec<&str> = report.out.lines().collect();
    let [first, told @ .., last] = lines.as_slice() else { panic!("too little is told: {report}") };
    assert!(first.contains(" as ") && first.contains(", PostgreSQL 1"), "{report}");
    assert!(last.starts_with("NOT in order: ") || last.starts_with("nothing else was looked at"), "{report}");
    told.iter().copied().filter(|line| !line.starts_with("NOT in order: ")).collect()
}
