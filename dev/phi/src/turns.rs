//! Every operation in every way, in turns, so that what slows the machine for a while slows all of them.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use eleva::clock::Entropy;
use serde::Serialize;
use tokio_postgres::types::Type;

use crate::{
    connection::Connection,
    operation::{Operation, Way, perform},
    patient::Patient,
    settings::Settings,
};

/// What is measured with which sizes of a record's content, in bytes: a page of notes, and the most there may be. No page
/// of a list holds fifty of those.
const SIZES: [(usize, &[Operation]); 2] = [
    (2 * 1024, &[Operation::Read, Operation::List, Operation::Write]),
    (256 * 1024, &[Operation::Read, Operation::Write]),
];

/// How many turns are not counted.
const WARM_UP: usize = 20;

const KEY: &str = "
    insert into org_keys (org_id, key_no, wrapped_key, wrapped_by)
    values ((select app.org_id()), $1, $2, $3)";

/// What an operation took, done in one way.
#[derive(Debug, Serialize)]
pub(crate) struct Taken {
    operation: Operation,
    content_bytes: usize,
    #[serde(flatten)]
    way: Way,
    /// From the first byte sent to the last opened, milliseconds: the median.
    p50_ms: f64,
}

/// Measures all of them.
pub(crate) async fn measure(
    connection: &Connection,
    settings: &Settings,
    turns: usize,
) -> Result<Vec<Taken>, Box<dyn Error>> {
    let (key, wrapped) = settings.master_keys.generate(Entropy::default(), settings.org_id, 1)?;
    let insert = vec![
        (&wrapped.key_no as _, Type::INT4),
        (&wrapped.wrapped_key as _, Type::BYTEA),
        (&wrapped.wrapped_by as _, Type::TEXT),
    ];
    connection.whole(&vec![(KEY, insert)]).await?;
    let mut all = Vec::new();
    for (content_bytes, operations) in SIZES {
        let patient = Patient::admit(connection, settings, &key, content_bytes).await?;
        for operation in operations.iter().copied() {
            let mut taken = Way::ALL.map(|_| Vec::with_capacity(turns));
            for turn in 0..WARM_UP + turns {
                for (way, taken) in Way::ALL.into_iter().zip(&mut taken) {
                    let started = Instant::now();
                    perform(operation, way, connection, settings, &patient).await?;
                    if turn >= WARM_UP {
                        taken.push(started.elapsed());
                    }
                }
            }
            let rows = Way::ALL.into_iter().zip(taken);
            all.extend(rows.map(|(way, taken)| Taken { operation, content_bytes, way, p50_ms: median(taken) }));
        }
    }
    Ok(all)
}

fn median(mut taken: Vec<Duration>) -> f64 {
    taken.sort_unstable();
    taken.get(taken.len() / 2).map_or(0.0, |duration| duration.as_secs_f64() * 1_000.0)
}
