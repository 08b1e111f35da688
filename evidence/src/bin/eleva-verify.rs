//! `eleva-verify`: whether exports of an audit trail are whole and what was written, for somebody who trusts nobody.
//!
//! Exit status: 0 when all is in order, 1 when it is not or something failed, 2 for a command line that is not
//! understood.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use evidence::command::Verification;

const LIMITS: &str = "\
Give the fingerprint of the key that signs exports as you have it from elsewhere: from a letter, by telephone, from the
contract. Without one all else is verified, the fingerprint is shown, and the exit status is 1.

Exit status: 0 when all is in order, 1 when it is not or something failed, 2 for a command line that is not understood.";

/// Verifies exports of an audit trail: signatures, files, the chain of hashes, that no row which was asked for is left out,
/// and, against checkpoints, that it is still the same chain. Changes nothing and speaks to nobody.
#[derive(Parser)]
#[command(name = "eleva-verify", version, after_help = LIMITS)]
struct Arguments {
    /// Manifests (….manifest.json), files of rows whose manifests lie beside them, checkpoints, or folders with all that
    /// is in them.
    #[arg(required = true, value_name = "FILE|MANIFEST|FOLDER")]
    exports: Vec<PathBuf>,

    #[command(flatten)]
    verification: Verification,

    /// Writes one JSON object: in_order, exports, checkpoints, covered, keys, findings, notes, limits.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let report = match arguments.verification.run(&arguments.exports, None) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    match arguments.json {
        false => println!("{report}"),
        true => match serde_json::to_string(&report) {
            Ok(json) => println!("{json}"),
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        },
    }
    if report.in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
