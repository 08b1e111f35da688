//! The export scope: `eleva_exporter`, for workers that read trails. A transaction reads the trail of the one
//! organization that it names (`app.export_begin`), or of none.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    connection::Connection,
    endpoint::Endpoint,
    error::Error,
    flight::{self, Context, Opening},
    organization::{self, perform},
    statement::Statement,
    transaction::Transaction,
};

/// How long a transaction may take, connecting included: longer than the login's statement_timeout of 60 s, so that it
/// is the server that ends a statement.
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(70);

/// A scope as `eleva_exporter`.
pub struct ExportScope<'a> {
    pub(crate) endpoint: Endpoint<'a>,
}

impl ExportScope<'_> {
    /// Reads with one statement what concerns no organization's trail.
    pub async fn read(&self, statement: Statement<'_>) -> Result<Vec<Row>, Error> {
        let work = async {
            let connection = self.endpoint.connect().await?;
            let opening = self.opening("begin read only", Context::None);
            let landed = flight::whole(connection.client(), opening, [statement]).await;
            connection.close().await;
            landed
        };
        let [rows] = timeout(TRANSACTION_TIMEOUT, work).await.map_err(|_| Error::TimedOut)??.rows;
        Ok(rows)
    }

    /// Runs `work` in one transaction that reads no organization's trail; see
    /// [`super::OrganizationScope::transaction`].
    pub async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Context::None, work).await
    }

    /// Runs `work` in one transaction that reads this organization's trail (by the id in our database).
    pub async fn organization<T, E: From<Error>>(
        &self,
        org_id: Uuid,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Context::Export(org_id), work).await
    }

    /// Runs `work` for one organization after the other, each in a transaction of its own that reads its trail, all on
    /// one connection. What fails for one organization is its outcome, and the others' turn comes all the same.
    ///
    /// Errors: the server cannot be reached. What was done by then is done.
    pub async fn each<T, E: From<Error>>(
        &self,
        org_ids: &[Uuid],
        work: impl AsyncFn(&mut Transaction<'_>, Uuid) -> Result<T, E>,
    ) -> Result<Vec<(Uuid, Result<T, E>)>, Error> {
        let mut outcomes = Vec::with_capacity(org_ids.len());
        let mut session = self.session();
        for &org_id in org_ids {
            let turn = session.turn(Context::Export(org_id), async |transaction: &mut Transaction<'_>| {
                work(transaction, org_id).await
            });
            outcomes.push((org_id, turn.await?));
        }
        session.close().await;
        Ok(outcomes)
    }

    /// For transactions after one another, all on one connection.
    pub fn session(&self) -> ExportSession<'_> {
        ExportSession { scope: self, usable: None }
    }

    async fn run<T, E: From<Error>>(
        &self,
        context: Context<'_>,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let work = async {
            let connection = self.endpoint.connect().await?;
            organization::run(connection, self.opening("begin", context), None, work).await
        };
        timeout(TRANSACTION_TIMEOUT, work).await.map_err(|_| Error::TimedOut)?
    }

    fn opening<'b>(&'b self, begin: &'static str, context: Context<'b>) -> Opening<'b> {
        Opening { begin, context, endpoint: self.endpoint }
    }
}

/// Transactions after one another, on one connection for as long as they end as they should, else on a new one. Whoever
/// speaks HTTP in between holds no transaction while they do.
pub struct ExportSession<'a> {
    scope: &'a ExportScope<'a>,
    usable: Option<Connection>,
}

impl ExportSession<'_> {
    /// Runs `work` in one transaction that reads no organization's trail.
    pub async fn transaction<T, E: From<Error>>(
        &mut self,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.turn(Context::None, work).await?
    }

    /// Runs `work` in one transaction that reads this organization's trail (by the id in our database).
    pub async fn organization<T, E: From<Error>>(
        &mut self,
        org_id: Uuid,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.turn(Context::Export(org_id), work).await?
    }

    /// Ends the connection.
    pub async fn close(self) {
        if let Some(connection) = self.usable {
            connection.close().await;
        }
    }

    /// One transaction. Errors: the server cannot be reached; what the work came to is inside.
    async fn turn<T, E: From<Error>>(
        &mut self,
        context: Context<'_>,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<Result<T, E>, Error> {
        let connection = match self.usable.take() {
            Some(connection) => connection,
            None => self.scope.endpoint.connect().await?,
        };
        let turn = perform(&connection, self.scope.opening("begin", context), None, work);
        Ok(match timeout(TRANSACTION_TIMEOUT, turn).await {
            Ok((answer, Ok(()))) => {
                self.usable = Some(connection);
                answer
            }
            // Whatever became of the transaction, its connection is cut.
            Ok((answer, Err(error))) => answer.and(Err(E::from(error))),
            Err(_) => Err(E::from(Error::TimedOut)),
        })
    }
}
