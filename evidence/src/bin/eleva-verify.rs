//! `eleva-verify`: whether exports of an audit trail are whole and what was written, for somebody who trusts nobody.
//!
//! Exit status: 0 when all is in order, 1 when it is not or something failed, 2 for a command line that is not
//! understood.

use std::{
    error::Error,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use evidence::command::{self, Verification};

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
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Where that cannot be written either, the status says it.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Verifies and tells; whether all is in order.
fn run(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let report = arguments.verification.run(&arguments.exports, None)?;
    match arguments.json {
        false => command::print(&report)?,
        true => command::print(&serde_json::to_string(&report)?)?,
    }
    Ok(report.in_order)
}
