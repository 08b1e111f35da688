//! The cells of one table for one who asks: each command on each row, and on all rows together.

use super::{
    attempt::Attempts,
    stage::{Row, Stage},
    table::{Command, Layers, Move, Outcome, Table},
    who::{Way, Who},
};

/// How many cells were tried, and what came out otherwise than it should.
#[derive(Default)]
pub(in crate::database) struct Tally {
    pub(in crate::database) cells: usize,
    pub(in crate::database) wrong: Vec<String>,
}

/// One who asks about a table, inside their transaction.
pub(in crate::database) struct Cells<'a> {
    pub(in crate::database) attempts: Attempts<'a>,
    pub(in crate::database) stage: &'a Stage,
    pub(in crate::database) table: &'a Table,
    pub(in crate::database) who: &'a Who,
    pub(in crate::database) layers: Layers,
}

impl Tally {
    pub(super) fn add(&mut self, is_right: bool, describe: impl FnOnce() -> String) {
        self.cells += 1;
        if !is_right {
            self.wrong.push(describe());
        }
    }

    pub(in crate::database) fn append(&mut self, mut other: Self) {
        self.cells += other.cells;
        self.wrong.append(&mut other.wrong);
    }
}

impl Cells<'_> {
    /// Tries these commands, in all the ways that there are.
    pub(in crate::database) async fn run(&self, commands: &[Command]) -> Tally {
        let rows = self.stage.rows(self.table);
        let mut tally = Tally::default();
        for command in commands {
            for row in &rows {
                self.one_row(*command, row, &mut tally).await;
            }
            self.all_rows(*command, &rows, &mut tally).await;
            if self.layers == Layers::Policies {
                self.never(*command, &rows, &mut tally).await;
                if *command == Command::Update {
                    self.moves(&rows, &mut tally).await;
                }
            }
        }
        tally
    }

    /// A statement that names one row.
    async fn one_row(&self, command: Command, row: &Row, tally: &mut Tally) {
        let expected = self.table.outcome(command, self.who, row, self.layers);
        let statement = self.table.statement(command, self.table.access(self.who), row);
        self.check(expected, &statement, tally).await;
    }

    /// A statement that names none: no more rows are reached than there should be, and a policy for reading does not
    /// stand in for one for writing.
    async fn all_rows(&self, command: Command, rows: &[Row], tally: &mut Tally) {
        let (name, access) = (self.table.name, self.table.access(self.who));
        let statement = match (command, self.table.set(access)) {
            (Command::Select, _) => format!("select from public.{name}"),
            (Command::Update, Some(set)) => format!("update public.{name} set {set}"),
            (Command::Delete, _) => format!("delete from public.{name}"),
            (Command::Update, None) | (Command::Insert, _) => return,
        };
        let expected = match access.rule(command) {
            Some(rule) => reached(rule, self.who, rows),
            None if self.layers == Layers::Policies => Some(Vec::new()),
            None => None,
        };
        // Who is refused was refused for every single row.
        let Some(expected) = expected else { return };
        let outcome = self.attempts.rows(&statement).await;
        let is_right = match &outcome {
            Ok(count) => *count == expected.len() as u64,
            // Children stand in the way of a deletion.
            Err(error) => {
                let code = error.code().map(|code| code.code().to_owned()).unwrap_or_default();
                let is_nothing = self.who.has_no_context() && expected.is_empty() && code == "EL009";
                is_nothing || command == Command::Delete && !expected.is_empty() && code.starts_with("23")
            }
        };
        tally.add(is_right, || {
            format!("{}: {outcome:?} rows instead of {}: {statement}", self.who.name, expected.len())
        });
    }

    /// What a row must not be, or become, although it is within reach.
    async fn never(&self, command: Command, rows: &[Row], tally: &mut Tally) {
        let access = self.table.access(self.who);
        let (statement, rule) = match (command, &access.insert, &access.update) {
            (Command::Insert, Some(insert), _) => {
                let Some(never) = insert.never else { return };
                (format!("insert into public.{} {never}", self.table.name), insert.rule)
            }
            (Command::Update, _, Some(update)) => {
                let Some(never) = update.never else { return };
                (format!("update public.{} set {never}", self.table.name), update.rule)
            }
            _ => return,
        };
        for row in reached(rule, self.who, rows).unwrap_or_default() {
            self.check(Outcome::Violates, &row.fill(&statement), tally).await;
        }
    }

    /// Rows that are moved to another organization or given to another person. No row is named, since a policy for
    /// reading would look at the new row too.
    async fn moves(&self, rows: &[Row], tally: &mut Tally) {
        if !matches!(self.who.way, Way::Begun(_)) {
            return;
        }
        let access = self.table.access(self.who);
        let Some(rule) = access.rule(Command::Update) else { return };
        let Some(from) = reached(rule, self.who, rows) else { return };
        let Some(first) = from.first() else { return };
        for (to, assignment) in rows.iter().flat_map(|to| self.table.moves.iter().map(move |of| (to, of))) {
            let (assignment, moved) = match assignment {
                Move::Organization(set) if to.org != first.org => (set, self.stage.row(self.table, to.org, first.user)),
                Move::Person(set) if to.org == first.org && to.user != first.user => {
                    (set, self.stage.row(self.table, first.org, to.user))
                }
                _ => continue,
            };
            let expected = match rule.permits(&self.who.way, &moved) {
                Some(false) => Outcome::Violates,
                _ => Outcome::Reached,
            };
            let statement = to.fill(&format!("update public.{} set {assignment}", self.table.name));
            self.check(expected, &statement, tally).await;
        }
    }

    async fn check(&self, expected: Outcome, statement: &str, tally: &mut Tally) {
        let outcome = self.attempts.outcome(statement).await;
        // Who has no context reaches nothing; which of several policies says so is no matter.
        let is_nothing =
            |outcome: &Outcome| matches!(outcome, Outcome::NoContext | Outcome::Hidden | Outcome::Violates);
        let is_right = match &outcome {
            Ok(outcome) if self.layers == Layers::Policies && self.who.has_no_context() => {
                outcome == &expected || is_nothing(outcome) && is_nothing(&expected)
            }
            outcome => outcome.as_ref() == Ok(&expected),
        };
        tally.add(is_right, || format!("{}: {outcome:?} instead of {expected:?}: {statement}", self.who.name));
    }
}

/// The rows that a rule lets somebody reach; `None` where only a context could tell, and there is none.
fn reached<'a>(rule: super::rule::Rule, who: &Who, rows: &'a [Row]) -> Option<Vec<&'a Row>> {
    let mut reached = Vec::new();
    for row in rows {
        if rule.permits(&who.way, row)? {
            reached.push(row);
        }
    }
    Some(reached)
}
