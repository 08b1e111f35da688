//! `cargo dev bench records`: what encryption and the audit trail cost whoever reads and writes medical records.

mod report;

use clap::Args;

use super::{
    people::Person,
    report::Machine,
    server::{self, Bench, Needs},
};
use crate::{environment::Environment, failure::Failure, postgres::Durability, programs, repository::Repository};

use report::{Report, Taken};

/// Times reading, listing and writing medical records, with and without encryption and the audit trail.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// How often each is done in each way.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(50..=100_000))]
    turns: u32,
}

pub(super) async fn run(options: &Options, repository: &Repository) -> Result<(), Failure> {
    let needs = Needs { name: "records", programs: &["bench-phi"], durability: Durability::Kept };
    server::run(needs, repository, async |bench| measure(options, bench).await).await
}

async fn measure(options: &Options, bench: &Bench<'_>) -> Result<Report, Failure> {
    let database = bench.database("records").await?;
    let step = bench.progress.step("reading, listing and writing records");
    let people = Person::make(&database.owner, 1, 1).await?;
    let (Some(person), Some(event)) = (people.first(), people.first().and_then(|person| person.events.first())) else {
        return Err(Failure::Unmet("there is nobody who writes records".to_owned()));
    };
    let claims = person.claims(bench.begin_keys())?;
    let mut command = programs::command(bench.program("bench-phi"));
    Environment::remove_inherited(&mut command);
    command.arg(options.turns.to_string());
    let mac: String = claims.mac.iter().map(|byte| format!("{byte:02x}")).collect();
    command.env("PHI_DATABASE_URL", &database.app_url).env("PHI_CLAIMS", &claims.text).env("PHI_MAC", mac);
    command.env("PHI_ORG_ID", person.org_id.to_string()).env("PHI_USER_ID", &person.user_id);
    command.env("PHI_EVENT_ID", event.to_string()).env("ENCRYPTION_KEYS", bench.encryption_keys());
    let mut told = String::new();
    programs::run("bench-phi", command, &bench.log("records"), |line| line.clone_into(&mut told)).await?;
    step.done();
    let taken = serde_json::from_str::<Vec<Taken>>(&told)
        .map_err(|error| Failure::Unmet(format!("bench-phi does not say what things took: {error}")))?;
    Ok(Report {
        machine: Machine::look(),
        postgres: bench.postgres_version().await?,
        settings: server::settings(),
        turns: options.turns,
        taken,
    })
}
