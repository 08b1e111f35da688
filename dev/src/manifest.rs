//! `cargo dev manifest`: migrations/manifest.txt, which says what the migrations define, from a database that they have
//! just made.

use std::{fs, path::Path};

use clap::Args;

use crate::{
    account::Account,
    descendants,
    environment::Environment,
    failure::Failure,
    interruption,
    migration::migrate,
    packages,
    postgres::{self, Cluster, Durability, OWNER, Server},
    programs,
    progress::Progress,
    repository::Repository,
    secrets::Secrets,
    state::StateFolder,
    tools::{self, Tools},
};

const DATABASE: &str = "eleva";

/// What stands above the facts.
const HEADING: &str = "\
# What the migrations define, one fact a line, as `cargo dev manifest` writes it after a migration was added: not to be
# edited by hand. `cargo ops check` compares a database with it, and in a review it shows what a migration changes.
";

/// Writes migrations/manifest.txt, what the migrations define, from a new database that they are run on.
#[derive(Debug, Args)]
pub struct Manifest {}

/// Runs the command.
pub async fn run(_: &Manifest) -> Result<(), Failure> {
    let repository = Repository::locate()?;
    let state = StateFolder::open(&repository.dev(), "manifest", "cargo dev manifest")?;
    descendants::adopt_orphans()?;
    let mut server = None;
    let outcome = tokio::select! {
        outcome = write(&repository, &state, &mut server) => outcome,
        interruption = interruption::wait() => {
            interruption.and_then(|()| Err(Failure::Unmet("interrupted".to_owned())))
        }
    };
    if let Some(server) = server {
        server.stop().await;
    }
    descendants::kill().await;
    outcome
}

async fn write(repository: &Repository, state: &StateFolder, server: &mut Option<Server>) -> Result<(), Failure> {
    let progress = Progress::new();
    packages::require(&packages::FOR_FUNCTIONS, &state.log("packages"), &progress).await?;
    let tools = Tools { folder: &repository.dev().join("tools"), log: &state.log("tools"), progress: &progress };

    let step = progress.step("building ops");
    programs::run("cargo build", repository.build_ops(), &state.log("build"), |line| step.note(line.trim())).await?;
    step.done();

    let step = progress.step("migrating a new database");
    let secrets = Secrets::generate()?;
    let cluster = Cluster {
        folder: state.join("postgres"),
        binaries: tools::postgres(&state.join("no cluster to fit"), tools).await?,
        account: Account::for_servers_in(state.path()).await?,
        superuser_password: secrets.superuser_password.clone(),
        durability: Durability::None,
        extensions: None,
    };
    cluster.discard().await?;
    cluster.create(&state.log("initdb")).await?;
    let server = server.insert(cluster.start(&state.log("postgres")).await?);
    let superuser = postgres::connect(&server.superuser_url("postgres")).await?;
    postgres::create_owner(&superuser, &secrets.owner_password).await?;
    postgres::create_database(&superuser, DATABASE).await?;
    drop(superuser);
    let owner_url = postgres::url(OWNER, &secrets.owner_password, server.port(), DATABASE);
    migrate(repository.binaries(), &owner_url, &secrets, &state.log("migrate")).await?;
    step.done();

    let text = manifest(&list(repository.binaries(), &owner_url).await?);
    let file = repository.root().join("migrations/manifest.txt");
    fs::write(&file, &text).map_err(Failure::io(format!("write {}", file.display())))?;
    println!("{}: {} facts", file.display(), text.lines().count() - HEADING.lines().count());
    Ok(())
}

/// What `ops check --list` says of a database.
async fn list(binaries: &Path, owner_url: &str) -> Result<String, Failure> {
    let mut command = programs::command(binaries.join("ops"));
    Environment::remove_inherited(&mut command);
    command.args(["check", "--list"]).env("DATABASE_URL_DIRECT", owner_url);
    let output = command.output().await.map_err(Failure::io("run ops check --list"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Failure::Unmet(format!("ops check --list: {}", String::from_utf8_lossy(&output.stderr).trim()))),
    }
}

/// The manifest of a list. Partitions follow a rule instead: which there are depends on the day.
pub fn manifest(list: &str) -> String {
    let lines = list.lines().filter(|line| !line.starts_with("partition "));
    lines.fold(HEADING.to_owned(), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::{HEADING, manifest};

    #[test]
    fn partitions_are_left_out() {
        let list = "grant usage on schema app to eleva_app\npartition public.logs_2026q4: no grant\nrole anonymous\n";
        let facts = "grant usage on schema app to eleva_app\nrole anonymous\n";
        assert_eq!(manifest(list), format!("{HEADING}{facts}"));
    }
}
