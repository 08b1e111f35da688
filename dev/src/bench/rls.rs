//! `cargo dev bench rls`: what row-level security costs, beside the same statements of the owner's with their
//! organization in a WHERE.

mod answer;
mod asker;
mod calls;
mod crowd;
mod report;
mod side;
mod statements;
mod turns;

use clap::Args;

use super::{
    report::Machine,
    server::{self, Bench, Database, Needs},
};
use crate::{failure::Failure, postgres::Durability, repository::Repository};

use asker::Asker;
use calls::Calls;
use crowd::Crowd;
use report::{Group, Report};
use side::Sides;
use statements::{OF_A_CLINIC, OF_THE_LARGE_CLINIC};

const DATABASE: &str = "eleva";

/// Times statements through row-level security and without it, over a million events.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// How often each statement is run in each way.
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    turns: u32,

    /// Organizations of a hundred events and two members.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    organizations: u32,
}

pub(super) async fn run(options: &Options, repository: &Repository) -> Result<(), Failure> {
    let needs = Needs { name: "rls", programs: &[], durability: Durability::None };
    server::run(needs, repository, async |bench| measure(options, bench).await).await
}

async fn measure(options: &Options, bench: &Bench<'_>) -> Result<Report, Failure> {
    let (progress, keys) = (bench.progress, bench.begin_keys());
    let Database { owner_url, app_url, owner, .. } = bench.database(DATABASE).await?;

    let step = progress.step(format!("making {} organizations with their events", options.organizations));
    let crowd = Crowd::gather(&owner, options.organizations, &step).await?;
    step.done_with(&crowd);

    let sides = Sides::connect(&owner_url, &app_url, keys).await?;
    let step = progress.step(format!("running each statement {} times in each way", options.turns));
    let askers = Asker::choose(&owner, &crowd, options.turns + turns::WARM_UP).await?;
    let clinic = turns::measure(&OF_A_CLINIC, &askers, &sides, &step).await?;
    step.done();
    let step = progress.step("the same where there are many events");
    let askers = Asker::choose_in_large_clinic(&owner, options.turns.div_ceil(10) + turns::WARM_UP).await?;
    let large = turns::measure(&OF_THE_LARGE_CLINIC, &askers, &sides, &step).await?;
    step.done();
    let step = progress.step("calling the functions of the context");
    let calls = Calls::measure(&askers[0], &sides, &app_url, keys).await?;
    step.done();

    Ok(Report {
        machine: Machine::look(),
        postgres: bench.postgres_version().await?,
        settings: server::settings(),
        crowd,
        begin: clinic.begin,
        calls,
        groups: vec![
            Group { events: statements::EVENTS_OF_A_CLINIC, turns: options.turns, statements: clinic.statements },
            Group {
                events: statements::EVENTS_OF_THE_LARGE_CLINIC,
                turns: options.turns.div_ceil(10),
                statements: large.statements,
            },
        ],
    })
}
