//! `cargo dev bench request`: what starting a sandbox and answering a request costs, beside the least that connecting
//! and asking the database once can cost.

use std::fs;

use clap::Args;

use super::{
    report::{Machine, Report},
    starts,
    subject::Subject,
    warm::{self, FIRST_ANSWERS, ROUNDS},
};
use crate::{
    failure::Failure,
    openssl, packages, programs,
    progress::Progress,
    repository::Repository,
    state::StateFolder,
    test::world::{self, Plan, Servers},
    tools::Tools,
};

/// One way, added to whatever is sent between functions and PgBouncer, milliseconds.
const DELAYS: [u64; 3] = [0, 1, 5];

/// Times the start of every function and the requests that people wait for most.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Warm requests of each kind at each delay; rounded up to a multiple of ten.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    requests: u32,

    /// Starts of each function in each way.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    starts: u32,
}

pub(super) async fn run(options: &Options, repository: &Repository) -> Result<(), Failure> {
    let state = StateFolder::open(&repository.dev(), "bench", "cargo dev bench")?;
    let progress = Progress::new();
    let required = [packages::FOR_FUNCTIONS.as_slice(), packages::FOR_TESTS.as_slice()].concat();
    packages::require(&required, &state.log("packages"), &progress).await?;

    let step = progress.step("building the functions");
    let mut build = repository.build_functions()?;
    build.arg("--release");
    // As they are deployed.
    openssl::link_statically(&mut build).await?;
    programs::run("cargo build", build, &state.log("build"), |line| step.note(line.trim())).await?;
    let mut build = repository.cargo();
    build.args(["build", "--release", "--package", "bench-floor"]);
    openssl::link_statically(&mut build).await?;
    programs::run("cargo build", build, &state.log("build-floor"), |line| step.note(line.trim())).await?;
    step.done();

    let mut servers = None;
    let outcome = measure(options, repository, &state, &progress, &mut servers).await;
    world::stop(&mut servers).await;
    let report = outcome?;
    let file = state.join("request.json");
    fs::write(&file, report.to_json()?).map_err(Failure::io(format!("write {}", file.display())))?;
    println!("{report}");
    println!("The same as JSON: {}", file.display());
    Ok(())
}

async fn measure(
    options: &Options,
    repository: &Repository,
    state: &StateFolder,
    progress: &Progress,
    servers: &mut Option<Servers>,
) -> Result<Report, Failure> {
    let tools = Tools { folder: &repository.dev().join("tools"), log: &state.log("tools"), progress };
    let step = progress.step("starting Postgres, PgBouncer and WorkOS's stand-in");
    let world = world::start(Plan::default(), repository, state, tools, servers).await?;
    let subject = Subject::start(repository, &world).await?;
    step.done();

    let starts = starts::measure(options.starts, &subject, &world, progress).await?;
    let per_round = options.requests.div_ceil(ROUNDS);
    let requests = per_round * ROUNDS;
    let mut delays = Vec::new();
    for delay_ms in DELAYS {
        let step = progress.step(format!("asking {requests} times of each kind, delayed by {delay_ms} ms"));
        delays.push(warm::measure(per_round, delay_ms, &subject, &world, &step).await?);
        step.done();
    }
    Ok(Report { machine: Machine::look(), starts, first_answers: FIRST_ANSWERS, requests, delays })
}
