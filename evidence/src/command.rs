//! What a command that verifies exports takes and does: `eleva-verify`, and `cargo ops audit verify`, which fetches them
//! first where they are addresses.

mod bar;

use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use jiff::Timestamp;

use self::bar::Bar;
use crate::signature::Kind;
use crate::verify::{self, Material, MaterialError, Options, Report, TrustError, TrustedKeys, printable};

/// How exports are to be verified. The exports themselves are the argument `exports` of the command.
#[derive(Args, Clone, Debug)]
pub struct Verification {
    /// Trusts the key with this fingerprint (64 hexadecimal digits), which you have from elsewhere, with exports.
    /// Repeatable.
    #[arg(long = "fingerprint", value_name = "HEX", requires = "exports")]
    fingerprints: Vec<String>,

    /// The same with checkpoints. Repeatable.
    #[arg(long = "checkpoint-fingerprint", value_name = "HEX", requires = "exports")]
    checkpoint_fingerprints: Vec<String>,

    /// Trusts the keys of this file, which you have from elsewhere: PEM, with exports; or the JSON of
    /// /audit/signing-keys, each with what it is listed for. Repeatable.
    #[arg(long, value_name = "FILE", requires = "exports")]
    keys: Vec<PathBuf>,

    /// Holds the exports against all checkpoints in this folder: whether the chain was computed anew or cut off.
    #[arg(long, value_name = "FOLDER", requires = "exports")]
    against_checkpoints: Option<PathBuf>,

    /// Takes this instant for now: the newest checkpoint may be 48 hours older. For old material.
    #[arg(long, value_name = "INSTANT", requires = "exports")]
    as_of: Option<Timestamp>,
}

/// Why nothing can be said of exports.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// They cannot be read.
    #[error(transparent)]
    Material(#[from] MaterialError),
    /// No key is trusted because of this fingerprint.
    #[error("{0}: {1}")]
    Fingerprint(String, TrustError),
    /// Nor because of this file.
    #[error("{0}: {1}")]
    Keys(String, TrustError),
    /// The file with the keys cannot be read.
    #[error("cannot read {0}: {1}")]
    KeysFile(String, io::Error),
}

impl Verification {
    /// Verifies what lies at paths. Names of files in `temporary` are told without that folder's.
    pub fn run(&self, exports: &[PathBuf], temporary: Option<&Path>) -> Result<Report, CommandError> {
        let mut trusted = TrustedKeys::default();
        let of_kind = [(Kind::Manifest, &self.fingerprints), (Kind::Checkpoint, &self.checkpoint_fingerprints)];
        for (kind, fingerprint) in of_kind.iter().flat_map(|(kind, all)| all.iter().map(move |one| (*kind, one))) {
            let wrong = |error| CommandError::Fingerprint(printable(fingerprint), error);
            trusted.add_fingerprint(kind, fingerprint).map_err(wrong)?;
        }
        for path in &self.keys {
            let name = || printable(&path.to_string_lossy());
            let file = fs::read(path).map_err(|error| CommandError::KeysFile(name(), error))?;
            trusted.add_file(&file).map_err(|error| CommandError::Keys(name(), error))?;
        }
        let mut material = Material::new(temporary);
        for path in exports {
            material.add(path)?;
        }
        if let Some(folder) = &self.against_checkpoints {
            material.add_checkpoints(folder)?;
        }
        let now = Timestamp::now();
        let options = Options { trusted, as_of: self.as_of.unwrap_or(now), now };
        Ok(verify::verify(&material, &options, &Bar::new()))
    }
}

/// Writes a line to standard output. Where nobody reads it any more that is the end, and no error.
pub fn print(line: &dyn fmt::Display) -> io::Result<()> {
    print_to(&mut io::stdout().lock(), line)
}

fn print_to(out: &mut dyn Write, line: &dyn fmt::Display) -> io::Result<()> {
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::print_to;

    /// A pipe of which this end fails.
    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_pipe_that_was_closed_is_the_end_and_anything_else_an_error() {
        let mut out = Vec::new();
        print_to(&mut out, &"all").expect("memory");
        assert_eq!(out, b"all\n");
        print_to(&mut Failing(io::ErrorKind::BrokenPipe), &"all").expect("nobody reads it");
        let error = print_to(&mut Failing(io::ErrorKind::StorageFull), &"all").expect_err("it is not written");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
