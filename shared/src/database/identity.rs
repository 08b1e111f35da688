//! The identity scope: `eleva_identity`, for what must be known or written before (or without) an organization: who
//! somebody is, where they are a member, which sessions are revoked.

use tokio::time::timeout;
use tokio_postgres::Row;

use super::{
    endpoint::Endpoint,
    error::Error,
    flight::{self, Context, Opening},
    organization::{SCOPE_TIMEOUT, run},
    statement::Statement,
    transaction::Transaction,
};

/// A scope as `eleva_identity`. Each call is a transaction and a connection of its own.
pub struct IdentityScope<'a> {
    pub(crate) endpoint: Endpoint<'a>,
}

impl IdentityScope<'_> {
    /// Reads with several statements in one round trip.
    pub async fn read_all<const N: usize>(&self, statements: [Statement<'_>; N]) -> Result<[Vec<Row>; N], Error> {
        let work = async {
            let connection = self.endpoint.connect().await?;
            let landed = flight::whole(connection.client(), self.opening("begin read only"), statements).await;
            connection.close().await;
            landed
        };
        Ok(timeout(SCOPE_TIMEOUT, work).await.map_err(|_| Error::TimedOut)??.rows)
    }

    /// Runs `work` in one transaction; see [`super::OrganizationScope::transaction`].
    pub async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let work = async {
            let connection = self.endpoint.connect().await?;
            run(connection, self.opening("begin"), None, work).await
        };
        timeout(SCOPE_TIMEOUT, work).await.map_err(|_| Error::TimedOut)?
    }

    fn opening(&self, begin: &'static str) -> Opening<'_> {
        Opening { begin, context: Context::None, endpoint: self.endpoint }
    }
}
