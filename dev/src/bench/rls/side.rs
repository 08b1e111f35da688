//! The ways in which a statement is run, each over a connection of its own.

use std::time::{Duration, Instant};

use tokio_postgres::{Client, types::Type};

use super::asker::Asker;
use crate::{failure::Failure, postgres};

/// A way to run a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// As the owner, whom row-level security does not bind: the organization is a parameter in the WHERE.
    Owner,
    /// As a member, with the statement that the functions send: the policies name the organization.
    Functions,
    /// As a member, with a statement that repeats the policies' condition.
    Repeated,
}

impl Side {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Owner, Self::Functions, Self::Repeated];

    /// Every order of them.
    pub(super) const ORDERS: [[Self; 3]; 6] = [
        [Self::Owner, Self::Functions, Self::Repeated],
        [Self::Functions, Self::Owner, Self::Repeated],
        [Self::Repeated, Self::Owner, Self::Functions],
        [Self::Owner, Self::Repeated, Self::Functions],
        [Self::Functions, Self::Repeated, Self::Owner],
        [Self::Repeated, Self::Functions, Self::Owner],
    ];
}

/// A connection for each side.
pub(super) struct Sides {
    clients: [Client; 3],
    begin_keys: String,
}

impl Sides {
    /// Connects to the server itself: a pooler would add the same to all sides, and make their ratio look better.
    pub(super) async fn connect(owner_url: &str, app_url: &str, begin_keys: &str) -> Result<Self, Failure> {
        let clients =
            [postgres::connect(owner_url).await?, postgres::connect(app_url).await?, postgres::connect(app_url).await?];
        Ok(Self { clients, begin_keys: begin_keys.to_owned() })
    }

    /// A side's connection.
    pub(super) fn client(&self, side: Side) -> &Client {
        &self.clients[side as usize]
    }

    /// Opens a transaction on each side, within the asker's organization. Gives how long `app.begin` took for the
    /// functions' side.
    pub(super) async fn begin(&self, asker: &Asker) -> Result<Duration, Failure> {
        let claims = asker.signed_claims(&self.begin_keys)?;
        let begin = self.client(Side::Owner).batch_execute("begin").await;
        begin.map_err(Failure::database("begin a transaction"))?;
        begin_as(self.client(Side::Repeated), &claims).await?;
        begin_as(self.client(Side::Functions), &claims).await
    }

    /// Undoes what was done on each side.
    pub(super) async fn roll_back(&self) -> Result<(), Failure> {
        for client in &self.clients {
            client.batch_execute("rollback").await.map_err(Failure::database("roll a transaction back"))?;
        }
        Ok(())
    }
}

/// Opens a transaction and the claims' scope in it. Gives how long `app.begin` took.
pub(super) async fn begin_as(client: &Client, (claims, mac): &(String, Vec<u8>)) -> Result<Duration, Failure> {
    client.batch_execute("begin").await.map_err(Failure::database("begin a transaction"))?;
    let started = Instant::now();
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
        [(claims, Type::TEXT), (mac, Type::BYTEA)];
    let begun = client.query_typed("select org_id, role from app.begin($1, $2)", &parameters).await;
    let taken = started.elapsed();
    begun.map(|_| taken).map_err(Failure::database("say who is asking"))
}
