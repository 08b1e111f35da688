//! What a row costs the transaction that writes it: the same transaction without one, with one in a table without a
//! chain, and with one in the trail.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinSet;
use tokio_postgres::Error;

use super::{
    Database,
    writer::{PLAIN, Row, Writer},
};
use crate::{bench::people::Person, failure::Failure, progress::Step};

/// How many work at once.
const CLIENTS: [usize; 3] = [1, 4, MOST_CLIENTS];
const MOST_CLIENTS: usize = 16;

/// How many turns the kinds take, so that what slows the machine for a while slows all of them.
const TURNS: usize = 3;

/// Transactions in a second.
#[derive(Debug, Serialize)]
pub(super) struct Rate {
    pub(super) clients: usize,
    /// Whether all of them write to one organization, or each to another.
    pub(super) is_one_organization: bool,
    pub(super) without: f64,
    pub(super) plain: f64,
    pub(super) chained: f64,
}

pub(super) async fn measure(
    database: &Database,
    begin_keys: &str,
    seconds: u32,
    step: &Step,
) -> Result<Vec<Rate>, Failure> {
    let people = Person::make(&database.owner, MOST_CLIENTS as u32, MOST_CLIENTS as u32).await?;
    database.owner.batch_execute(PLAIN).await.map_err(Failure::database("make a table without a chain"))?;
    let mut rates = Vec::new();
    for is_one_organization in [true, false] {
        for clients in CLIENTS {
            let mut writers = Vec::new();
            for number in 0..clients {
                // In one organization everybody changes another event: nobody waits for anything but the chain.
                let person = &people[if is_one_organization { 0 } else { number }];
                writers.push(Writer::connect(&database.app_url, person, number, begin_keys).await?);
            }
            let [without, plain, chained] = in_turns(writers, Duration::from_secs(seconds.into()), step).await?;
            rates.push(Rate { clients, is_one_organization, without, plain, chained });
        }
    }
    Ok(rates)
}

/// Transactions in a second of each kind, which are given so much time each.
async fn in_turns(mut writers: Vec<Writer>, time: Duration, step: &Step) -> Result<[f64; 3], Failure> {
    let mut done = [(0, Duration::ZERO); Row::ALL.len()];
    for turn in 0..TURNS {
        for place in 0..Row::ALL.len() {
            let kind = (turn + place) % Row::ALL.len();
            step.note(format!("{} at once, {:?}", writers.len(), Row::ALL[kind]));
            let started = Instant::now();
            let count;
            (writers, count) = work(writers, Row::ALL[kind], time / TURNS as u32).await?;
            done[kind].0 += count;
            done[kind].1 += started.elapsed();
        }
    }
    Ok(done.map(|(count, elapsed)| f64::from(count) / elapsed.as_secs_f64()))
}

/// Has everybody work for so long, and gives how many transactions came of it.
async fn work(writers: Vec<Writer>, row: Row, time: Duration) -> Result<(Vec<Writer>, u32), Failure> {
    let mut working = JoinSet::new();
    for writer in writers {
        working.spawn(async move {
            let (started, mut count) = (Instant::now(), 0);
            while started.elapsed() < time {
                writer.write(row).await?;
                count += 1;
            }
            Ok::<_, Error>((writer, count))
        });
    }
    let (mut writers, mut all) = (Vec::new(), 0);
    for outcome in working.join_all().await {
        let (writer, count) = outcome.map_err(Failure::database("write"))?;
        writers.push(writer);
        all += count;
    }
    Ok((writers, all))
}
