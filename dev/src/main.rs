//! `cargo dev`: the product on this machine, and everything that is asked of a change to it.
//!
//! Exit status: 0 when all is well, 1 when something is not, 2 for a command line that is not understood.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use dev::{
    bench::{self, Bench},
    failure::Failure,
    manifest::{self, Manifest},
    roots::{self, Roots},
    test::{self, Test, Verdict},
    up::{self, Up},
};

#[derive(Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev", about = "Runs and tests the product on this machine")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Up(Up),
    Test(Test),
    Bench(Bench),
    Manifest(Manifest),
    Roots(Roots),
}

// One thread, which lives as long as the process: what we start is told to end when the thread that started it ends.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Up(command) => up::run(&command).await.map(|()| Verdict::Passed),
        Command::Test(command) => test::run(&command).await,
        Command::Bench(command) => bench::run(&command).await.map(|()| Verdict::Passed),
        Command::Manifest(command) => manifest::run(&command).await.map(|()| Verdict::Passed),
        Command::Roots(command) => roots::run(&command).map(|()| Verdict::Passed),
    };
    report(outcome)
}

fn report(outcome: Result<Verdict, Failure>) -> ExitCode {
    match outcome {
        Ok(Verdict::Passed) => ExitCode::SUCCESS,
        Ok(Verdict::Failed) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
