//! Licences, sources, duplicates and advisories of the dependencies.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    failure::Failure,
    programs,
    repository::Repository,
    tools::{self, Tools},
};

/// How long fetching the advisories may take.
const FETCH_PATIENCE: Duration = Duration::from_secs(60);

/// Runs cargo-deny. Without a way to the advisories the rest is checked, and it is said that they were not.
pub(super) async fn check(repository: &Repository, tools: Tools<'_>) -> Result<(), Failure> {
    let program = tools::cargo_deny(repository, tools).await?;
    let cargo_deny = || {
        let mut command = programs::command(&program);
        command.current_dir(repository.root());
        command
    };
    let mut fetch = cargo_deny();
    fetch.args(["fetch", "db"]);
    let has_advisories = timeout(FETCH_PATIENCE, programs::succeeds(fetch)).await.unwrap_or(false);

    let mut check = cargo_deny();
    check.args(["check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    if has_advisories {
        check.args(["--disable-fetch", "advisories"]);
    } else {
        eprintln!("advisories were NOT checked: the database of advisories cannot be fetched from here");
    }
    super::to_success("cargo deny", check).await
}
