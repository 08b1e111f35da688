//! What can go wrong in a scope, and what the caller is told.

use tokio_postgres::error::SqlState;

use crate::http::Problem;

/// Why a scope did not do its work. Carries no value of any row and no message of the server: those quote data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server could not be reached, or the connection broke.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The time for the scope was up.
    #[error("the database did not answer in time")]
    TimedOut,
    /// `app.begin` refused the caller, or its context.
    #[error("the database refused the caller: {0:?}")]
    Refused(Refusal),
    /// The membership's role does not include what the route asks for.
    #[error("the membership's role does not include the permission")]
    NotPermitted,
    /// A statement failed.
    #[error("a statement failed with SQLSTATE {sqlstate}, constraint {constraint:?}, table {table:?}")]
    Statement {
        /// The five characters of PostgreSQL's appendix A.
        sqlstate: String,
        /// The constraint that was violated.
        constraint: Option<String>,
        /// The table concerned.
        table: Option<String>,
    },
    /// A row of the audit trail could not be written, so that nothing of the transaction was kept.
    #[error("the audit trail could not be written: {0}")]
    Unrecorded(Box<Error>),
    /// An earlier statement of the same transaction had failed, so that nothing of it was kept.
    #[error("the transaction had failed before")]
    Aborted,
    /// The server's answer had another shape than the statement promises: a defect of ours.
    #[error("an answer had an unexpected shape: {0}")]
    Shape(&'static str),
}

/// The refusals of `app.begin` and of the functions that read its context, one SQLSTATE each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// EL001: no key of the database's ring made the mac.
    Mac,
    /// EL002: the claims are not what they should be.
    Malformed,
    /// EL003: the token has expired by the database's clock.
    Expired,
    /// EL004: no such organization, or a deleted one.
    Organization,
    /// EL005: no active membership.
    Membership,
    /// EL006: the session was revoked.
    Revoked,
    /// EL007: the login is a superuser or has BYPASSRLS.
    Login,
    /// EL008: a second begin in one transaction.
    Begun,
    /// EL009: no context, or a forged one.
    Context,
    /// EL010: no such user, or a deleted one.
    User,
}

impl Refusal {
    fn from_sqlstate(code: &str) -> Option<Self> {
        Some(match code {
            "EL001" => Self::Mac,
            "EL002" => Self::Malformed,
            "EL003" => Self::Expired,
            "EL004" => Self::Organization,
            "EL005" => Self::Membership,
            "EL006" => Self::Revoked,
            "EL007" => Self::Login,
            "EL008" => Self::Begun,
            "EL009" => Self::Context,
            "EL010" => Self::User,
            _ => return None,
        })
    }
}

impl Error {
    /// Whether the server knows neither our password nor our key for `app.begin`: both are settings, and are rotated.
    pub(crate) fn refuses_credentials(&self) -> bool {
        match self {
            Self::Refused(refusal) => *refusal == Refusal::Mac,
            // PgBouncer says 08P01 (protocol violation) of everything that goes wrong before a session is there.
            Self::Statement { sqlstate, .. } => sqlstate.starts_with("28") || sqlstate == "08P01",
            _ => false,
        }
    }

    /// Whether the failure lies with the state of the servers rather than with what was asked.
    fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::TimedOut => true,
            // The clocks disagree (expired here, alive there), or the two key rings do: neither is the caller's doing.
            Self::Refused(Refusal::Expired | Refusal::Mac) => true,
            Self::Unrecorded(cause) => cause.is_passing(),
            Self::Statement { sqlstate, .. } => is_passing(sqlstate),
            _ => false,
        }
    }

    /// Whether a statement violated the constraint of that name.
    pub fn violates(&self, name: &str) -> bool {
        matches!(self, Self::Statement { constraint: Some(constraint), .. } if constraint == name)
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(server) = error.as_db_error() else {
            // Without an answer of the server, the message is the driver's or the operating system's own.
            return Self::Unreachable(match std::error::Error::source(&error) {
                Some(source) => format!("{error}: {source}"),
                None => error.to_string(),
            });
        };
        let sqlstate = server.code().code();
        if let Some(refusal) = Refusal::from_sqlstate(sqlstate) {
            return Self::Refused(refusal);
        }
        Self::Statement {
            sqlstate: sqlstate.to_owned(),
            constraint: server.constraint().map(str::to_owned),
            table: server.table().map(str::to_owned),
        }
    }
}

/// A constraint's name, and what the caller is told of its violation.
type Conflict = (&'static str, fn() -> Problem);

/// The constraints whose violation means the same wherever it happens.
const CONFLICTS: [Conflict; 3] = [
    ("events_org_id_slug_key", Problem::slug_taken),
    ("meetings_no_overlap", Problem::time_conflict),
    ("slot_reservations_event_id_start_time_key", Problem::time_conflict),
];

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if let Some((_, problem)) = CONFLICTS.iter().find(|(constraint, _)| error.violates(constraint)) {
            return problem();
        }
        match &error {
            passing if passing.is_passing() => Self::unavailable(error),
            Error::Refused(Refusal::Revoked | Refusal::User) => Self::unauthenticated(),
            Error::Refused(Refusal::Membership | Refusal::Organization) => Self::membership_inactive(),
            // The organization was deleted while they were at it.
            Error::Unrecorded(cause) if matches!(**cause, Error::Refused(Refusal::Organization)) => {
                Self::membership_inactive()
            }
            Error::NotPermitted => Self::forbidden(),
            Error::Statement { sqlstate, .. } if sqlstate == SqlState::INSUFFICIENT_PRIVILEGE.code() => {
                Self::forbidden()
            }
            // A row of the trail that cannot be written for whatever reason is nothing that the caller did.
            _ => Self::internal(error),
        }
    }
}

/// Whether the failure lies with the server's state rather than with the statement: connection (08), transaction
/// rollback (40), resources (53), lock not available (55P03), operator intervention (57), system (58), and
/// invalid credentials (28), which a rotation mends.
fn is_passing(sqlstate: &str) -> bool {
    ["08", "28", "40", "53", "57", "58"].iter().any(|class| sqlstate.starts_with(class)) || sqlstate == "55P03"
}
