//! The least that a request with one database query can cost: connecting with TLS and SCRAM, and one statement. What a
//! function takes beyond it is ours.
//!
//! Called by `cargo dev bench` as `bench-floor <count> <warm-up>`, with `FLOOR_DATABASE_URL` in its environment and the
//! server's root in `SSL_CERT_FILE`. Prints a [`FloorCosts`] as JSON.

use std::{
    env,
    error::Error,
    process,
    time::{Duration, Instant},
};

use dev::bench::{
    FloorCosts,
    process::{peak_memory, processor_time},
};
use native_tls::TlsConnector;
use postgres_native_tls::MakeTlsConnector;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = env::args().skip(1).map(|argument| argument.parse::<usize>());
    let (count, warm_up) = (numbers.next().ok_or("how often?")??, numbers.next().ok_or("after how many?")??);
    let url = env::var("FLOOR_DATABASE_URL")?;
    let tls = MakeTlsConnector::new(TlsConnector::new()?);
    for _ in 0..warm_up {
        once(&url, &tls).await?;
    }
    let before = processor_time(process::id())?;
    let mut nanoseconds = Vec::with_capacity(count);
    for _ in 0..count {
        nanoseconds.push(u64::try_from(once(&url, &tls).await?.as_nanos())?);
    }
    let processor = processor_time(process::id())?.saturating_sub(before);
    let costs = FloorCosts {
        nanoseconds,
        processor_nanoseconds: u64::try_from(processor.as_nanos())?,
        peak_bytes: peak_memory(process::id())?,
    };
    println!("{}", serde_json::to_string(&costs)?);
    Ok(())
}

/// Connects, asks, and says goodbye, which is part of the processor's work but not waited for.
async fn once(url: &str, tls: &MakeTlsConnector) -> Result<Duration, Box<dyn Error>> {
    let started = Instant::now();
    let (client, connection) = tokio_postgres::connect(url, tls.clone()).await?;
    let driver = tokio::spawn(connection);
    client.query_typed("select 1", &[]).await?;
    let taken = started.elapsed();
    drop(client);
    driver.await??;
    Ok(taken)
}
