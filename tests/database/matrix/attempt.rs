//! Trying a statement so that nothing of it stays.

use tokio_postgres::{Client, Error, SimpleQueryMessage};

use super::table::Outcome;

/// A transaction behind whose savepoint statements are tried, one after the other.
pub(in crate::database) struct Attempts<'a> {
    client: &'a Client,
}

impl<'a> Attempts<'a> {
    /// Sets the savepoint in the transaction that the client is in.
    pub(in crate::database) async fn begin(client: &'a Client) -> Self {
        client.batch_execute("savepoint attempt").await.expect("a savepoint");
        Self { client }
    }

    /// What comes of a statement; what else the server may say, as it says it.
    pub(in crate::database) async fn outcome(&self, statement: &str) -> Result<Outcome, String> {
        match self.rows(statement).await {
            Ok(0) => Ok(Outcome::Hidden),
            Ok(_) => Ok(Outcome::Reached),
            Err(error) => outcome_of(&error),
        }
    }

    /// The number of rows that a statement reached.
    pub(in crate::database) async fn rows(&self, statement: &str) -> Result<u64, Error> {
        match self.client.simple_query(&format!("{statement}; rollback to savepoint attempt")).await {
            Ok(messages) => {
                let count = messages.iter().find_map(|message| match message {
                    SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
                    _ => None,
                });
                Ok(count.expect("a command is completed"))
            }
            Err(error) => {
                self.client.batch_execute("rollback to savepoint attempt").await.expect("a savepoint");
                Err(error)
            }
        }
    }
}

fn outcome_of(error: &Error) -> Result<Outcome, String> {
    let server = error.as_db_error().unwrap_or_else(|| panic!("not the server's answer: {error}"));
    let message = server.message();
    match server.code().code() {
        "42501" if message.starts_with("permission denied") => Ok(Outcome::Denied),
        "42501" if message.contains("row-level security") => Ok(Outcome::Violates),
        "EL009" => Ok(Outcome::NoContext),
        // An integrity constraint is looked at after grants and policies.
        code if code.starts_with("23") => Ok(Outcome::Reached),
        code => Err(format!("{code} {message}")),
    }
}
