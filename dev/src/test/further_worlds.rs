//! The tests of the database once more, in worlds whose PostgreSQL differs from the ordinary one's.

use super::{
    report::{Outcome, Report},
    to_success,
    world::{self, Plan, Servers},
};
use crate::{
    failure::Failure,
    postgres::AuthFunctions,
    programs,
    repository::Repository,
    state::StateFolder,
    tools::Tools,
    world::{TEST_WORLD_VARIABLE, TestWorld},
};

/// What the names of the tests begin with that run in every world.
const DATABASE: &str = "database::";

/// The arguments of cargo that choose the integration tests. Of the whole workspace, so that nothing is built anew with
/// other features.
const INTEGRATION: [&str; 4] = ["test", "--workspace", "--test", "integration"];

/// What further worlds are made of.
pub(super) struct FurtherWorlds<'a> {
    pub(super) filter: &'a [String],
    pub(super) repository: &'a Repository,
    pub(super) state: &'a StateFolder,
    pub(super) tools: Tools<'a>,
}

impl FurtherWorlds<'_> {
    /// Runs the tests of the database in one further world after another. `ordinary` is the world that they have run
    /// in already.
    pub(super) async fn run(&self, ordinary: &TestWorld, servers: &mut Option<Servers>, report: &mut Report) {
        let mut names = Vec::new();
        let listing = async {
            names = self.tests().await?;
            Ok(())
        };
        if report.add("list of the database's tests", listing).await != Outcome::Passed {
            return;
        }
        let newer = &ordinary.postgres_with_extensions;
        let version = newer.major_version();
        for (folder, title, auth) in [
            ("newer", format!("PostgreSQL {version}"), AuthFunctions::StandIn),
            ("extension", format!("PostgreSQL {version} with an extension's auth"), AuthFunctions::Extension),
        ] {
            let tests = format!("database tests on {title}");
            if names.is_empty() {
                report.not_run(&tests, "the filter leaves none");
                continue;
            }
            if auth == ordinary.auth && version <= ordinary.postgres_binaries.major_version() {
                report.not_run(&tests, "the tests before ran on it or on a newer one");
                continue;
            }
            let plan = Plan {
                is_thorough: ordinary.is_thorough,
                sam_build: ordinary.sam_build.clone(),
                postgres: Some(newer.clone()),
                auth,
            };
            self.run_in(folder, &title, plan, &names, servers, report).await;
            world::stop(servers).await;
        }
    }

    async fn run_in(
        &self,
        folder: &str,
        title: &str,
        plan: Plan,
        names: &[String],
        servers: &mut Option<Servers>,
        report: &mut Report,
    ) {
        let mut file = None;
        let starting = async {
            let state = StateFolder::open(self.state.path(), folder, "cargo dev test")?;
            world::start(plan, self.repository, &state, self.tools, servers).await?;
            file = Some(world::file(&state));
            Ok(())
        };
        report.add(&format!("world on {title}"), starting).await;
        let tests = format!("database tests on {title}");
        let Some(file) = file else {
            report.not_run(&tests, "their world did not start");
            return;
        };
        let mut command = self.repository.cargo();
        command.env(TEST_WORLD_VARIABLE, file).args(INTEGRATION).args(["--", "--exact"]).args(names);
        report.add(&tests, to_success("cargo test", command)).await;
    }

    /// The names of the database's tests that the filter leaves.
    async fn tests(&self) -> Result<Vec<String>, Failure> {
        let mut command = self.repository.cargo();
        command.args(INTEGRATION).args(["--quiet", "--", "--list", "--format", "terse"]).args(self.filter);
        let list = programs::output(command)
            .await
            .ok_or_else(|| Failure::Unmet("the integration tests cannot be listed".to_owned()))?;
        let names = names(&list);
        if names.is_empty() && self.filter.is_empty() {
            return Err(Failure::Unmet(format!("no integration test's name begins with {DATABASE}")));
        }
        Ok(names)
    }
}

/// The database's tests in a list of tests.
fn names(list: &str) -> Vec<String> {
    let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
    names.filter(|name| name.starts_with(DATABASE)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn only_the_tests_of_the_database_run_again() {
        let list = "app::database::one: test\ndatabase::two: test\ndatabase::three: benchmark\nscope::four: test\n";
        assert_eq!(names(list), ["database::two"]);
    }
}
