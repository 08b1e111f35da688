//! Warm requests, in rounds of each kind and of the floor in turn: what slows the machine for a while slows all of them.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use http::StatusCode;
use tokio::time::{sleep, timeout};

use super::{
    costs::{Costs, FloorCosts, Sample, mebibytes, milliseconds},
    process::{peak_memory, processor_time},
    report::{AtDelay, Measured},
    subject::Subject,
};
use crate::{
    failure::Failure,
    lambda::{Function, InvokeError},
    programs,
    progress::Step,
    world::TestWorld,
};

/// How often it is each one's turn.
pub(super) const ROUNDS: u32 = 10;
/// Requests to a sandbox before its warm ones are counted.
const WARM_UP: usize = 10;
/// Fresh sandboxes whose first answer is timed, for each kind and delay.
pub(super) const FIRST_ANSWERS: usize = 10;

/// How long a goodbye may take to reach both sides.
const PATIENCE: Duration = Duration::from_secs(10);

const PAGE: &str = "text/html";
const JSON: &str = "application/json";

/// A request that is measured.
struct Kind {
    title: &'static str,
    function: &'static str,
    path: &'static str,
    accept: &'static str,
    status: StatusCode,
}

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

/// What was counted so far of one kind, or of the floor.
#[derive(Default)]
struct Tally {
    durations: Vec<Duration>,
    processor: Duration,
    peak_bytes: u64,
    round_trips: Option<usize>,
}

/// Asks `per_round` times in each round, with this many milliseconds of delay on the wire.
pub(super) async fn measure(
    per_round: u32,
    delay_ms: u64,
    subject: &Subject,
    world: &TestWorld,
    step: &Step,
) -> Result<AtDelay, Failure> {
    subject.wire().delay(Duration::from_millis(delay_ms));
    let mut first = Vec::new();
    for kind in &KINDS {
        step.note(format!("the first answers to {}", kind.title));
        first.push(first_answers(subject, kind).await?);
    }
    let mut floor = Tally::default();
    let mut tallies: [Tally; KINDS.len()] = Default::default();
    for round in 1..=ROUNDS {
        step.note(format!("round {round} of {ROUNDS}"));
        ask_floor(per_round, subject, world, &mut floor).await?;
        for (kind, tally) in KINDS.iter().zip(&mut tallies) {
            ask(per_round, subject, kind, tally).await?;
        }
    }
    // Where nothing slows them, answers overtake what follows the question, and round trips cannot be told apart.
    let is_certain = delay_ms > 0;
    let measured = |((kind, first_ms), tally): ((&Kind, f64), &Tally)| Measured {
        title: kind.title,
        first_ms,
        warm: tally.costs(is_certain),
    };
    let requests = KINDS.iter().zip(first).zip(&tallies).map(measured).collect();
    Ok(AtDelay { delay_ms, floor: floor.costs(is_certain), requests })
}

impl Tally {
    /// Counts those of the one request that was made when there had been this many connections.
    async fn count_round_trips(&mut self, subject: &Subject, connections: usize) -> Result<(), Failure> {
        connections_made(subject).await?;
        let flights = subject.wire().flights();
        let round_trips = flights[connections..].iter().map(|flights| flights.answered).sum();
        // The fewest of any round: an answer may come in pieces, and what is said between two of them counts once more.
        self.round_trips = Some(self.round_trips.map_or(round_trips, |fewest| fewest.min(round_trips)));
        Ok(())
    }

    fn costs(&self, are_round_trips_certain: bool) -> Costs {
        let sample = Sample::new(self.durations.iter().copied());
        Costs {
            p50_ms: milliseconds(sample.percentile(50)),
            p99_ms: milliseconds(sample.percentile(99)),
            processor_ms: milliseconds(self.processor) / self.durations.len() as f64,
            peak_mib: mebibytes(self.peak_bytes),
            round_trips: self.round_trips.filter(|&count| are_round_trips_certain || count == 0),
        }
    }
}

/// The median of the first answers of fresh sandboxes, milliseconds.
async fn first_answers(subject: &Subject, kind: &Kind) -> Result<f64, Failure> {
    let function = subject.function(kind.function)?;
    let mut durations = Vec::new();
    for _ in 0..FIRST_ANSWERS {
        start(function).await?;
        durations.push(ask_once(subject, kind).await?);
    }
    Ok(milliseconds(Sample::new(durations).percentile(50)))
}

/// A round of one kind, in a sandbox that is warm and of this round.
async fn ask(count: u32, subject: &Subject, kind: &Kind, tally: &mut Tally) -> Result<(), Failure> {
    let process = start(subject.function(kind.function)?).await?;
    for _ in 0..WARM_UP {
        ask_once(subject, kind).await?;
    }
    let doing = || Failure::io(format!("look at the process of {}", kind.function));
    let before = processor_time(process).map_err(doing())?;
    for _ in 0..count {
        tally.durations.push(ask_once(subject, kind).await?);
    }
    tally.processor += processor_time(process).map_err(doing())?.saturating_sub(before);
    tally.peak_bytes = tally.peak_bytes.max(peak_memory(process).map_err(doing())?);
    let connections = connections_made(subject).await?;
    ask_once(subject, kind).await?;
    tally.count_round_trips(subject, connections).await
}

async fn ask_once(subject: &Subject, kind: &Kind) -> Result<Duration, Failure> {
    let started = Instant::now();
    subject.get(kind.path, kind.accept, kind.status).await.map(|_| started.elapsed())
}

/// A round of the floor, in a process of its own.
async fn ask_floor(count: u32, subject: &Subject, world: &TestWorld, tally: &mut Tally) -> Result<(), Failure> {
    let mut command = programs::command(world.binaries.join("bench-floor"));
    command
        .args([count.to_string(), WARM_UP.to_string()])
        .env("FLOOR_DATABASE_URL", subject.floor_database_url())
        .env("SSL_CERT_FILE", &world.ca_certificate_file)
        .stderr(Stdio::inherit());
    let output = command.output().await.map_err(Failure::io("run the floor"))?;
    let costs: FloorCosts = serde_json::from_slice(&output.stdout)
        .map_err(|_| Failure::Unmet(format!("the floor gave no figures ({})", output.status)))?;
    tally.durations.extend(costs.nanoseconds.iter().copied().map(Duration::from_nanos));
    tally.processor += Duration::from_nanos(costs.processor_nanoseconds);
    tally.peak_bytes = tally.peak_bytes.max(costs.peak_bytes);
    let connections = connections_made(subject).await?;
    tally.count_round_trips(subject, connections - 1).await
}

/// Starts a fresh sandbox, the only one of its function, and gives its process.
async fn start(function: &Function) -> Result<u32, Failure> {
    function.stop().await;
    let start = function.start().await;
    start.map(|start| start.process).map_err(|error: InvokeError| Failure::Unmet(error.to_string()))
}

/// How many connections were made so far, once all of them are over.
async fn connections_made(subject: &Subject) -> Result<usize, Failure> {
    let over = async {
        while !subject.wire().is_silent() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, over).await.map_err(|_| Failure::Unmet("a connection to the database stays open".to_owned()))?;
    Ok(subject.wire().flights().len())
}
