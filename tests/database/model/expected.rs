//! What a statement is to be answered with, and whether it was.

use super::{seat::Answer, state::Row, statement::Statement};

/// A row of an answer.
pub(super) type Line = Vec<Option<String>>;

/// What is to be answered.
#[derive(Debug)]
pub(super) enum Expected {
    /// These rows, in any order.
    Lines(Vec<Line>),
    /// So many rows, of which nothing may be read.
    Count(usize),
    /// The new row, of which the server chooses what it lacks.
    New(Row),
    Refused(Refusal),
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A right is lacking.
    Denied,
    /// A policy refuses the new row.
    Violates,
    /// Anything else, by its SQLSTATE.
    Other(String),
}

impl Expected {
    /// The new row, if there is one, as the server completed it. `None` when the answer is another than was expected.
    #[expect(clippy::option_option, reason = "whether it is right, and what is learned from it, are two things")]
    pub(super) fn held_against(&self, statement: &Statement, answer: &Answer) -> Option<Option<Row>> {
        match (self, answer) {
            (Expected::Refused(expected), Answer::Refused(refusal)) => (expected == refusal).then_some(None),
            (Expected::Count(count), Answer::Lines(_, reached)) => (*count as u64 == *reached).then_some(None),
            (Expected::Lines(expected), Answer::Lines(lines, reached)) => {
                let mut expected = expected.clone();
                expected.sort();
                (expected == *lines && *reached == lines.len() as u64).then_some(None)
            }
            (Expected::New(row), Answer::Lines(lines, 1)) => {
                let Statement::Insert { returning, .. } = statement else { return None };
                let mut row = row.clone();
                for (column, value) in returning.iter().zip(lines.first()?) {
                    match row.0.get(column) {
                        Some(expected) if expected != value => return None,
                        Some(_) => {}
                        None => row.set(column, value.clone()),
                    }
                }
                Some(Some(row))
            }
            _ => None,
        }
    }
}
