//! What encryption and the audit trail cost whoever reads and writes medical records, for `cargo dev bench records`.
//!
//! `bench-phi <turns>`, with the settings of [`settings::Settings`] in its environment: runs each operation so often in
//! each way, and prints what they took, as JSON.

mod connection;
mod operation;
mod patient;
mod settings;
mod turns;

use std::{env, error::Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let turns = env::args().nth(1).ok_or("how many turns?")?.parse()?;
    let settings = settings::Settings::read()?;
    let connection = connection::Connection::open(&settings).await?;
    println!("{}", serde_json::to_string(&turns::measure(&connection, &settings, turns).await?)?);
    Ok(())
}
