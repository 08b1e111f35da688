//! `cargo dev test`: everything that is asked of a change, in one command.

mod dependencies;
mod deployment;
mod further_worlds;
mod report;
mod template;
pub(crate) mod world;

use clap::Args;
use tokio::process::Command;

use crate::{
    descendants, failure::Failure, interruption, packages, progress::Progress, repository::Repository,
    state::StateFolder, tools::Tools, world::TEST_WORLD_VARIABLE,
};

use further_worlds::FurtherWorlds;
use report::{Outcome, Report};
use world::Plan;

/// Checks formatting, lints, dependencies and the template, and runs all tests in a world of their own; those of the
/// database also in worlds with other PostgreSQLs.
#[derive(Debug, Args)]
pub struct Test {
    /// Long tests take their long form, and the functions are built and started as they are deployed.
    #[arg(long)]
    thorough: bool,

    /// Only tests whose names contain one of these; without formatting, lints, dependencies and template.
    filter: Vec<String>,
}

/// Whether all is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every step passed.
    Passed,
    /// At least one did not.
    Failed,
}

/// Runs the command.
pub async fn run(test: &Test) -> Result<Verdict, Failure> {
    let repository = Repository::locate()?;
    let state = StateFolder::open(&repository.dev(), "test", "cargo dev test")?;
    descendants::adopt_orphans()?;
    let mut servers = None;
    let outcome = tokio::select! {
        outcome = run_steps(test, &repository, &state, &mut servers) => outcome,
        interruption = interruption::wait() => {
            interruption.and_then(|()| Err(Failure::Unmet("interrupted".to_owned())))
        }
    };
    world::stop(&mut servers).await;
    descendants::kill().await;
    outcome
}

async fn run_steps(
    test: &Test,
    repository: &Repository,
    state: &StateFolder,
    servers: &mut Option<world::Servers>,
) -> Result<Verdict, Failure> {
    let progress = Progress::new();
    let required = [packages::FOR_FUNCTIONS.as_slice(), packages::FOR_TESTS.as_slice()].concat();
    packages::require(&required, &state.log("packages"), &progress).await?;
    let tools = Tools { folder: &repository.dev().join("tools"), log: &state.log("tools"), progress: &progress };

    let mut report = Report::default();
    let is_whole = test.filter.is_empty();
    if is_whole {
        report.add("formatting", cargo(repository, &["fmt", "--all", "--check"])).await;
    } else {
        report.not_run("formatting, lints, dependencies, template", "a filter was given");
    }
    let build = report.add("build", cargo(repository, &["build", "--workspace", "--all-targets"])).await;
    if is_whole {
        let lints = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        match build {
            Outcome::Passed => report.add("lints", cargo(repository, &lints)).await,
            _ => report.not_run("lints", "the build failed"),
        };
        report.add("dependencies", dependencies::check(repository, tools)).await;
        report.add("template", template::check(repository, state, tools)).await;
    }
    let build = match build {
        // The tests run what `cargo dev up` and `cargo lambda watch` run.
        Outcome::Passed => report.add("functions", to_success("cargo build", repository.build_functions()?)).await,
        failed => failed,
    };
    if build != Outcome::Passed {
        report.not_run("world and tests", "the build failed");
        return Ok(report.finish());
    }
    let mut sam_build = None;
    if test.thorough {
        let building = async {
            sam_build = Some(deployment::build(repository, state, tools).await?);
            Ok(())
        };
        report.add("deployment", building).await;
    }
    let mut ordinary = None;
    let starting = async {
        let plan = Plan { is_thorough: test.thorough, sam_build, ..Plan::default() };
        ordinary = Some(world::start(plan, repository, state, tools, servers).await?);
        Ok(())
    };
    report.add("world", starting).await;
    let Some(ordinary) = ordinary else {
        report.not_run("tests", "their world did not start");
        return Ok(report.finish());
    };
    let mut command = repository.cargo();
    command.env(TEST_WORLD_VARIABLE, world::file(state)).args(["test", "--workspace", "--no-fail-fast", "--"]);
    command.args(&test.filter);
    let title = format!("tests on PostgreSQL {}", ordinary.postgres_binaries.major_version());
    report.add(&title, to_success("cargo test", command)).await;
    world::stop(servers).await;
    let further = FurtherWorlds { filter: &test.filter, repository, state, tools };
    further.run(&ordinary, servers, &mut report).await;
    Ok(report.finish())
}

/// Runs cargo with its output where ours goes.
async fn cargo(repository: &Repository, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = repository.cargo();
    command.args(arguments);
    to_success(&format!("cargo {}", arguments[0]), command).await
}

async fn to_success(title: &str, mut command: Command) -> Result<(), Failure> {
    let status = command.status().await.map_err(Failure::io(format!("run {title}")))?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure::Unmet(format!("{title} failed ({status})"))),
    }
}
