//! A transaction, as the closure of a scope sees it.

use std::{ops::ControlFlow, pin::pin};

use futures_util::TryStreamExt;
use tokio_postgres::{Client, Row};

use super::{
    error::Error,
    flight::{self, Opening},
    organization::Membership,
    statement::Statement,
};
use crate::{audit::Entry, permission::Permission};

/// One transaction. Its BEGIN and its context travel with the first statement; once a statement has failed, the
/// transaction is lost, whatever the closure answers.
pub struct Transaction<'a> {
    client: &'a Client,
    opening: Opening<'a>,
    permission: Option<Permission>,
    membership: Option<Membership>,
    state: State,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unopened,
    Open,
    Failed,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(client: &'a Client, opening: Opening<'a>, permission: Option<Permission>) -> Self {
        Self { client, opening, permission, membership: None, state: State::Unopened, entries: Vec::new() }
    }

    /// Runs a statement and gives its rows.
    ///
    /// In an organization scope the first call also brings the membership, and fails with [`Error::NotPermitted`]
    /// when its role does not include what the scope was opened for: whatever the statement did is rolled back.
    pub async fn query(&mut self, statement: Statement<'_>) -> Result<Vec<Row>, Error> {
        let [rows] = self.query_all([statement]).await?;
        Ok(rows)
    }

    /// Runs several statements in one round trip, as [`Transaction::query`] runs one.
    pub async fn query_all<const N: usize>(&mut self, statements: [Statement<'_>; N]) -> Result<[Vec<Row>; N], Error> {
        let answer = match self.state {
            State::Unopened => self.open(statements).await,
            State::Open => flight::further(self.client, statements).await,
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

    /// Runs a statement and looks at its rows one by one as they come, so that they need not fit into memory, until
    /// there are no more or `look` has seen enough.
    pub async fn stream(
        &mut self,
        statement: Statement<'_>,
        look: impl FnMut(&Row) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let [] = self.query_all([]).await?;
        let answer = self.look_at(statement, look).await;
        if answer.is_err() {
            self.state = State::Failed;
        }
        Ok(answer?)
    }

    async fn look_at(
        &self,
        statement: Statement<'_>,
        mut look: impl FnMut(&Row) -> ControlFlow<()>,
    ) -> Result<(), tokio_postgres::Error> {
        let parameters = statement.parameters.iter().map(|(value, kind)| (*value, kind.clone()));
        let mut rows = pin!(self.client.query_typed_raw(statement.sql, parameters).await?);
        while let Some(row) = rows.try_next().await? {
            if look(&row).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Adds a row to the audit trail. It is written last, together with COMMIT, whatever else the closure does: if it
    /// cannot be, nothing of the transaction is kept.
    pub fn audit(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// The membership that the database found; known after the first statement of an organization scope.
    pub fn membership(&self) -> Option<&Membership> {
        self.membership.as_ref()
    }

    async fn open<const N: usize>(&mut self, statements: [Statement<'_>; N]) -> Result<[Vec<Row>; N], Error> {
        // From here on a transaction may be open on the server, also when this future is dropped.
        self.state = State::Open;
        let landed = flight::open(self.client, self.opening, statements).await?;
        self.membership = landed.membership;
        if let (Some(membership), Some(permission)) = (&self.membership, self.permission)
            && !membership.allows(permission)
        {
            return Err(Error::NotPermitted);
        }
        Ok(landed.rows)
    }

    /// Ends the transaction. `keep`: whether the closure succeeded.
    pub(super) async fn end(mut self, keep: bool) -> Result<(), Error> {
        // Whoever locks several chains does it in one order.
        self.entries.sort_by_key(Entry::org_id);
        if keep && self.state == State::Unopened && !self.entries.is_empty() {
            let first = self.entries.remove(0);
            let row = first.row();
            let appended = self.query(Statement::new(row.sql, &row.parameters())).await;
            appended.map_err(|error| Error::Unrecorded(Box::new(error)))?;
        }
        match (self.state, keep) {
            (State::Unopened, _) => Ok(()),
            (State::Open, true) => flight::commit(self.client, &self.entries).await,
            (State::Open | State::Failed, false) => Ok(self.client.batch_execute("rollback").await?),
            (State::Failed, true) => {
                self.client.batch_execute("rollback").await?;
                Err(Error::Aborted)
            }
        }
    }
}
