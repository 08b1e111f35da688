//! PostgreSQL's programs: the system's, or those of a wheel.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::programs;

/// The oldest major version that the migrations are written for.
const OLDEST_MAJOR_VERSION: u32 = 15;

/// Where Debian keeps the servers, in a folder per major version; only wrappers of the clients are on the PATH.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";

/// A folder with `postgres` and `initdb`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Binaries {
    folder: PathBuf,
    major_version: u32,
}

impl Binaries {
    /// The system's, the newest first; without those that are too old or lack `initdb`.
    pub async fn of_system() -> Vec<Self> {
        let on_path = programs::find("postgres").into_iter();
        let of_debian =
            fs::read_dir(DEBIAN_FOLDER).into_iter().flatten().flatten().map(|entry| entry.path().join("bin/postgres"));
        // What is on the PATH may be a link; the server looks for its files beside what the link leads to.
        let folders: BTreeSet<PathBuf> = on_path
            .chain(of_debian)
            .filter_map(|program| fs::canonicalize(program).ok())
            .filter_map(|program| program.parent().map(Path::to_owned))
            .collect();
        let mut found = Vec::new();
        for folder in folders {
            found.extend(Self::in_folder(&folder).await);
        }
        found.sort_by_key(|binaries| std::cmp::Reverse(binaries.major_version));
        found
    }

    /// Those in a folder, unless they are too old, do not run, or lack `initdb`.
    pub async fn in_folder(folder: &Path) -> Option<Self> {
        if !folder.join("initdb").is_file() {
            return None;
        }
        let mut command = programs::command(folder.join("postgres"));
        command.arg("--version");
        let major_version = parse_major_version(&programs::output(command).await?)?;
        (major_version >= OLDEST_MAJOR_VERSION).then(|| Self { folder: folder.to_owned(), major_version })
    }

    /// The major version; a cluster works with its own only.
    pub fn major_version(&self) -> u32 {
        self.major_version
    }

    /// The path of one of the programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `17beta1` and the like.
fn parse_major_version(text: &str) -> Option<u32> {
    let version = text.split_whitespace().nth(2)?;
    let digits = version.find(|character: char| !character.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse_major_version;

    #[test]
    fn the_major_version_is_read_in_all_its_forms() {
        assert_eq!(parse_major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major_version("postgres (PostgreSQL) 18.6\n"), Some(18));
        assert_eq!(parse_major_version("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(parse_major_version("postgres"), None);
    }
}
