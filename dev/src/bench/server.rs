//! The server of a benchmark: made anew, with settings of its own, and gone afterwards.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;
use tokio_postgres::Client;

use crate::{
    account::Account,
    failure::Failure,
    migration, openssl, packages,
    postgres::{self, Cluster, Durability, Server},
    programs,
    progress::Progress,
    repository::Repository,
    secrets::Secrets,
    state::{StateFolder, make_folder, remove_folder},
    tools::{self, Tools},
    world::Login,
};

/// How the server is set up beside what [`Cluster::start`] sets. The tables fit into its memory, so that the disk is not
/// measured beyond what commits cost; nobody vacuums meanwhile.
const SETTINGS: [(&str, &str); 3] = [("shared_buffers", "2GB"), ("autovacuum", "off"), ("max_wal_size", "8GB")];

/// What a run needs.
pub(super) struct Needs<'a> {
    /// The command: `audit` of `cargo dev bench audit`.
    pub(super) name: &'a str,
    /// Programs besides `ops`.
    pub(super) programs: &'a [&'a str],
    /// Whether what is committed is durable.
    pub(super) durability: Durability,
}

/// A server, and where everything else of a run is.
pub(super) struct Bench<'a> {
    pub(super) progress: &'a Progress,
    repository: &'a Repository,
    state: &'a StateFolder,
    server: &'a Server,
    secrets: &'a Secrets,
    superuser: Client,
}

/// A migrated database.
pub(super) struct Database {
    pub(super) owner_url: String,
    pub(super) app_url: String,
    pub(super) exporter_url: String,
    pub(super) owner: Client,
}

/// Builds what is needed, measures on a fresh server, writes the report as JSON and prints it.
pub(super) async fn run<R: Display + Serialize>(
    needs: Needs<'_>,
    repository: &Repository,
    measure: impl AsyncFnOnce(&Bench<'_>) -> Result<R, Failure>,
) -> Result<(), Failure> {
    let state = StateFolder::open(&repository.dev(), "bench", "cargo dev bench")?;
    let progress = Progress::new();
    packages::require(&packages::FOR_FUNCTIONS, &state.log("packages"), &progress).await?;
    let step = progress.step("building what is needed");
    let mut build = repository.cargo();
    build.args(["build", "--release", "--bin", "ops"]);
    build.args(needs.programs.iter().flat_map(|program| ["--bin", program]));
    // As the other benches build it, so that none builds what another one has.
    openssl::link_statically(&mut build).await?;
    programs::run("cargo build", build, &state.log("build"), |line| step.note(line.trim())).await?;
    step.done();

    let scratch = state.join("scratch");
    remove_folder(&scratch)?;
    make_folder(&scratch)?;
    let tools = Tools { folder: &repository.dev().join("tools"), log: &state.log("tools"), progress: &progress };
    let secrets = Secrets::generate()?;
    let cluster = Cluster {
        folder: state.join("postgres"),
        binaries: tools::postgres(&scratch, tools).await?,
        account: Account::for_servers_in(state.path()).await?,
        superuser_password: secrets.superuser_password.clone(),
        durability: needs.durability,
        extensions: None,
    };
    let server = start(&cluster, &state).await?;
    let outcome = async {
        let superuser = postgres::connect(&server.superuser_url("postgres")).await?;
        postgres::create_owner(&superuser, &secrets.owner_password).await?;
        let bench =
            Bench { progress: &progress, repository, state: &state, server: &server, secrets: &secrets, superuser };
        measure(&bench).await
    };
    let outcome = outcome.await;
    server.stop().await;
    cluster.discard().await?;
    tell(&outcome?, &state.join(&format!("{}.json", needs.name)))
}

fn tell<R: Display + Serialize>(report: &R, file: &Path) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(report)
        .map_err(|error| Failure::Unmet(format!("cannot write the report: {error}")))?;
    fs::write(file, json).map_err(Failure::io(format!("write {}", file.display())))?;
    println!("{report}");
    println!("The same as JSON, with all that was found: {}", file.display());
    Ok(())
}

async fn start(cluster: &Cluster, state: &StateFolder) -> Result<Server, Failure> {
    cluster.discard().await?;
    cluster.create(&state.log("initdb")).await?;
    let server = cluster.start(&state.log("postgres")).await?;
    let superuser = postgres::connect(&server.superuser_url("postgres")).await?;
    for (name, value) in SETTINGS {
        let set = format!("alter system set {name} = '{value}'");
        superuser.batch_execute(&set).await.map_err(Failure::database(&set))?;
    }
    drop(superuser);
    server.stop().await;
    cluster.start(&state.log("postgres")).await
}

impl Bench<'_> {
    /// Makes and migrates a database.
    pub(super) async fn database(&self, name: &str) -> Result<Database, Failure> {
        postgres::create_database(&self.superuser, name).await?;
        let Self { repository, state, server, secrets, .. } = self;
        let owner_url = postgres::url(postgres::OWNER, &secrets.owner_password, server.port(), name);
        let app_url = postgres::url(Login::App.role(), &secrets.app_password, server.port(), name);
        let exporter_url = postgres::url(Login::Exporter.role(), &secrets.exporter_password, server.port(), name);
        migration::migrate(repository.binaries(), &owner_url, secrets, &state.log("migrate")).await?;
        let owner = postgres::connect(&owner_url).await?;
        Ok(Database { owner_url, app_url, exporter_url, owner })
    }

    /// Drops it, to have the room again.
    pub(super) async fn drop(&self, database: Database, name: &str) -> Result<(), Failure> {
        drop(database);
        let sql = format!("drop database {name} with (force)");
        self.superuser.batch_execute(&sql).await.map_err(Failure::database(&sql))
    }

    /// The ring that signs for `app.begin`.
    pub(super) fn begin_keys(&self) -> &str {
        &self.secrets.begin_keys
    }

    /// The ring of master keys.
    pub(super) fn encryption_keys(&self) -> &str {
        &self.secrets.encryption_keys
    }

    /// Where a program of ours is.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.repository.binaries().join(name)
    }

    /// A place for files, which is empty at the beginning.
    pub(super) fn scratch(&self, name: &str) -> PathBuf {
        self.state.join("scratch").join(name)
    }

    /// The roots that ship with the functions.
    pub(super) fn roots(&self) -> PathBuf {
        self.repository.root().join("roots/roots.pem")
    }

    /// Where a program's output goes.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.state.log(name)
    }

    /// The server's version.
    pub(super) async fn postgres_version(&self) -> Result<String, Failure> {
        let row = self.superuser.query_one("select current_setting('server_version')", &[]).await;
        row.and_then(|row| row.try_get(0)).map_err(Failure::database("read the server's version"))
    }
}

/// How the server was set up, for a report.
pub(super) fn settings() -> String {
    SETTINGS.map(|(name, value)| format!("{name} = {value}")).join(", ")
}
