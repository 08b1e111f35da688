//! What the migrations define: the facts of a freshly migrated database, as `migrations/manifest.txt` lists them.

use super::fact::Fact;

const TEXT: &str = include_str!("../../../migrations/manifest.txt");

/// What every partition must be, whatever its name: partitions are made as time passes and have no lines of their own.
const PARTITION: &str = "owned by owner; row security enabled and forced; no policy; no grant; no trigger of its own";

/// The facts of the manifest.
pub(super) fn facts() -> impl Iterator<Item = Fact> {
    lines().filter_map(Fact::parse)
}

/// What is true of a partition that is in order.
pub(super) fn partition(name: &str) -> Fact {
    Fact { kind: "partition".to_owned(), object: name.to_owned(), value: PARTITION.to_owned() }
}

/// The settings that the sessions of a login role begin with: name and value.
pub(super) fn settings_of(role: &str) -> Vec<(String, String)> {
    facts()
        .filter(|fact| fact.kind == "setting")
        .filter_map(|fact| {
            let (name, of) = fact.object.split_once(" of ")?;
            (of == role).then(|| (name.to_owned(), fact.value))
        })
        .collect()
}

fn lines() -> impl Iterator<Item = &'static str> {
    TEXT.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{facts, lines, settings_of};
    use crate::settings::LOGIN_ROLES;

    #[test]
    fn every_line_is_a_fact_of_its_own_and_the_lines_are_sorted() {
        let facts: Vec<String> = facts().map(|fact| fact.to_string()).collect();
        assert!(facts.len() > 300, "the manifest is there");
        assert_eq!(facts, lines().collect::<Vec<&str>>());
        assert!(facts.is_sorted());
        let subjects: BTreeSet<(String, String)> = super::facts().map(|fact| (fact.kind, fact.object)).collect();
        assert_eq!(subjects.len(), facts.len(), "nothing is said twice");
    }

    #[test]
    fn every_login_has_its_search_path_and_its_time_limits() {
        for role in LOGIN_ROLES {
            let names: Vec<String> = settings_of(role.name).into_iter().map(|(name, _)| name).collect();
            assert_eq!(
                names,
                ["idle_in_transaction_session_timeout", "search_path", "statement_timeout"],
                "{}",
                role.name
            );
        }
    }
}
