//! schemathesis, which makes up requests from the description and holds the answers against it.

use std::{env, fs, path::Path, process::Stdio};

use dev::{account::Account, child::StopSignal};

use super::description::Description;
use crate::app::world;

/// The same requests each time: what one run finds, the next one finds.
const SEED: &str = "20261125";

/// One run.
pub(super) struct Run<'a> {
    /// Its name, for its folder.
    pub(super) name: &'a str,
    /// The origin of the product.
    pub(super) url: &'a str,
    /// Headers of every request.
    pub(super) headers: Vec<String>,
    /// Which operations are asked, as options.
    pub(super) operations: &'a [&'a str],
    /// The most requests that are made up per operation.
    pub(super) max_examples: usize,
}

impl Run<'_> {
    /// Runs it to its end. An error is what it says when it finds anything.
    pub(super) async fn outcome(&self) -> Result<(), String> {
        let folder = world().scratch.join("openapi").join(self.name);
        fs::create_dir_all(&folder).expect("a folder can be made");
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi");
        let modules = env::join_paths([&world().schemathesis, &own]).expect("no folder has a colon in its name");
        let mut command = Account::own().command(&world().python, StopSignal::Terminate);
        command
            .args(["-m", "schemathesis.cli", "--config-file"])
            .arg(own.join("schemathesis.toml"))
            .arg("run")
            .arg(Description::file());
        command.args(["--url", self.url, "--seed", SEED, "--max-examples", &self.max_examples.to_string()]);
        command.args(self.headers.iter().flat_map(|header| ["--header", header]));
        command.args(self.operations);
        command
            .current_dir(&folder)
            .env("HOME", &folder)
            .env("PYTHONPATH", modules)
            .env("SCHEMATHESIS_HOOKS", "prices")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // Should it ever mean to leave this machine, it finds the way closed: nothing listens at port 9.
            .env("HTTP_PROXY", "http://127.0.0.1:9")
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null());
        let output = command.output().await.expect("schemathesis can be started");
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        fs::write(folder.join("output"), &said).expect("what it says can be kept");
        if output.status.success() { Ok(()) } else { Err(said) }
    }
}
