//! A connection that opens its transactions as the functions do: BEGIN and `app.begin` in the flight of the first
//! statement.

use std::error::Error;

use futures_util::future::{join, join_all};
use tokio_postgres::{
    Client, NoTls, Row,
    types::{ToSql, Type},
};

use crate::settings::Settings;

/// A statement's parameters with their types.
pub(crate) type Parameters<'a> = Vec<(&'a (dyn ToSql + Sync), Type)>;

/// What is sent together: statements with their parameters.
pub(crate) type Flight<'a> = Vec<(&'a str, Parameters<'a>)>;

/// The connection of who is asking.
pub(crate) struct Connection {
    client: Client,
    claims: String,
    mac: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, Box<dyn Error>> {
        let (client, connection) = tokio_postgres::connect(&settings.database_url, NoTls).await?;
        tokio::spawn(connection);
        Ok(Self { client, claims: settings.claims.clone(), mac: settings.mac.clone() })
    }

    /// A transaction of one flight. Gives each statement's rows.
    pub(crate) async fn whole(&self, flight: &Flight<'_>) -> Result<Vec<Vec<Row>>, Box<dyn Error>> {
        let (rows, committed) = join(self.open_with(flight), self.client.batch_execute("commit")).await;
        committed?;
        rows
    }

    /// Begins a transaction with a flight.
    pub(crate) async fn open_with(&self, flight: &Flight<'_>) -> Result<Vec<Vec<Row>>, Box<dyn Error>> {
        let begin: [(&(dyn ToSql + Sync), Type); 2] = [(&self.claims, Type::TEXT), (&self.mac, Type::BYTEA)];
        let context = self.client.query_typed("select org_id, role from app.begin($1, $2)", &begin);
        let ((begun, context), rows) =
            join(join(self.client.batch_execute("begin"), context), self.further(flight)).await;
        begun?;
        context?;
        rows
    }

    /// Goes on in the transaction.
    pub(crate) async fn further(&self, flight: &Flight<'_>) -> Result<Vec<Vec<Row>>, Box<dyn Error>> {
        let sent = flight.iter().map(|(sql, parameters)| self.client.query_typed(sql, parameters));
        Ok(join_all(sent).await.into_iter().collect::<Result<_, _>>()?)
    }

    /// Ends the transaction with a flight.
    pub(crate) async fn end_with(&self, flight: &Flight<'_>) -> Result<(), Box<dyn Error>> {
        let (rows, committed) = join(self.further(flight), self.client.batch_execute("commit")).await;
        rows?;
        Ok(committed?)
    }
}
