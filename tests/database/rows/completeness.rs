//! The tables of cases leave nothing out: a new table needs its own before this passes again (hardening B10, B17).

use std::collections::BTreeSet;

use super::{events, people, system};
use crate::app::TestApp;

/// The command and the table of a statement: `select events`.
fn subject(statement: &str) -> String {
    let command = statement.split_whitespace().next().expect("a command");
    let table = statement.split_once("public.").expect("a qualified table").1;
    let end = table.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    format!("{command} {}", &table[..end.unwrap_or(table.len())])
}

#[tokio::test]
async fn b10_b17_every_command_on_every_table_is_among_the_cases() {
    let cases = [events::CASES, people::ORGANIZATIONS, people::USERS, people::MEMBERSHIPS, system::CASES].concat();
    let tried: BTreeSet<String> = cases.iter().map(|(statement, _)| subject(statement)).collect();
    let app = TestApp::start().await;
    let subjects = "
        select command || ' ' || c.relname
          from pg_class c
          cross join unnest(array['select', 'insert', 'update', 'delete']) as command
         where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
           and c.relnamespace::regnamespace::text in ('public', 'app')";
    let rows = app.owner().await.query(subjects, &[]).await.expect("tables and commands");
    let missing: Vec<&str> =
        rows.iter().map(|row| row.get(0)).filter(|subject: &&str| !tried.contains(*subject)).collect();
    assert!(rows.len() >= 36 && missing.is_empty(), "no case for {missing:?}");
}
