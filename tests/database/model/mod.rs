//! People who come, ask, are promoted, suspended and removed, in an order that nobody thought of: who reaches which row
//! while all of it changes (hardening B7, B9, B10, B11, B12, B13, B16, B22).
//!
//! The matrix tries every cell on a stage that stands still. Here organizations, people, memberships, sessions and rows
//! change from statement to statement: as people in organizations, as the public, as the other logins and as the owner,
//! in transactions that hold several statements, end either way, and go on beside each other on connections that are
//! used again. A model in memory says of every statement what it must answer, to the last row and column; anything else
//! fails and names the seed, with which the run is the same again.
//!
//! The rules are stated anew, in [`rules`] and in the grants of [`tables`], and share nothing with the matrix. Its
//! declarations are about rows that never change and that belong to somebody by construction; and two statements of the
//! same, in different words, find each other's errors, which one statement read twice does not.

mod arrival;
mod asker;
mod choice;
mod constraints;
mod expected;
mod inventory;
mod prediction;
pub(crate) mod random;
mod rules;
mod run;
mod seat;
mod state;
mod statement;
mod table;
mod tables;
mod tally;
mod values;

use std::{env, time::SystemTime};

use futures_util::{StreamExt, stream};

use self::{
    run::Run,
    tally::{STATEMENTS, Tally},
};
use crate::app::{TestApp, world};

/// How many sessions there are; a third of them at most is revoked.
const SESSIONS: usize = 60;

/// The variable that holds the seed of a run that is to be repeated.
const SEED_VARIABLE: &str = "ELEVA_SEED";

/// Statements of one run, which has a database of its own.
const STATEMENTS_OF_RUN: usize = 4_000;

#[tokio::test]
async fn b10_nobody_reaches_more_or_less_than_is_theirs_whatever_happens_before() {
    let (runs, at_least) = if world().is_thorough { (30, 100_000) } else { (2, 5_000) };
    let tally = whole(runs, seed()).await.unwrap_or_else(|wrong| panic!("{wrong}"));
    println!("{tally}");
    assert!(tally.count(STATEMENTS) >= at_least, "only {tally}");
    let idle = tally.lacking(&FREQUENT);
    assert!(idle.is_empty(), "nobody {idle:?}: {tally}");
    let undone = tally.undone();
    // In a short run chance may leave one out.
    assert!(!world().is_thorough || undone.is_empty(), "nobody did {undone:?}");
}

/// What happens often enough in every run that its absence shows a run that tries nothing.
const FREQUENT: [&str; 9] = [
    "saw rows",
    "saw nothing",
    "changed rows",
    "changed nothing",
    "lacked a right",
    "violated a policy",
    "met a constraint",
    "turned away",
    "beside others' transactions",
];

/// So many runs with seeds that follow each other, two at a time; all that went wrong, or what was tried.
async fn whole(runs: u64, first: u64) -> Result<Tally, String> {
    let seeds = (0..runs).map(|number| first.wrapping_add(number));
    let outcomes: Vec<Result<Tally, String>> = stream::iter(seeds).map(of_seed).buffer_unordered(2).collect().await;
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(of_run) => tally.append(of_run),
            Err(of_run) => wrong.push(of_run),
        }
    }
    if wrong.is_empty() { Ok(tally) } else { Err(wrong.join("\n\n")) }
}

async fn of_seed(seed: u64) -> Result<Tally, String> {
    let app = TestApp::start().await;
    let run = Run::start(&app, seed).await;
    let outcome = run.finish(STATEMENTS_OF_RUN).await;
    outcome.map_err(|wrong| format!("{SEED_VARIABLE}={seed}, {wrong}"))
}

/// The seed that is asked for, or a new one.
fn seed() -> u64 {
    match env::var(SEED_VARIABLE) {
        Ok(seed) => seed.parse().unwrap_or_else(|_| panic!("{SEED_VARIABLE} is a number, not {seed:?}")),
        Err(_) => {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
            u64::from(now.subsec_nanos()) ^ now.as_secs()
        }
    }
}
