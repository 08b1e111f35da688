//! A connection, and who sits there: one after another, a transaction each.

use tokio_postgres::{Client, Error, SimpleQueryMessage, types::Type};

use super::{
    asker::{Asker, Claim, Person},
    expected::{Line, Refusal},
};
use crate::app::BeginClaims;

/// Who comes to a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// `eleva_app`.
    App,
    /// `eleva_identity`.
    Identity,
    /// `eleva_exporter`.
    Exporter,
    /// The owner, past PgBouncer.
    Owner,
}

/// A connection.
pub(super) struct Seat {
    pub(super) door: Door,
    pub(super) client: Client,
    /// Who has a transaction open.
    pub(super) asker: Option<Asker>,
}

/// What the server answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Rows, sorted, and how many were reached.
    Lines(Vec<Line>, u64),
    Refused(Refusal),
}

impl Seat {
    pub(super) fn new(door: Door, client: Client) -> Self {
        Self { door, client, asker: None }
    }

    /// Whom `app.begin` lets in, in the transaction that has begun: organization's id and role.
    pub(super) async fn enter(&self, claim: &Claim) -> Result<Person, Refusal> {
        let mut claims = BeginClaims::new(&claim.user, &claim.workos_org);
        claims.0["sid"] = claim.session.as_str().into();
        let begin = "select org_id::text, role from app.begin($1, $2)";
        let answer =
            self.client.query_typed(begin, &[(&claims.text(), Type::TEXT), (&claims.mac(), Type::BYTEA)]).await;
        let rows = answer.map_err(|error| refusal(&error))?;
        let row = rows.first().expect("app.begin answers with a row");
        Ok(Person { user: claim.user.clone(), org: row.get(0), role: row.get(1) })
    }

    /// Says what takes no answer.
    pub(super) async fn say(&self, text: &str) {
        self.client.batch_execute(text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    /// Says a statement.
    pub(super) async fn ask(&self, text: &str) -> Answer {
        let messages = match self.client.simple_query(text).await {
            Ok(messages) => messages,
            Err(error) => return Answer::Refused(refusal(&error)),
        };
        let (mut lines, mut reached) = (Vec::new(), 0);
        for message in messages {
            match message {
                SimpleQueryMessage::Row(row) => {
                    lines.push((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect());
                }
                SimpleQueryMessage::CommandComplete(rows) => reached = rows,
                _ => {}
            }
        }
        lines.sort();
        Answer::Lines(lines, reached)
    }
}

fn refusal(error: &Error) -> Refusal {
    let server = error.as_db_error().unwrap_or_else(|| panic!("not the server's answer: {error}"));
    match server.code().code() {
        "42501" if server.message().starts_with("permission denied") => Refusal::Denied,
        "42501" if server.message().contains("row-level security") => Refusal::Violates,
        // RESTRICT has an SQLSTATE of its own from PostgreSQL 18 on.
        "23001" => Refusal::Other("23503".to_owned()),
        code => Refusal::Other(code.to_owned()),
    }
}
