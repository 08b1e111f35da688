//! A long audit trail for `cargo dev bench audit`, with its chains computed here: a million rows take seconds, where the
//! database's functions would take minutes.
//!
//! `bench-trail fill <rows> <since>`, with the owner's `TRAIL_DATABASE_URL` in its environment: writes so many rows, from
//! `since` (microseconds since 1970) until now. `bench-trail chain <rows>`: computes the hashes of so many rows, and
//! prints how many in a second.

mod chain;
mod fill;

use std::{env, error::Error};

use jiff::Timestamp;
use tokio_postgres::NoTls;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let what = arguments.next().ok_or("fill or chain?")?;
    let rows = arguments.next().ok_or("how many rows?")?.parse()?;
    match what.as_str() {
        "fill" => {
            let since = Timestamp::from_microsecond(arguments.next().ok_or("since when?")?.parse()?)?;
            let (owner, connection) = tokio_postgres::connect(&env::var("TRAIL_DATABASE_URL")?, NoTls).await?;
            tokio::spawn(connection);
            fill::fill(&owner, rows, since).await?;
        }
        "chain" => println!("{}", chain::rows_per_second(rows)),
        _ => return Err("fill or chain?".into()),
    }
    Ok(())
}
