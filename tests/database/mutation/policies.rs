//! Policies: dropped, opened, weakened in every part, or given to everybody.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use super::{Report, superuser_on_stage};
use crate::{
    app::TestApp,
    database::matrix::{Command, Layers, POLICIES_ALONE, Stage, Table, as_superuser, declared, everybody},
};

/// A policy as the catalogue has it.
struct Policy {
    table: String,
    name: String,
    command: Command,
    is_permissive: bool,
    /// `USING` and `WITH CHECK`, where there is one.
    expressions: [Option<String>; 2],
}

const POLICIES: &str = "
    select polrelid::regclass::text, polname::text, polcmd::text, polpermissive,
           pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
      from pg_policy
     order by polrelid::regclass::text, polname";

const CLAUSES: [&str; 2] = ["using", "with check"];

#[tokio::test]
async fn b9_b10_every_policy_and_every_part_of_one_is_missed() {
    let app = TestApp::start().await;
    let (superuser, stage) = superuser_on_stage(&app).await;
    superuser.batch_execute(POLICIES_ALONE).await.expect("a superuser may grant anything");
    let mut report = Report::default();
    for policy in policies(&superuser).await {
        for mutation in mutations(&superuser, &policy).await {
            superuser.batch_execute(&format!("savepoint mutation; {mutation}")).await.expect("the mutation is SQL");
            let noticed = noticed(&superuser, &stage, declared(&policy.table), policy.command).await;
            superuser.batch_execute("rollback to savepoint mutation").await.expect("a savepoint");
            report.add(mutation, noticed);
        }
    }
    report.finish("policies", 300);
}

async fn policies(superuser: &Client) -> Vec<Policy> {
    let rows = superuser.query(POLICIES, &[]).await.expect("the policies");
    let policies = rows.iter().map(|row| Policy {
        table: row.get(0),
        name: row.get(1),
        command: match row.get(2) {
            "r" => Command::Select,
            "a" => Command::Insert,
            "w" => Command::Update,
            "d" => Command::Delete,
            other => panic!("a policy for {other:?}"),
        },
        is_permissive: row.get(3),
        expressions: [row.get(4), row.get(5)],
    });
    policies.collect()
}

/// Every statement that takes something away from a policy.
async fn mutations(superuser: &Client, policy: &Policy) -> Vec<String> {
    let on = format!("{} on {}", policy.name, policy.table);
    let mut mutations = vec![format!("drop policy {on}")];
    // A restrictive policy that binds more roles takes more away from them; and one that asks another table gives no more
    // than that table's policies do.
    let asks_another = policy.expressions.iter().flatten().any(|expression| expression.contains(" FROM "));
    if policy.is_permissive && !asks_another {
        mutations.push(format!("alter policy {on} to public"));
    }
    for (clause, expression) in CLAUSES.iter().zip(&policy.expressions) {
        let Some(expression) = expression else { continue };
        let mut seen = BTreeSet::from([without_aliases(expression)]);
        for part in parts(expression) {
            let weakened = format!("{}true{}", &expression[..part.start], &expression[part.end..]);
            let mutation = format!("alter policy {on} {clause} ({weakened})");
            // What is no condition cannot be replaced by one; and several replacements may come to the same.
            if let Some(came_to) = came_to(superuser, policy, clause, &mutation).await
                && seen.insert(came_to)
            {
                mutations.push(mutation);
            }
        }
    }
    mutations
}

/// The whole, everything in parentheses, and every word.
fn parts(expression: &str) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    parts.push(0..expression.len());
    let mut open = Vec::new();
    let mut word = None;
    for (at, character) in expression.char_indices() {
        let is_of_word = character.is_ascii_alphanumeric() || character == '_';
        match (word, is_of_word) {
            (None, true) => word = Some(at),
            (Some(start), false) => {
                parts.push(start..at);
                word = None;
            }
            _ => {}
        }
        match character {
            '(' => open.push(at),
            ')' => parts.push(open.pop().expect("parentheses come in pairs")..at + 1),
            _ => {}
        }
    }
    parts.extend(word.map(|start| start..expression.len()));
    parts
}

/// The expression that a statement makes of a policy's; `None` when it is no statement.
async fn came_to(superuser: &Client, policy: &Policy, clause: &str, mutation: &str) -> Option<String> {
    superuser.batch_execute("savepoint trial").await.expect("a savepoint");
    let column = if clause == CLAUSES[0] { "polqual" } else { "polwithcheck" };
    let read = format!(
        "select pg_get_expr({column}, polrelid) from pg_policy where polrelid = $1::text::regclass and polname = $2::text"
    );
    let expression = match superuser.batch_execute(mutation).await {
        Ok(()) => {
            let row = superuser.query_one(&read, &[&policy.table, &policy.name]).await.expect("the policy");
            Some(without_aliases(row.get(0)))
        }
        Err(_) => None,
    };
    superuser.batch_execute("rollback to savepoint trial; release savepoint trial").await.expect("a savepoint");
    expression
}

/// The names that the server gives to the columns of sub-selects mean nothing.
fn without_aliases(expression: &str) -> String {
    let mut words = expression.split(" AS ");
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, rest| {
        text + rest.trim_start_matches(|of: char| of.is_ascii_alphanumeric() || "_\"".contains(of))
    })
}

/// The first cell of the matrix that comes out otherwise now.
async fn noticed(superuser: &Client, stage: &Stage, table: &Table, command: Command) -> Option<String> {
    for who in everybody() {
        let tally = as_superuser(superuser, stage, table, who, (Layers::Policies, &[command])).await;
        if let Some(first) = tally.wrong.into_iter().next() {
            return Some(first);
        }
    }
    None
}
