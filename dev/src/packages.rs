//! The Debian packages that a command needs: installed when we are root, else named in one line.

use std::path::Path;

use rustix::process::geteuid;

use crate::{failure::Failure, programs, progress::Progress};

/// A package and how to see that what it brings is there, wherever that came from.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    name: &'static str,
    brings: Brings,
}

#[derive(Clone, Copy, Debug)]
enum Brings {
    Program(&'static str),
    /// A library that pkg-config knows.
    Library(&'static str),
}

/// What building and running the functions takes.
pub const FOR_FUNCTIONS: [Package; 5] = [
    Package { name: "python3", brings: Brings::Program("python3") },
    Package { name: "gcc", brings: Brings::Program("cc") },
    Package { name: "pkg-config", brings: Brings::Program("pkg-config") },
    Package { name: "libssl-dev", brings: Brings::Library("openssl") },
    Package { name: "util-linux", brings: Brings::Program("setpriv") },
];

/// What the tests take beyond that.
pub const FOR_TESTS: [Package; 4] = [
    Package { name: "chromium", brings: Brings::Program("chromium") },
    Package { name: "chromium-driver", brings: Brings::Program("chromedriver") },
    Package { name: "pgbouncer", brings: Brings::Program("pgbouncer") },
    Package { name: "libreoffice-calc-nogui", brings: Brings::Program("soffice") },
];

/// Makes sure of packages: looks, and installs what is missing when we are root.
pub async fn require(packages: &[Package], log: &Path, progress: &Progress) -> Result<(), Failure> {
    let missing = missing(packages).await;
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing, log, progress).await?;
    match self::missing(packages).await.as_slice() {
        [] => Ok(()),
        still => Err(Failure::Unmet(format!(
            "still missing after they were installed: {}; see {}",
            still.join(" "),
            log.display()
        ))),
    }
}

/// Installs packages when we are root; otherwise fails with the line that does.
pub async fn install(names: &[&str], log: &Path, progress: &Progress) -> Result<(), Failure> {
    let names_in_one_line = names.join(" ");
    if programs::find("apt-get").is_none() {
        return Err(Failure::Unmet(format!("missing: what these Debian packages bring: {names_in_one_line}")));
    }
    if !geteuid().is_root() {
        return Err(Failure::Unmet(format!("missing; run: sudo apt-get install {names_in_one_line}")));
    }
    let step = progress.step(format!("installing {names_in_one_line}"));
    let steps: [&[&str]; 2] = [&["update"], &["install", "--yes", "--no-install-recommends"]];
    for arguments in steps {
        let mut command = programs::command("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        if arguments[0] == "install" {
            command.args(names);
        }
        programs::run(&format!("apt-get {}", arguments[0]), command, log, |line| step.note(line)).await?;
    }
    step.done();
    Ok(())
}

async fn missing(packages: &[Package]) -> Vec<&'static str> {
    let mut missing = Vec::new();
    for package in packages {
        let is_there = match package.brings {
            Brings::Program(program) => programs::find(program).is_some(),
            Brings::Library(library) => {
                let mut command = programs::command("pkg-config");
                command.args(["--exists", library]);
                programs::succeeds(command).await
            }
        };
        if !is_there {
            missing.push(package.name);
        }
    }
    missing
}
