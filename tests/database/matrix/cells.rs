//! The cells of one table for one who asks: each row with each command, and all rows together.

use tokio_postgres::Client;

use super::{
    attempt::Attempts,
    stage::Stage,
    table::{Command, Layers, Table},
    who::Who,
};

/// How many cells were tried, and what came out otherwise than it should.
#[derive(Default)]
pub(in crate::database) struct Tally {
    pub(in crate::database) cells: usize,
    pub(in crate::database) wrong: Vec<String>,
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

/// Tries every command on every row of a table, in the transaction in which somebody asks.
pub(super) async fn try_table(client: &Client, stage: &Stage, table: &Table, who: &Who, layers: Layers) -> Tally {
    let attempts = Attempts::begin(client).await;
    let rows = stage.rows(table);
    let access = table.access(who);
    let mut tally = Tally::default();
    for command in Command::ALL {
        for row in &rows {
            let expected = table.outcome(command, who, row, layers);
            let statement = table.statement(command, access, row);
            let outcome = attempts.outcome(&statement).await;
            tally.add(outcome.as_ref() == Ok(&expected), || {
                format!(
                    "{}: {command:?} of {} ({}): {outcome:?} instead of {expected:?}: {statement}",
                    who.name,
                    table.name,
                    row.name()
                )
            });
        }
    }
    for (command, statement) in without_condition(table, who) {
        let rule = access.rule(command).expect("it is granted");
        let reached: Option<Vec<bool>> = rows.iter().map(|row| rule.permits(&who.way, row)).collect();
        // Without a context it is refused, which the single rows have shown.
        let Some(reached) = reached else { continue };
        let expected = reached.iter().filter(|is_reached| **is_reached).count();
        let outcome = attempts.rows(&statement).await;
        tally.add(outcome.as_ref().is_ok_and(|count| *count == expected as u64), || {
            format!("{}: {outcome:?} rows instead of {expected}: {statement}", who.name)
        });
    }
    tally
}

/// Statements that name no row: no row is reached but those of the stage; and what may be changed but not be read cannot
/// be named.
fn without_condition(table: &Table, who: &Who) -> Vec<(Command, String)> {
    let access = table.access(who);
    match (&access.select, &access.update) {
        (Some(_), _) => vec![(Command::Select, format!("select from public.{}", table.name))],
        (None, Some(update)) => vec![(Command::Update, format!("update public.{} set {}", table.name, update.set))],
        (None, None) => Vec::new(),
    }
}
