//! Every table, every command, everybody who may ask: who reaches which row and which column (hardening B7, B9, B10,
//! B11, B12, B13, B16, B22).
//!
//! What is to come out is computed from one declaration of the tables, in [`tables`]; it is tried against the database
//! through PgBouncer, cell by cell, none left out.

mod attempt;
mod cells;
mod columns;
mod completeness;
mod functions;
mod layers;
mod probes;
mod rule;
mod stage;
mod table;
mod tables;
mod who;

use futures_util::future::join_all;

use self::{
    attempt::Attempts,
    cells::{Cells, Tally},
    columns::try_columns,
    who::{EVERYBODY, Who},
};
use crate::app::TestApp;

pub(in crate::database) use self::{
    columns::columns_as_superuser,
    layers::{POLICIES_ALONE, as_superuser, everybody},
    probes::probes,
    stage::Stage,
    table::{Command, Layers, Table},
    tables::{all, declared},
    who::Person,
};

#[tokio::test]
async fn b10_everybody_reaches_the_rows_that_are_theirs_and_no_others() {
    let app = TestApp::start().await;
    let stage = Stage::set(&app).await;
    let tallies = join_all(EVERYBODY.iter().map(|who| rows_of(&app, &stage, who))).await;
    assert_right(tallies, 20_000);
}

#[tokio::test]
async fn b7_everybody_names_the_columns_that_are_granted_and_no_others() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    Stage::set(&app).await;
    let mut tables: Vec<(&Table, Vec<String>)> = Vec::new();
    for table in all() {
        tables.push((table, columns::of(&owner, table).await));
    }
    let tallies = join_all(EVERYBODY.iter().map(|who| columns_of(&app, &tables, who))).await;
    assert_right(tallies, 10_000);
}

/// Tries the rows of every table as one who asks.
async fn rows_of(app: &TestApp, stage: &Stage, who: &Who) -> Tally {
    let client = app.connect_as(who.login()).await;
    let mut tally = Tally::default();
    for table in all() {
        client.batch_execute("begin").await.expect("a transaction");
        who.enter(&client).await.unwrap_or_else(|error| panic!("{error}"));
        let attempts = Attempts::begin(&client).await;
        let cells = Cells { attempts, stage, table, who, layers: Layers::Both };
        tally.append(cells.run(&Command::ALL).await);
        client.batch_execute("rollback").await.expect("its end");
    }
    tally
}

/// Tries the columns of every table as one who asks.
async fn columns_of(app: &TestApp, tables: &[(&Table, Vec<String>)], who: &Who) -> Tally {
    let client = app.connect_as(who.login()).await;
    let mut tally = Tally::default();
    for (table, columns) in tables {
        client.batch_execute("begin").await.expect("a transaction");
        who.enter(&client).await.unwrap_or_else(|error| panic!("{error}"));
        tally.append(try_columns(&client, columns, table, who).await);
        client.batch_execute("rollback").await.expect("its end");
    }
    tally
}

/// Asserts that all came out as declared, and that so many cells were tried at least.
fn assert_right(tallies: Vec<Tally>, at_least: usize) {
    let mut all = Tally::default();
    tallies.into_iter().for_each(|tally| all.append(tally));
    println!("{} cells", all.cells);
    let first: Vec<&str> = all.wrong.iter().take(40).map(String::as_str).collect();
    assert!(all.wrong.is_empty(), "{} of {} cells:\n{}", all.wrong.len(), all.cells, first.join("\n"));
    assert!(all.cells >= at_least, "only {} cells were tried", all.cells);
}
