//! A transaction, as the closure of a scope sees it.

use tokio_postgres::{Client, Row};

use super::{
    error::Error,
    flight::{self, Opening},
    organization::Membership,
    statement::Statement,
};
use crate::permission::Permission;

/// One transaction. Its BEGIN and its context travel with the first statement; once a statement has failed, the
/// transaction is lost, whatever the closure answers.
pub struct Transaction<'a> {
    client: &'a Client,
    opening: Opening<'a>,
    permission: Option<Permission>,
    membership: Option<Membership>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unopened,
    Open,
    Failed,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(client: &'a Client, opening: Opening<'a>, permission: Option<Permission>) -> Self {
        Self { client, opening, permission, membership: None, state: State::Unopened }
    }

    /// Runs a statement and gives its rows.
    ///
    /// In an organization scope the first call also brings the membership, and fails with [`Error::NotPermitted`]
    /// when its role does not include what the scope was opened for: whatever the statement did is rolled back.
    pub async fn query(&mut self, statement: Statement<'_>) -> Result<Vec<Row>, Error> {
        let answer = match self.state {
            State::Unopened => self.open(statement).await,
            State::Open => self.client.query_typed(statement.sql, statement.parameters).await.map_err(Error::from),
            State::Failed => Err(Error::Aborted),
        };
        if answer.is_err() {
            self.state = State::Failed;
        }
        answer
    }

    /// Runs a statement that gives one row at most.
    pub async fn query_optional(&mut self, statement: Statement<'_>) -> Result<Option<Row>, Error> {
        let mut rows = self.query(statement).await?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            _ => {
                self.state = State::Failed;
                Err(Error::Shape("one row at most"))
            }
        }
    }

    /// The membership that the database found; known after the first statement of an organization scope.
    pub fn membership(&self) -> Option<&Membership> {
        self.membership.as_ref()
    }

    async fn open(&mut self, statement: Statement<'_>) -> Result<Vec<Row>, Error> {
        // From here on a transaction may be open on the server, also when this future is dropped.
        self.state = State::Open;
        let landed = flight::open(self.client, self.opening, [statement]).await?;
        self.membership = landed.membership;
        if let (Some(membership), Some(permission)) = (&self.membership, self.permission)
            && !membership.allows(permission)
        {
            return Err(Error::NotPermitted);
        }
        let [rows] = landed.rows;
        Ok(rows)
    }

    /// Ends the transaction. `keep`: whether the closure succeeded.
    pub(super) async fn end(self, keep: bool) -> Result<(), Error> {
        match (self.state, keep) {
            (State::Unopened, _) => Ok(()),
            (State::Open, true) => Ok(self.client.batch_execute("commit").await?),
            (State::Open | State::Failed, false) => Ok(self.client.batch_execute("rollback").await?),
            (State::Failed, true) => {
                self.client.batch_execute("rollback").await?;
                Err(Error::Aborted)
            }
        }
    }
}
