//! `cargo dev bench audit`: what a row of the audit trail costs whoever writes it, how fast chains are verified, and how
//! fast the newest rows are read.

mod newest;
mod people;
mod report;
mod trail;
mod verification;
mod writer;
mod writes;

use std::fs;

use clap::Args;
use tokio_postgres::Client;

use super::{report::Machine, server};
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

use report::Report;
use trail::Trail;

/// How the server is set up beside what [`Cluster::start`] sets; what it commits is durable. The tables fit into its
/// memory, and nobody vacuums meanwhile.
const SETTINGS: [(&str, &str); 3] = [("shared_buffers", "2GB"), ("autovacuum", "off"), ("max_wal_size", "8GB")];

/// Times writing, verifying and reading the audit trail.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// For how many seconds transactions of each kind are counted.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,

    /// How many rows are verified.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..=100_000_000))]
    rows: u32,

    /// How many fresh connections ask for the newest rows.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(5..=10_000))]
    connections: u32,
}

/// Where everything of a run is.
struct Bench<'a> {
    repository: &'a Repository,
    state: &'a StateFolder,
    server: &'a Server,
    secrets: &'a Secrets,
    superuser: Client,
}

/// A migrated database.
struct Database {
    owner_url: String,
    app_url: String,
    owner: Client,
}

pub(super) async fn run(options: &Options, repository: &Repository) -> Result<(), Failure> {
    let state = StateFolder::open(&repository.dev(), "bench", "cargo dev bench")?;
    let progress = Progress::new();
    packages::require(&packages::FOR_FUNCTIONS, &state.log("packages"), &progress).await?;
    let step = progress.step("building ops and what fills the trail");
    let mut build = repository.cargo();
    build.args(["build", "--release", "--bin", "ops", "--bin", "bench-trail"]);
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
        durability: Durability::Kept,
        extensions: None,
    };
    let server = server::start(&cluster, &state, &SETTINGS).await?;
    let outcome = measure(options, repository, &state, &progress, &server, &secrets).await;
    server.stop().await;
    cluster.discard().await?;
    let report = outcome?;
    let file = state.join("audit.json");
    fs::write(&file, report.to_json()?).map_err(Failure::io(format!("write {}", file.display())))?;
    println!("{report}");
    println!("The same as JSON, with the plans: {}", file.display());
    Ok(())
}

async fn measure(
    options: &Options,
    repository: &Repository,
    state: &StateFolder,
    progress: &Progress,
    server: &Server,
    secrets: &Secrets,
) -> Result<Report, Failure> {
    let superuser = postgres::connect(&server.superuser_url("postgres")).await?;
    postgres::create_owner(&superuser, &secrets.owner_password).await?;
    let bench = Bench { repository, state, server, secrets, superuser };

    let step = progress.step("writing with and without a row");
    let database = bench.database("writes").await?;
    let writes = writes::measure(&database, &secrets.begin_keys, options.seconds, &step).await?;
    let row = database.owner.query_one("select current_setting('server_version')", &[]).await;
    let postgres = row.and_then(|row| row.try_get(0)).map_err(Failure::database("read the server's version"))?;
    bench.drop(database, "writes").await?;
    step.done();

    let trail = Trail::new(repository, state);
    let mut verifications = Vec::new();
    for organizations in [1, 1000] {
        let step = progress.step(format!("verifying {} rows of {organizations} organizations", options.rows));
        let name = format!("verified_{organizations}");
        let database = bench.database(&name).await?;
        let ops = repository.binaries().join("ops");
        verifications.push(verification::measure(&database, &trail, &ops, (options.rows, organizations), &step).await?);
        bench.drop(database, &name).await?;
        step.done();
    }
    let step = progress.step("computing a chain");
    let chain_rows_per_second = trail.rows_per_second(options.rows).await?;
    step.done();

    let step = progress.step("reading the newest rows in fresh connections");
    let database = bench.database("newest").await?;
    let newest = newest::measure(&database, &trail, &secrets.begin_keys, options.connections, &step).await?;
    step.done();

    Ok(Report {
        machine: Machine::look(),
        postgres,
        settings: SETTINGS.map(|(name, value)| format!("{name} = {value}")).join(", "),
        seconds: options.seconds,
        writes,
        chain_rows_per_second,
        verifications,
        connections: options.connections,
        newest,
    })
}

impl Bench<'_> {
    /// Makes and migrates a database.
    async fn database(&self, name: &str) -> Result<Database, Failure> {
        postgres::create_database(&self.superuser, name).await?;
        let Self { repository, state, server, secrets, .. } = self;
        let owner_url = postgres::url(postgres::OWNER, &secrets.owner_password, server.port(), name);
        let app_url = postgres::url(Login::App.role(), &secrets.app_password, server.port(), name);
        migration::migrate(repository.binaries(), &owner_url, secrets, &state.log("migrate")).await?;
        let owner = postgres::connect(&owner_url).await?;
        Ok(Database { owner_url, app_url, owner })
    }

    /// Drops it, to have the room again.
    async fn drop(&self, database: Database, name: &str) -> Result<(), Failure> {
        drop(database);
        let sql = format!("drop database {name} with (force)");
        self.superuser.batch_execute(&sql).await.map_err(Failure::database(&sql))
    }
}
