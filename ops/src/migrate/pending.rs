//! The migrations that are embedded in this build, and applying those that the database lacks.

use std::{
    io::{Write as _, stdout},
    time::Instant,
};

use refinery::{Runner, Target, error::Kind};
use tokio_postgres::Client;

use super::{
    MigrateError,
    history::{self, Compared},
};
use crate::database::{describe, line_of};

mod embedded {
    refinery::embed_migrations!("../migrations");
}

/// refinery with the embedded migrations and our place for its history.
pub(crate) fn runner() -> Runner {
    let mut runner = embedded::migrations::runner();
    runner.set_migration_table_name(history::TABLE);
    runner
}

/// Applies what is pending, file by file, and gives their number.
pub(super) async fn apply(client: &mut Client) -> Result<usize, MigrateError> {
    client
        .batch_execute("create schema if not exists refinery; revoke all on schema refinery from public")
        .await
        .map_err(|source| MigrateError::Statement { doing: "cannot make the schema refinery", source })?;
    let migrations = history::compare(runner().get_migrations(), &history::read(client).await?);
    let (diverged, migrations): (Vec<Compared>, Vec<Compared>) =
        migrations.into_iter().partition(|migration| migration.state.is_diverged());
    if !diverged.is_empty() {
        return Err(MigrateError::Diverged(history::list(&diverged)));
    }
    let pending: Vec<Compared> = migrations.into_iter().filter(|migration| migration.state.is_pending()).collect();
    for migration in &pending {
        let started = Instant::now();
        print!("{} … ", migration.name);
        // Not worth stopping for: the line then appears when it is complete.
        drop(stdout().flush());
        if let Err(error) = run_one(client, migration).await {
            println!("failed");
            return Err(error);
        }
        println!("{} ms", started.elapsed().as_millis());
    }
    Ok(pending.len())
}

/// Applies one file: refinery runs it and notes it in the history, in one transaction.
async fn run_one(client: &mut Client, migration: &Compared) -> Result<(), MigrateError> {
    let runner = runner().set_target(Target::Version(migration.version));
    let Err(error) = runner.run_async(client).await else { return Ok(()) };
    let failed = |line, reason| MigrateError::Failed { name: migration.name.clone(), line, reason };
    let Kind::Connection(_, source) = error.kind() else { return Err(failed(None, error.to_string())) };
    match source.downcast_ref::<tokio_postgres::Error>() {
        Some(source) => {
            let embedded = runner.get_migrations().iter().find(|embedded| embedded.version() == migration.version);
            let line = embedded.and_then(|embedded| embedded.sql()).and_then(|sql| line_of(source, sql));
            Err(failed(line, describe(source)))
        }
        None => Err(failed(None, source.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::runner;

    #[test]
    fn migrations_are_numbered_without_gaps() {
        let mut versions: Vec<i32> = runner().get_migrations().iter().map(|migration| migration.version()).collect();
        versions.sort_unstable();
        assert!(versions.into_iter().eq(1..=runner().get_migrations().len().try_into().expect("few")));
    }
}
