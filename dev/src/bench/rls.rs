//! `cargo dev bench rls`: what row-level security costs, beside the same statements of the owner's with their
//! organization in a WHERE.

mod answer;
mod asker;
mod calls;
mod crowd;
mod report;
mod side;
mod statements;
mod turns;

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

use asker::Asker;
use calls::Calls;
use crowd::Crowd;
use report::{Group, Report};
use side::Sides;
use statements::{OF_A_CLINIC, OF_THE_LARGE_CLINIC};

const DATABASE: &str = "eleva";

/// How the server is set up beside what [`Cluster::start`] sets. The tables fit into its memory, so that the disk is not
/// measured; nobody vacuums meanwhile.
const SETTINGS: [(&str, &str); 3] = [("shared_buffers", "2GB"), ("autovacuum", "off"), ("max_wal_size", "8GB")];

/// Times statements through row-level security and without it, over a million events.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// How often each statement is run in each way.
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    turns: u32,

    /// Organizations of a hundred events and two members.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    organizations: u32,
}

pub(super) async fn run(options: &Options, repository: &Repository) -> Result<(), Failure> {
    let state = StateFolder::open(&repository.dev(), "bench", "cargo dev bench")?;
    let progress = Progress::new();
    packages::require(&packages::FOR_FUNCTIONS, &state.log("packages"), &progress).await?;
    let step = progress.step("building the migrations");
    let mut build = repository.cargo();
    build.args(["build", "--release", "--bin", "ops"]);
    // As `bench request` builds it, so that neither builds what the other one has.
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
        durability: Durability::None,
        extensions: None,
    };
    let server = server::start(&cluster, &state, &SETTINGS).await?;
    let outcome = measure(options, repository, &state, &progress, &server, &secrets).await;
    server.stop().await;
    cluster.discard().await?;
    let report = outcome?;
    let file = state.join("rls.json");
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
    postgres::create_database(&superuser, DATABASE).await?;
    let owner_url = postgres::url(postgres::OWNER, &secrets.owner_password, server.port(), DATABASE);
    let app_url = postgres::url(Login::App.role(), &secrets.app_password, server.port(), DATABASE);
    migration::migrate(repository.binaries(), &owner_url, secrets, &state.log("migrate")).await?;

    let step = progress.step(format!("making {} organizations with their events", options.organizations));
    let owner = postgres::connect(&owner_url).await?;
    let crowd = Crowd::gather(&owner, options.organizations, &step).await?;
    step.done_with(&crowd);

    let keys = &secrets.begin_keys;
    let sides = Sides::connect(&owner_url, &app_url, keys).await?;
    let step = progress.step(format!("running each statement {} times in each way", options.turns));
    let askers = Asker::choose(&owner, &crowd, options.turns + turns::WARM_UP).await?;
    let clinic = turns::measure(&OF_A_CLINIC, &askers, &sides, &step).await?;
    step.done();
    let step = progress.step("the same where there are many events");
    let askers = Asker::choose_in_large_clinic(&owner, options.turns.div_ceil(10) + turns::WARM_UP).await?;
    let large = turns::measure(&OF_THE_LARGE_CLINIC, &askers, &sides, &step).await?;
    step.done();
    let step = progress.step("calling the functions of the context");
    let calls = Calls::measure(&askers[0], &sides, &app_url, keys).await?;
    step.done();

    Ok(Report {
        machine: Machine::look(),
        postgres: setting(&owner, "server_version").await?,
        settings: SETTINGS.map(|(name, value)| format!("{name} = {value}")).join(", "),
        crowd,
        begin: clinic.begin,
        calls,
        groups: vec![
            Group { events: statements::EVENTS_OF_A_CLINIC, turns: options.turns, statements: clinic.statements },
            Group {
                events: statements::EVENTS_OF_THE_LARGE_CLINIC,
                turns: options.turns.div_ceil(10),
                statements: large.statements,
            },
        ],
    })
}

async fn setting(client: &Client, name: &str) -> Result<String, Failure> {
    let row = client.query_one("select current_setting($1)", &[&name]).await;
    row.and_then(|row| row.try_get(0)).map_err(Failure::database(format!("read the setting {name}")))
}
