//! Statements sent together, so that they cost one round trip.
//!
//! tokio-postgres sends a statement when its future is first polled and the server answers in order. The futures are
//! therefore joined (never `try_join!`, with which the error that surfaces first is chance) and the errors looked at
//! in the order of the statements: only the first one says what happened, the rest say that the transaction was
//! aborted. COMMIT of an aborted transaction succeeds on the wire; a transaction was kept only if every statement and
//! COMMIT succeeded.

use futures_util::future::{join, join_all};
use tokio_postgres::{Client, Row};

use crate::audit::Entry;

use super::{begin::SignedClaims, endpoint::Endpoint, error::Error, organization::Membership, statement::Statement};

/// How a transaction of this scope opens.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    /// `begin`, with the transaction's mode.
    pub(super) begin: &'static str,
    /// Who is asking, for an organization scope.
    pub(super) claims: Option<&'a SignedClaims>,
    /// Where it does.
    pub(super) endpoint: Endpoint<'a>,
}

/// What came back from a flight: the membership (organization scopes) and each statement's rows.
pub(super) struct Landed<const N: usize> {
    pub(super) membership: Option<Membership>,
    pub(super) rows: [Vec<Row>; N],
}

const CONTEXT: &str = "select org_id, role from app.begin($1, $2)";

/// Sends the opening and the statements in one flight.
pub(super) async fn open<const N: usize>(
    client: &Client,
    opening: Opening<'_>,
    statements: [Statement<'_>; N],
) -> Result<Landed<N>, Error> {
    let opened = join(client.batch_execute(opening.begin), context(client, opening.claims));
    let (opened, rows) = join(opened, run(client, statements)).await;
    opening.endpoint.note(land(opened, rows, Ok(())))
}

/// Sends the opening, the statements and COMMIT in one flight.
pub(super) async fn whole<const N: usize>(
    client: &Client,
    opening: Opening<'_>,
    statements: [Statement<'_>; N],
) -> Result<Landed<N>, Error> {
    let opened = join(client.batch_execute(opening.begin), context(client, opening.claims));
    let (opened, (rows, committed)) = join(opened, join(run(client, statements), client.batch_execute("commit"))).await;
    opening.endpoint.note(land(opened, rows, committed))
}

/// Sends the rows of the audit trail and COMMIT in one flight: the chain is locked for no longer than that takes.
pub(super) async fn commit(client: &Client, entries: &[Entry]) -> Result<(), Error> {
    let append = async |entry: &Entry| {
        let row = entry.row();
        client.query_typed(row.sql, &row.parameters()).await
    };
    let (appended, committed) = join(join_all(entries.iter().map(append)), client.batch_execute("commit")).await;
    let appended = appended.into_iter().try_for_each(|answer| answer.map(drop));
    appended.map_err(|error| Error::Unrecorded(Box::new(error.into())))?;
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
    let rows: Vec<Vec<Row>> = rows.into_iter().collect::<Result<_, _>>()?;
    committed?;
    let rows = rows.try_into().map_err(|_| Error::Shape("as many answers as statements"))?;
    Ok(Landed { membership, rows })
}

async fn context(client: &Client, claims: Option<&SignedClaims>) -> Answer<Option<Row>> {
    use tokio_postgres::types::Type;
    match claims {
        Some(SignedClaims { claims, mac }) => {
            client.query_typed_one(CONTEXT, &[(claims, Type::TEXT), (mac, Type::BYTEA)]).await.map(Some)
        }
        None => Ok(None),
    }
}

async fn run<const N: usize>(client: &Client, statements: [Statement<'_>; N]) -> Vec<Answer<Vec<Row>>> {
    join_all(statements.iter().map(|statement| client.query_typed(statement.sql, statement.parameters))).await
}
