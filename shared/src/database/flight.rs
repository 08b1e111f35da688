//! Statements sent together, so that they cost one round trip.
//!
//! tokio-postgres sends a statement when its future is first polled and the server answers in order. The futures are
//! therefore joined (never `try_join!`, with which the error that surfaces first is chance) and the errors looked at
//! in the order of the statements: only the first one says what happened, the rest say that the transaction was
//! aborted. COMMIT of an aborted transaction succeeds on the wire; a transaction was kept only if every statement and
//! COMMIT succeeded.

use std::task::Poll;

use futures_util::{
    future::{join, join_all},
    poll,
};
use tokio_postgres::{Client, Row, types::Type};
use uuid::Uuid;

use crate::audit::Entry;

use super::{begin::SignedClaims, endpoint::Endpoint, error::Error, organization::Membership, statement::Statement};

/// How a transaction of this scope opens.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    /// `begin`, with the transaction's mode.
    pub(super) begin: &'static str,
    /// What the transaction is about.
    pub(super) context: Context<'a>,
    /// Where it does.
    pub(super) endpoint: Endpoint<'a>,
}

/// What a transaction is about: the statement that follows BEGIN.
#[derive(Clone, Copy)]
pub(super) enum Context<'a> {
    /// No organization.
    None,
    /// The organization of who is asking.
    Claims(&'a SignedClaims),
    /// An organization whose trail is read as `eleva_exporter`.
    Export(Uuid),
}

/// What came back from a flight: the membership (organization scopes) and each statement's rows.
pub(super) struct Landed<const N: usize> {
    pub(super) membership: Option<Membership>,
    pub(super) rows: [Vec<Row>; N],
}

const BEGIN: &str = "select org_id, role from app.begin($1, $2)";

const EXPORT_BEGIN: &str = "select app.export_begin($1)";

/// Sends the opening and the statements in one flight.
pub(super) async fn open<const N: usize>(
    client: &Client,
    opening: Opening<'_>,
    statements: [Statement<'_>; N],
) -> Result<Landed<N>, Error> {
    let opened = join(client.batch_execute(opening.begin), context(client, opening.context));
    let (opened, rows) = join(opened, run(client, statements)).await;
    opening.endpoint.note(land(opened, rows, Ok(())))
}

/// Sends the opening, the statements and COMMIT in one flight.
pub(super) async fn whole<const N: usize>(
    client: &Client,
    opening: Opening<'_>,
    statements: [Statement<'_>; N],
) -> Result<Landed<N>, Error> {
    let opened = join(client.batch_execute(opening.begin), context(client, opening.context));
    let (opened, (rows, committed)) = join(opened, join(run(client, statements), client.batch_execute("commit"))).await;
    opening.endpoint.note(land(opened, rows, committed))
}

/// Sends further statements of an open transaction in one flight.
pub(super) async fn further<const N: usize>(
    client: &Client,
    statements: [Statement<'_>; N],
) -> Result<[Vec<Row>; N], Error> {
    all(run(client, statements).await)
}

/// Sends the rows of the audit trail and COMMIT in one flight: the chain is locked for no longer than that takes. COMMIT
/// is not sent unless every row is on its way.
pub(super) async fn commit(client: &Client, entries: &[Entry]) -> Result<(), Error> {
    let append = async |entry: &Entry| {
        let row = entry.row();
        client.query_typed(row.sql, &row.parameters()).await
    };
    let unrecorded = |error: tokio_postgres::Error| Error::Unrecorded(Box::new(error.into()));
    let mut appending = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut sent = Box::pin(append(entry));
        // Sent now, or never.
        match poll!(&mut sent) {
            Poll::Pending => appending.push(sent),
            Poll::Ready(Ok(_)) => {}
            Poll::Ready(Err(error)) => {
                client.batch_execute("rollback").await?;
                return Err(unrecorded(error));
            }
        }
    }
    let (appended, committed) = join(join_all(appending), client.batch_execute("commit")).await;
    appended.into_iter().try_for_each(|answer| answer.map(drop)).map_err(unrecorded)?;
    Ok(committed?)
}

type Answer<T> = Result<T, tokio_postgres::Error>;

fn land<const N: usize>(
    (begun, context): (Answer<()>, Answer<Option<Row>>),
    rows: Vec<Answer<Vec<Row>>>,
    committed: Answer<()>,
) -> Result<Landed<N>, Error> {
    begun?;
    let membership = context?.map(|row| Membership::from_row(&row)).transpose()?;
    let rows = all(rows)?;
    committed?;
    Ok(Landed { membership, rows })
}

/// The rows of every statement, or the error of the first that failed.
fn all<const N: usize>(answers: Vec<Answer<Vec<Row>>>) -> Result<[Vec<Row>; N], Error> {
    let rows: Vec<Vec<Row>> = answers.into_iter().collect::<Result<_, _>>()?;
    rows.try_into().map_err(|_| Error::Shape("as many answers as statements"))
}

async fn context(client: &Client, context: Context<'_>) -> Answer<Option<Row>> {
    match context {
        Context::None => Ok(None),
        Context::Claims(SignedClaims { claims, mac }) => {
            client.query_typed_one(BEGIN, &[(claims, Type::TEXT), (mac, Type::BYTEA)]).await.map(Some)
        }
        Context::Export(org_id) => client.query_typed_one(EXPORT_BEGIN, &[(&org_id, Type::UUID)]).await.map(|_| None),
    }
}

async fn run<const N: usize>(client: &Client, statements: [Statement<'_>; N]) -> Vec<Answer<Vec<Row>>> {
    join_all(statements.iter().map(|statement| client.query_typed(statement.sql, statement.parameters))).await
}
