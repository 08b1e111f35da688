//! The organization scope: `eleva_app`, within the organization that the caller's token names, seeing what row-level
//! security lets that member see.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    begin::SignedClaims,
    connection::Connection,
    endpoint::Endpoint,
    error::Error,
    flight::{self, Context, Opening},
    statement::Statement,
    transaction::Transaction,
};
use crate::permission::{Permission, Role};

/// How long a scope may take in all, connecting included: a reply is out within 5 s.
pub(super) const SCOPE_TIMEOUT: Duration = Duration::from_secs(3);

/// The caller's membership in the current organization, as the database states it.
#[derive(Clone, Debug)]
pub struct Membership {
    /// The organization's id in our database.
    pub organization_id: Uuid,
    /// The role; `None` for one that this version does not know, which may do nothing.
    pub role: Option<Role>,
}

impl Membership {
    pub(super) fn from_row(row: &Row) -> Result<Self, Error> {
        let organization_id = row.try_get("org_id").map_err(|_| Error::Shape("org_id uuid"))?;
        let role: &str = row.try_get("role").map_err(|_| Error::Shape("role text"))?;
        Ok(Self { organization_id, role: Role::parse(role) })
    }

    /// Whether the membership's role includes the permission.
    pub fn allows(&self, permission: Permission) -> bool {
        self.role.is_some_and(|role| role.allows(permission))
    }
}

/// A scope for one permission of one caller. Each call is a transaction and a connection of its own.
pub struct OrganizationScope<'a> {
    pub(crate) endpoint: Endpoint<'a>,
    pub(crate) claims: SignedClaims,
    pub(crate) permission: Option<Permission>,
}

impl OrganizationScope<'_> {
    /// Reads with one statement: one round trip once the connection is up.
    pub async fn read(&self, statement: Statement<'_>) -> Result<(Membership, Vec<Row>), Error> {
        let (membership, [rows]) = self.read_all([statement]).await?;
        Ok((membership, rows))
    }

    /// Reads with several statements in one round trip. What the role does not permit is discarded.
    pub async fn read_all<const N: usize>(
        &self,
        statements: [Statement<'_>; N],
    ) -> Result<(Membership, [Vec<Row>; N]), Error> {
        self.whole("begin read only", statements).await
    }

    /// Reads with statements that record in the same breath what they answer ([`crate::audit::EntryRow`]), in one round
    /// trip: if a row of the trail cannot be written, nothing is answered. What such a statement answers to a role that
    /// is not permitted must be nothing, by row-level security: there is no time to ask before it is recorded.
    pub async fn read_recorded<const N: usize>(
        &self,
        statements: [Statement<'_>; N],
    ) -> Result<(Membership, [Vec<Row>; N]), Error> {
        self.whole("begin", statements).await.map_err(|error| match error {
            // Row-level security answers nothing rather than refusing: what is refused here is the row of the trail.
            refused @ Error::Statement { .. } => Error::Unrecorded(Box::new(refused)),
            other => other,
        })
    }

    async fn whole<const N: usize>(
        &self,
        begin: &'static str,
        statements: [Statement<'_>; N],
    ) -> Result<(Membership, [Vec<Row>; N]), Error> {
        let work = async {
            let connection = self.endpoint.connect().await?;
            let landed = flight::whole(connection.client(), self.opening(begin), statements).await;
            connection.close().await;
            landed
        };
        let landed = timeout(SCOPE_TIMEOUT, work).await.map_err(|_| Error::TimedOut)??;
        let membership = landed.membership.ok_or(Error::Shape("a membership"))?;
        match self.permission {
            Some(permission) if !membership.allows(permission) => Err(Error::NotPermitted),
            _ => Ok((membership, landed.rows)),
        }
    }

    /// Runs `work` in one transaction: kept when it answers `Ok` and every statement succeeded, rolled back when it
    /// answers `Err`, panics or is dropped.
    pub async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let work = async {
            let connection = self.endpoint.connect().await?;
            run(connection, self.opening("begin"), self.permission, work).await
        };
        timeout(SCOPE_TIMEOUT, work).await.map_err(|_| Error::TimedOut)?
    }

    fn opening(&self, begin: &'static str) -> Opening<'_> {
        Opening { begin, context: Context::Claims(&self.claims), endpoint: self.endpoint }
    }
}

/// Runs a closure over a transaction of a fresh connection, ends the transaction and closes the connection.
pub(super) async fn run<T, E: From<Error>>(
    connection: Connection,
    opening: Opening<'_>,
    permission: Option<Permission>,
    work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let (answer, ended) = perform(&connection, opening, permission, work).await;
    connection.close().await;
    let value = answer?;
    ended?;
    Ok(value)
}

/// Runs a closure over a transaction and ends the transaction. Gives what the closure answered, and whether the
/// transaction ended as it should: only then does the connection serve for another one.
pub(super) async fn perform<T, E: From<Error>>(
    connection: &Connection,
    opening: Opening<'_>,
    permission: Option<Permission>,
    work: impl AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
) -> (Result<T, E>, Result<(), Error>) {
    let mut transaction = Transaction::new(connection.client(), opening, permission);
    let answer = work(&mut transaction).await;
    let ended = transaction.end(answer.is_ok()).await;
    (answer, ended)
}
