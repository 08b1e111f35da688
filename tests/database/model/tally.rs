//! What was tried in a run, so that a run that tries little is found out.

use std::{collections::BTreeMap, fmt};

use super::{
    asker::{Asker, Command, Person},
    expected::Refusal,
    seat::Answer,
    statement::Statement,
    table::Table,
};

/// A command on rows of a table that reached some, and who gave it.
pub(super) type Deed = (&'static str, Command, Table);

/// Counts of a run.
#[derive(Default)]
pub(super) struct Tally {
    counts: BTreeMap<&'static str, usize>,
    deeds: BTreeMap<Deed, usize>,
}

pub(super) const STATEMENTS: &str = "statements";

impl Tally {
    pub(super) fn add(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(super) fn add_statement(&mut self, asker: &Asker, statement: &Statement, answer: &Answer) {
        self.add(STATEMENTS);
        self.add(match (answer, statement.command()) {
            (Answer::Lines(_, 0), Command::Select) => "saw nothing",
            (Answer::Lines(..), Command::Select) => "saw rows",
            (Answer::Lines(_, 0), _) => "changed nothing",
            (Answer::Lines(..), _) => "changed rows",
            (Answer::Refused(Refusal::Denied), _) => "lacked a right",
            (Answer::Refused(Refusal::Violates), _) => "violated a policy",
            (Answer::Refused(Refusal::Other(_)), _) => "met a constraint",
        });
        if let (Answer::Lines(_, 1..), Some(table)) = (answer, statement.table()) {
            *self.deeds.entry((asker.name(), statement.command(), table)).or_default() += 1;
        }
    }

    pub(super) fn append(&mut self, other: Self) {
        for (what, count) in other.counts {
            *self.counts.entry(what).or_default() += count;
        }
        for (deed, count) in other.deeds {
            *self.deeds.entry(deed).or_default() += count;
        }
    }

    pub(super) fn count(&self, what: &str) -> usize {
        self.counts.get(what).copied().unwrap_or_default()
    }

    /// Which of these happened less than once in a hundred statements.
    pub(super) fn lacking<'a>(&self, these: &[&'a str]) -> Vec<&'a str> {
        let least = self.count(STATEMENTS) / 100;
        these.iter().copied().filter(|what| self.count(what) < least).collect()
    }

    /// The deeds that never were.
    pub(super) fn undone(&self) -> Vec<Deed> {
        let askers =
            [Asker::Person(Person::default()), Asker::Anonymous, Asker::Identity, Asker::Exporter(String::new())];
        let mut undone = Vec::new();
        for asker in &askers {
            for table in Table::ALL {
                for command in [Command::Select, Command::Insert, Command::Update, Command::Delete] {
                    let deed = (asker.name(), command, table);
                    if asker.has_right_to(command, table) && !self.deeds.contains_key(&deed) {
                        undone.push(deed);
                    }
                }
            }
        }
        undone
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> = self.counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
        write!(formatter, "{}", counts.join(", "))
    }
}
