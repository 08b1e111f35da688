//! The account that servers run as which refuse to run as root: PostgreSQL and PgBouncer.

use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
};

use rustix::process::geteuid;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::{child::StopSignal, failure::Failure, programs};

/// Accounts that may run a server when we are root, the best one first.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// Who a server runs as.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Another user and group; absent, it is the user who runs us.
    other: Option<Ids>,
    /// Whether it may pass folders that are closed to it, because `.dev` lies below one: `/root`, or what `mktemp -d`
    /// made.
    passes_closed_folders: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Ids {
    user: u32,
    group: u32,
}

impl Account {
    /// The user who runs us.
    pub fn own() -> Self {
        Self { other: None, passes_closed_folders: false }
    }

    /// The account for servers that keep their files in `folder`.
    ///
    /// Fails as root when no unprivileged account can reach the folder, and says what to do.
    pub async fn for_servers_in(folder: &Path) -> Result<Self, Failure> {
        if !geteuid().is_root() {
            return Ok(Self::own());
        }
        let ids = existing_owner(folder).or_else(|| known_account(&CANDIDATES)).ok_or_else(|| {
            Failure::Unmet("PostgreSQL does not run as root, and there is no account postgres or nobody".to_owned())
        })?;
        for passes_closed_folders in [false, true] {
            let account = Self { other: Some(ids), passes_closed_folders };
            let mut probe = account.command("test", StopSignal::Terminate);
            probe.arg("-x").arg(folder);
            if programs::succeeds(probe).await {
                return Ok(account);
            }
        }
        Err(Failure::Unmet(format!(
            "PostgreSQL does not run as root, and as user {} it cannot reach {}: {} is closed to it, and root may not \
             hand on CAP_DAC_OVERRIDE here. Open it (chmod o+x), or move the clone",
            ids.user,
            folder.display(),
            closed_folder(folder).display()
        )))
    }

    /// A command that runs `program` as this account and sends it `on_our_death` when we die, so that nothing is left
    /// running after a `kill -9`. The signal comes when the thread ends that starts the program.
    pub fn command(&self, program: impl AsRef<Path>, on_our_death: StopSignal) -> Command {
        let mut command = programs::command("setpriv");
        command.arg(format!("--pdeathsig={}", on_our_death.name()));
        if let Some(Ids { user, group }) = self.other {
            command.arg(format!("--reuid={user}")).arg(format!("--regid={group}")).arg("--clear-groups");
        }
        if self.passes_closed_folders {
            // Ambient, so that the programs it starts have it as well. no_setuid_fixup makes access(2), by which
            // PostgreSQL looks for its own programs, count capabilities for a user other than root.
            command.args([
                "--inh-caps=-all,+dac_override",
                "--ambient-caps=-all,+dac_override",
                "--securebits=+no_setuid_fixup",
            ]);
        }
        command.arg("--").arg(program.as_ref());
        command
    }

    /// Gives the account a file or folder.
    pub fn give(&self, path: &Path) -> Result<(), Failure> {
        match self.other {
            Some(Ids { user, group }) => {
                chown(path, Some(user), Some(group)).map_err(Failure::io(format!("give away {}", path.display())))
            }
            None => Ok(()),
        }
    }
}

/// Whoever an earlier run gave the database to keeps it.
fn existing_owner(folder: &Path) -> Option<Ids> {
    let metadata = fs::metadata(folder.join("postgres")).ok()?;
    (metadata.uid() != 0).then(|| Ids { user: metadata.uid(), group: metadata.gid() })
}

fn known_account(names: &[&str]) -> Option<Ids> {
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    names.iter().find_map(|name| accounts.lines().find_map(|line| parse_account(line, name)))
}

/// A line of passwd(5): name, password, user id, group id, …
fn parse_account(line: &str, name: &str) -> Option<Ids> {
    let mut fields = line.split(':');
    if fields.next() != Some(name) {
        return None;
    }
    let user = fields.nth(1)?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    (user != 0).then_some(Ids { user, group })
}

/// The first folder on the way that others may not pass.
fn closed_folder(folder: &Path) -> PathBuf {
    let mut on_the_way: Vec<&Path> = folder.ancestors().collect();
    on_the_way.reverse();
    let is_closed = |folder: &&&Path| match fs::metadata(folder) {
        Ok(metadata) => metadata.permissions().mode() & 0o001 == 0,
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    };
    on_the_way.iter().find(is_closed).map_or(folder, |folder| folder).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Ids, parse_account};

    #[test]
    fn accounts_are_read_from_passwd_and_root_is_never_taken() {
        let line = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
        assert_eq!(parse_account(line, "nobody"), Some(Ids { user: 65534, group: 65533 }));
        assert_eq!(parse_account(line, "nobod"), None);
        assert_eq!(parse_account("postgres:x:0:0::/:/bin/sh", "postgres"), None);
    }
}
