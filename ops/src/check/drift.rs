//! Where a database and the migrations disagree.

use std::fmt;

use serde::Serialize;

use super::fact::Fact;

/// One disagreement.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Drift {
    /// What it is about, in one word: `table`, `grant`, `session`, `migration`.
    pub(super) kind: String,
    /// Which one.
    pub(super) object: String,
    /// How they disagree.
    pub(super) problem: Problem,
    /// What the migrations define.
    pub(super) expected: Option<String>,
    /// What the database has.
    pub(super) found: Option<String>,
}

/// How a database and the migrations disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Problem {
    /// The migrations define it, and the database lacks it.
    Missing,
    /// The database has it, and no migration defines it.
    Undefined,
    /// Both have it, and not alike.
    Differs,
    /// A migration was not applied yet.
    Pending,
    /// A migration was applied that is not the one of this build.
    Diverged,
}

impl Drift {
    /// A fact that the database lacks.
    pub(super) fn missing(fact: Fact) -> Self {
        let Fact { kind, object, value } = fact;
        Self { kind, object, problem: Problem::Missing, expected: Some(value), found: None }
    }

    /// A fact that the migrations do not define.
    pub(super) fn undefined(fact: Fact) -> Self {
        let Fact { kind, object, value } = fact;
        Self { kind, object, problem: Problem::Undefined, expected: None, found: Some(value) }
    }

    /// Two facts of one object, or nothing where they are the same.
    pub(super) fn between(expected: Fact, found: Fact) -> Option<Self> {
        (expected.value != found.value).then_some(Self {
            kind: found.kind,
            object: found.object,
            problem: Problem::Differs,
            expected: Some(expected.value),
            found: Some(found.value),
        })
    }

    /// What to look at, without how the two disagree about it.
    fn fact(&self, value: Option<&String>) -> Fact {
        let value = value.cloned().unwrap_or_default();
        Fact { kind: self.kind.clone(), object: self.object.clone(), value }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (expected, found) = (self.fact(self.expected.as_ref()), self.fact(self.found.as_ref()));
        match self.problem {
            Problem::Missing => write!(formatter, "missing: {expected}"),
            Problem::Undefined => write!(formatter, "not defined by the migrations: {found}"),
            Problem::Differs => {
                write!(formatter, "differs: {} {}: {}", self.kind, self.object, differences(&expected, &found))
            }
            Problem::Pending => write!(formatter, "pending: {found}"),
            Problem::Diverged => write!(formatter, "diverged: {found}"),
        }
    }
}

/// The parts that only one of them has; all of them when they are the same and stand in another order.
fn differences(expected: &Fact, found: &Fact) -> String {
    let only = |one: &Fact, other: &Fact| {
        let parts = one.parts().filter(|part| other.parts().all(|of_other| of_other != *part));
        parts.collect::<Vec<&str>>().join("; ")
    };
    match (only(expected, found), only(found, expected)) {
        (missing, more) if missing.is_empty() && more.is_empty() => {
            format!("{} (migrations: {})", found.value, expected.value)
        }
        (missing, more) if more.is_empty() => format!("lacks {missing}"),
        (missing, more) if missing.is_empty() => format!("{more} (migrations: nothing of the kind)"),
        (missing, more) => format!("{more} (migrations: {missing})"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Drift, Fact};

    #[test]
    fn only_what_differs_is_told() {
        for (expected, found, told) in [
            ("a; b; c", "a; d; c", "d (migrations: b)"),
            ("a; b", "a", "lacks b"),
            ("a", "a; b", "b (migrations: nothing of the kind)"),
            ("a; b", "b; a", "b; a (migrations: a; b)"),
        ] {
            let fact = |value| Fact::new("table", "public.events", value);
            let drift = Drift::between(fact(expected), fact(found)).expect("a difference");
            assert_eq!(drift.to_string(), format!("differs: table public.events: {told}"));
        }
    }
}
