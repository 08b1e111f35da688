//! `cargo dev bench request`: what starting a sandbox and answering a request costs, beside the least that connecting
//! and asking the database once can cost.

use std::{
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use clap::Args;
use http::StatusCode;

use super::{
    costs::{Costs, FloorCosts, Sample, mebibytes, milliseconds},
    process::{peak_memory, processor_time},
    report::{AtDelay, Machine, Measured, Report},
    starts,
    subject::Subject,
};
use crate::{
    failure::Failure,
    lambda::InvokeError,
    packages, programs,
    progress::Progress,
    repository::Repository,
    state::StateFolder,
    test::world::{self, Servers},
    tools::Tools,
    world::TestWorld,
};

/// One way, added to whatever is sent between functions and PgBouncer, milliseconds.
const DELAYS: [u64; 3] = [0, 1, 5];
/// Requests to a sandbox before its warm ones are counted.
const WARM_UP: usize = 10;
/// Fresh sandboxes whose first answer is timed, for each request and delay.
const FIRST_ANSWERS: usize = 10;

/// Times the start of every function and the requests that people wait for most.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Warm requests of each kind at each delay.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    requests: u32,

    /// Starts of each function.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    starts: u32,
}

/// A request that is measured.
struct Kind {
    title: &'static str,
    function: &'static str,
    path: &'static str,
    accept: &'static str,
    status: StatusCode,
}

const PAGE: &str = "text/html";
const JSON: &str = "application/json";

const KINDS: [Kind; 4] = [
    Kind { title: "GET /events, page", function: "events", path: "/events", accept: PAGE, status: StatusCode::OK },
    Kind { title: "GET /events, JSON", function: "events", path: "/events", accept: JSON, status: StatusCode::OK },
    Kind {
        title: "GET /auth/session",
        function: "session",
        path: "/auth/session",
        accept: JSON,
        status: StatusCode::OK,
    },
    Kind { title: "GET /sign-in", function: "sign-in", path: "/sign-in", accept: PAGE, status: StatusCode::FOUND },
];

pub(super) async fn run(options: &Options, repository: &Repository) -> Result<(), Failure> {
    let state = StateFolder::open(&repository.dev(), "bench", "cargo dev bench")?;
    let progress = Progress::new();
    let required = [packages::FOR_FUNCTIONS.as_slice(), packages::FOR_TESTS.as_slice()].concat();
    packages::require(&required, &state.log("packages"), &progress).await?;

    let step = progress.step("building the functions");
    let mut build = repository.build_functions()?;
    build.args(["--bin", "bench-floor"]);
    programs::run("cargo build", build, &state.log("build"), |line| step.note(line.trim())).await?;
    step.done();

    let mut servers = None;
    let outcome = measure(options, repository, &state, &progress, &mut servers).await;
    if let Some(servers) = servers {
        world::stop(servers).await;
    }
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
    world::start(false, None, repository, state, tools, servers).await?;
    let world = TestWorld::read(&state.join("world.json"))?;
    let subject = Subject::start(repository, &world).await?;
    step.done();

    let starts = starts::measure(options.starts, &subject, &world, progress).await?;
    let mut delays = Vec::new();
    for delay_ms in DELAYS {
        let step = progress.step(format!("asking {} times of each kind, delayed by {delay_ms} ms", options.requests));
        subject.wire().delay(Duration::from_millis(delay_ms));
        let mut floor = floor(options, &subject, &world).await?;
        let mut requests = Vec::new();
        for kind in &KINDS {
            step.note(kind.title);
            requests.push(request(options, &subject, kind).await?);
        }
        if delay_ms == 0 {
            // Where nothing slows them, answers overtake what follows the question.
            for costs in requests.iter_mut().map(|measured| &mut measured.warm).chain([&mut floor]) {
                costs.round_trips = costs.round_trips.filter(|&count| count == 0);
            }
        }
        delays.push(AtDelay { delay_ms, floor, requests });
        step.done();
    }
    Ok(Report { machine: Machine::look(), starts, first_answers: FIRST_ANSWERS, requests: options.requests, delays })
}

async fn floor(options: &Options, subject: &Subject, world: &TestWorld) -> Result<Costs, Failure> {
    let mut command = programs::command(world.binaries.join("bench-floor"));
    command
        .arg(options.requests.to_string())
        .env("FLOOR_DATABASE_URL", subject.floor_database_url())
        .env("SSL_CERT_FILE", &world.ca_certificate_file)
        .stderr(Stdio::inherit());
    let output = command.output().await.map_err(Failure::io("run the floor"))?;
    let unusable = || Failure::Unmet(format!("the floor gave no figures ({})", output.status));
    let costs: FloorCosts = serde_json::from_slice(&output.stdout).map_err(|_| unusable())?;
    let sample = Sample::new(costs.nanoseconds.iter().copied().map(Duration::from_nanos));
    let processor = Duration::from_nanos(costs.processor_nanoseconds);
    Ok(Costs {
        p50_ms: milliseconds(sample.percentile(50)),
        p99_ms: milliseconds(sample.percentile(99)),
        processor_ms: milliseconds(processor) / f64::from(options.requests),
        peak_mib: mebibytes(costs.peak_bytes),
        round_trips: Some(round_trips(subject)?),
    })
}

async fn request(options: &Options, subject: &Subject, kind: &Kind) -> Result<Measured, Failure> {
    let function = subject.function(kind.function)?;
    let ask = async || {
        let started = Instant::now();
        subject.get(kind.path, kind.accept, kind.status).await.map(|_| started.elapsed())
    };
    let mut first = Vec::new();
    for _ in 0..FIRST_ANSWERS {
        function.stop().await;
        function.start().await.map_err(unmet)?;
        first.push(ask().await?);
    }
    function.stop().await;
    let process = function.start().await.map_err(unmet)?.process;
    for _ in 0..WARM_UP {
        ask().await?;
    }
    let connections = subject.wire().flights().len();
    let doing = || Failure::io(format!("look at the process of {}", kind.function));
    let before = processor_time(process).map_err(doing())?;
    let mut durations = Vec::new();
    for _ in 0..options.requests {
        durations.push(ask().await?);
    }
    let processor = processor_time(process).map_err(doing())? - before;
    let asked_database = subject.wire().flights().len() > connections;
    let (first, warm) = (Sample::new(first), Sample::new(durations));
    Ok(Measured {
        title: kind.title,
        first_ms: milliseconds(first.percentile(50)),
        warm: Costs {
            p50_ms: milliseconds(warm.percentile(50)),
            p99_ms: milliseconds(warm.percentile(99)),
            processor_ms: milliseconds(processor) / f64::from(options.requests),
            peak_mib: mebibytes(peak_memory(process).map_err(doing())?),
            round_trips: Some(if asked_database { round_trips(subject)? } else { 0 }),
        },
    })
}

/// The round trips of the last connection.
fn round_trips(subject: &Subject) -> Result<usize, Failure> {
    let flights = subject.wire().flights();
    let last = flights.last().ok_or_else(|| Failure::Unmet("nobody has connected to the database".to_owned()))?;
    Ok(last.answered)
}

fn unmet(error: InvokeError) -> Failure {
    Failure::Unmet(error.to_string())
}
