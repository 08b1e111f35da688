//! The functions as their sources have them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use eleva::{
    Function as Wiring,
    settings::{Group, Name, Settings},
};

/// A folder of functions/.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) folder: PathBuf,
    main: String,
}

/// The repository; known without the world.
pub(super) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies in the repository")
}

/// Every function, by name.
pub(super) fn functions() -> Vec<Function> {
    let folders = fs::read_dir(repository().join("functions")).expect("functions/ can be read");
    let mut functions: Vec<Function> = folders
        .map(|folder| {
            let folder = folder.expect("a folder").path();
            let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
            let main = fs::read_to_string(folder.join("src/main.rs")).unwrap_or_else(|error| panic!("{name}: {error}"));
            Function { name, folder, main }
        })
        .collect();
    functions.sort_by(|one, other| one.name.cmp(&other.name));
    functions
}

impl Function {
    /// What the names of its blocks begin with: `SignIn` for sign-in.
    pub(super) fn stem(&self) -> String {
        let words = self.name.split('-').map(|word| word[..1].to_ascii_uppercase() + &word[1..]);
        words.collect()
    }

    /// The groups of settings that its `main.rs` names.
    pub(super) fn groups(&self) -> Vec<Group> {
        let names = self.main.split("Group::").skip(1).map(|rest| {
            let end = rest.find(|character: char| !character.is_alphanumeric()).unwrap_or(rest.len());
            &rest[..end]
        });
        let group = |name: &str| {
            let found = Group::ALL.into_iter().find(|group| format!("{group:?}") == name);
            found.unwrap_or_else(|| panic!("Group::ALL in shared/src/settings/name.rs lacks Group::{name}"))
        };
        names.map(group).collect()
    }

    /// Whether a schedule invokes it, and no request.
    pub(super) fn is_worker(&self) -> bool {
        self.main.contains("WORKER.run(")
    }

    /// The settings that it reads.
    pub(super) fn settings(&self) -> BTreeSet<Name> {
        match self.is_worker() {
            true => Settings::names_for_worker(&self.groups()),
            false => Settings::names(&self.groups()),
        }
    }

    /// The time that it gives itself for an answer.
    pub(super) fn time_limit(&self) -> Duration {
        let Some((_, limit)) = self.main.split_once("time_limit: ") else { return Wiring::DEFAULT.time_limit };
        let seconds = limit.strip_prefix("Duration::from_secs(").and_then(|rest| rest.split_once(')'));
        let seconds = seconds.and_then(|(number, _)| number.parse().ok());
        let seconds = seconds.unwrap_or_else(|| panic!("{}: its time limit is not Duration::from_secs(…)", self.name));
        Duration::from_secs(seconds)
    }
}

#[test]
fn a_function_is_read_from_its_main() {
    let main = "
        settings: &[Group::Identity, Group::SignIn],
        time_limit: Duration::from_secs(20),
    ";
    let function = Function { name: "sign-in-again".to_owned(), folder: PathBuf::new(), main: main.to_owned() };
    assert_eq!(function.stem(), "SignInAgain");
    assert_eq!(function.groups(), [Group::Identity, Group::SignIn]);
    assert_eq!(function.time_limit(), Duration::from_secs(20));
    assert!(!function.is_worker());
    let main = "const WORKER: Worker = Worker { … }; async fn main() { WORKER.run(daily::run).await }";
    assert!(Function { main: main.to_owned(), ..function }.is_worker());
}
