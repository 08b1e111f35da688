//! Statements in turns: each asker runs each statement on every side, so that what slows the machine for a while slows
//! all of them. The sides take turns in every order there is: who comes second finds rows in the processor's cache, and
//! who comes after a side of the same kind finds the functions of the context there too.

use std::time::{Duration, Instant};

use super::{
    asker::Asker,
    report::{Compared, Spread, Way},
    side::{Side, Sides},
    statements::Statement,
};
use crate::{
    bench::{costs::Sample, explained::Explained},
    failure::Failure,
    progress::Step,
};

/// Askers whose statements are not counted: connections and caches are warm then.
pub(super) const WARM_UP: u32 = 100;

/// Askers whose statements are also explained, after all were timed.
const EXPLAINED: usize = 100;

/// What was found.
pub(super) struct Measured {
    /// `app.begin`.
    pub(super) begin: Spread,
    pub(super) statements: Vec<Compared>,
}

/// Runs statements for all askers, the first [`WARM_UP`] of whom do not count.
pub(super) async fn measure(
    statements: &[Statement],
    askers: &[Asker],
    sides: &Sides,
    step: &Step,
) -> Result<Measured, Failure> {
    let texts: Vec<[String; 3]> =
        statements.iter().map(|statement| Side::ALL.map(|side| statement.sql(side))).collect();
    let mut begins = Vec::new();
    let mut taken: Vec<[Vec<Duration>; 3]> = statements.iter().map(|_| Default::default()).collect();
    for (turn, asker) in askers.iter().enumerate() {
        let is_counted = turn >= WARM_UP as usize;
        if turn % 100 == 0 {
            step.note(format!("{turn} of {}", askers.len()));
        }
        let begin = sides.begin(asker).await?;
        if is_counted {
            begins.push(begin);
        }
        for (place, ((statement, texts), taken)) in statements.iter().zip(&texts).zip(&mut taken).enumerate() {
            for side in Side::ORDERS[(turn + place) % Side::ORDERS.len()] {
                let duration = run(statement, &texts[side as usize], asker, side, sides).await?;
                if is_counted {
                    taken[side as usize].push(duration);
                }
            }
        }
        sides.roll_back().await?;
    }

    let mut compared = Vec::new();
    for ((statement, texts), taken) in statements.iter().zip(&texts).zip(taken) {
        step.note(format!("explaining: {}", statement.title));
        let mut ways = Vec::new();
        for (side, taken) in Side::ALL.into_iter().zip(taken) {
            let explained = explain(statement, &texts[side as usize], side, askers, sides).await?;
            ways.push(Way { time: Spread::of(&Sample::new(taken)), explained, sql: texts[side as usize].clone() });
        }
        let ways = ways.try_into().map_err(|_| Failure::Unmet("a side is missing".to_owned()))?;
        let [owner, functions, repeated] = ways;
        compared.push(Compared { title: statement.title, goal: statement.goal, owner, functions, repeated });
    }
    Ok(Measured { begin: Spread::of(&Sample::new(begins)), statements: compared })
}

/// Runs a statement inside the transaction that is open, and gives how long its answer took.
async fn run(statement: &Statement, sql: &str, asker: &Asker, side: Side, sides: &Sides) -> Result<Duration, Failure> {
    let parameters = statement.parameters(asker, side);
    let client = sides.client(side);
    let started = Instant::now();
    let rows = client.query_typed(sql, &parameters).await;
    let taken = started.elapsed();
    let rows = rows.map_err(Failure::database(format!("run {:?} as {side:?}", statement.title)))?;
    match statement.answer.is(&rows) {
        true => Ok(taken),
        false => {
            Err(Failure::Unmet(format!("{:?} as {side:?} did not answer {:?}", statement.title, statement.answer)))
        }
    }
}

/// What the server says about a statement, for some of the askers.
async fn explain(
    statement: &Statement,
    sql: &str,
    side: Side,
    askers: &[Asker],
    sides: &Sides,
) -> Result<Explained, Failure> {
    let mut all = Vec::new();
    for asker in askers.iter().rev().take(EXPLAINED) {
        sides.begin(asker).await?;
        all.push(Explained::ask(sides.client(side), sql, &statement.parameters(asker, side)).await?);
        sides.roll_back().await?;
    }
    Ok(Explained::median(all))
}
