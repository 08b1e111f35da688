//! What would be deployed: the functions as `sam build` makes them.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::template;
use crate::{
    failure::Failure,
    openssl, programs,
    repository::Repository,
    state::{StateFolder, make_folder},
    tools::{self, PythonTool, Tools},
};

/// The libraries that a binary may load: what Rust's standard library takes. OpenSSL is not among them.
const LIBRARIES: [&str; 4] = ["ld-linux-x86-64.so.2", "libc.so.6", "libgcc_s.so.1", "libm.so.6"];

/// The version of glibc in Lambda's provided.al2023, after the 2.
const GLIBC_OF_LAMBDA: u32 = 34;

/// Builds what template.yaml deploys, and gives the folder that has a folder per function, each with its `bootstrap`.
pub(super) async fn build(repository: &Repository, state: &StateFolder, tools: Tools<'_>) -> Result<PathBuf, Failure> {
    let sam = PythonTool::Sam.install(tools).await?;
    let cargo_lambda = tools::cargo_lambda(tools).await?;
    let folder = repository.dev().join("sam");
    make_folder(&folder)?;
    let build = folder.join("build");
    let step = tools.progress.step("building what is deployed, which takes minutes");
    let mut command = template::python(repository, &sam);
    command
        .args(["-m", "samcli", "build", "--beta-features", "--build-dir"])
        .arg(&build)
        .env("PATH", path_with(&cargo_lambda)?)
        // cargo and rustup need the home that is theirs; SAM has a folder of its own instead.
        .env("__SAM_CLI_APP_DIR", &folder)
        // With the system's linker: cargo-lambda would link with zig, which finds no OpenSSL.
        .env("CARGO_LAMBDA_COMPILER", "cargo");
    openssl::link_statically(&mut command).await?;
    programs::run("sam build", command, &state.log("sam-build"), |line| step.note(line.trim())).await?;
    step.done();
    check_binaries(&build, repository.functions()?.len() + repository.workers()?.len())?;
    Ok(build)
}

fn path_with(program: &Path) -> Result<std::ffi::OsString, Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = program.parent().map(Path::to_owned).into_iter().chain(env::split_paths(&path));
    env::join_paths(folders)
        .map_err(|error| Failure::Unmet(format!("cannot put {} on the PATH: {error}", program.display())))
}

/// Tells the size of each of the `count` functions, and fails for one that would not start at Lambda.
fn check_binaries(build: &Path, count: usize) -> Result<(), Failure> {
    let reading = || format!("read {}", build.display());
    let mut folders = Vec::new();
    for entry in fs::read_dir(build).map_err(Failure::io(reading()))? {
        folders.push(entry.map_err(Failure::io(reading()))?.path());
    }
    folders.sort();
    let binaries = folders.iter().map(|folder| folder.join("bootstrap"));
    let binaries: Vec<PathBuf> = binaries.filter(|binary| binary.is_file()).collect();
    if binaries.len() != count {
        return Err(Failure::Unmet(format!("{} has {} binaries of {count}", build.display(), binaries.len())));
    }
    for binary in binaries {
        let bytes = fs::read(&binary).map_err(Failure::io(format!("read {}", binary.display())))?;
        let version = glibc(&bytes);
        eprintln!("{}: {} bytes, GLIBC_2.{version}", binary.display(), bytes.len());
        if let Some(library) = libraries(&bytes).find(|library| !LIBRARIES.contains(library)) {
            return Err(Failure::Unmet(format!("{} loads {library}, which Lambda may not have", binary.display())));
        }
        if version > GLIBC_OF_LAMBDA {
            return Err(Failure::Unmet(format!(
                "{} needs GLIBC_2.{version}, and Lambda has 2.{GLIBC_OF_LAMBDA}: build on a system with an older one, \
                 such as Debian 12",
                binary.display()
            )));
        }
    }
    Ok(())
}

/// The libraries that a binary names: what it loads, and what it may look for.
fn libraries(binary: &[u8]) -> impl Iterator<Item = &str> {
    let texts = binary.split(|byte| *byte == 0).filter_map(|text| str::from_utf8(text).ok());
    texts.filter(|text| is_library(text))
}

fn is_library(text: &str) -> bool {
    (text.starts_with("lib") || text.starts_with("ld-"))
        && text.contains(".so")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte))
}

/// The latest version of glibc that a binary names, after the 2.
fn glibc(binary: &[u8]) -> u32 {
    let prefix = b"GLIBC_2.";
    let versions = binary.windows(prefix.len() + 2).filter(|bytes| bytes.starts_with(prefix)).filter_map(|bytes| {
        let digits: Vec<u8> = bytes[prefix.len()..].iter().copied().take_while(u8::is_ascii_digit).collect();
        String::from_utf8(digits).ok()?.parse().ok()
    });
    versions.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{glibc, libraries};

    #[test]
    fn the_latest_version_that_a_binary_names_counts() {
        assert_eq!(glibc(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.17\0"), 34);
        assert_eq!(glibc(b"\0GLIBC_PRIVATE\0 GLIBC_2."), 0);
    }

    #[test]
    fn the_libraries_that_a_binary_names_are_seen() {
        let binary = b"\x7fELF\xff\0libssl.so.3\0libc.so.6\0library of so.me kind\0lib%s.so\0SSL_new\0";
        assert_eq!(libraries(binary).collect::<Vec<_>>(), ["libssl.so.3", "libc.so.6"]);
    }
}
