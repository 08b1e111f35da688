//! What would happen if a rule were missing: every policy is dropped and weakened, every limit of a grant lifted, every
//! check of `app.begin` taken out, one at a time, and each time a test has to fail (hardening B5, B6, B9, B10).
//!
//! Which mutations there are is read from the catalogue, so that a new policy or grant is among them. A survivor is a
//! rule that nothing would miss: a test is lacking, or the rule says what another one says already.

mod begin;
mod grants;
mod policies;

use std::fs;

use tokio_postgres::Client;

use crate::{
    app::{TestApp, connect_directly, world},
    database::matrix::Stage,
};

/// What became of the mutations of one kind.
#[derive(Default)]
struct Report {
    killed: Vec<String>,
    survivors: Vec<String>,
}

impl Report {
    /// Notes a mutation, and what noticed it.
    fn add(&mut self, mutation: String, noticed: Option<String>) {
        match noticed {
            Some(by) => self.killed.push(format!("{mutation}\n    {by}")),
            None => self.survivors.push(mutation),
        }
    }

    /// Writes the report into the world's scratch folder and asserts that there were so many mutations at least, and
    /// no survivor.
    fn finish(self, kind: &str, at_least: usize) {
        let (killed, survivors) = (self.killed.len(), self.survivors.len());
        let text = format!(
            "{killed} killed, {survivors} survived\n\n{}\n{}\n",
            self.survivors.join("\n"),
            self.killed.join("\n")
        );
        let file = world().scratch.join(format!("mutations-{kind}.txt"));
        fs::write(&file, text).expect("the scratch folder can be written");
        println!("mutations of {kind}: {killed} killed, {survivors} survived: {}", file.display());
        assert!(self.survivors.is_empty(), "nothing missed these:\n{}", self.survivors.join("\n"));
        assert!(killed >= at_least, "only {killed} mutations");
    }
}

/// A superuser in a transaction on a set stage.
async fn superuser_on_stage(app: &TestApp) -> (Client, Stage) {
    let stage = Stage::set(app).await;
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    superuser.batch_execute("begin").await.expect("a transaction");
    (superuser, stage)
}
