//! The database itself, through PgBouncer, as each login role has it: who may begin, what a context opens, what no
//! statement and no forged setting reaches, and how migrations bring all that about.

mod auth_functions;
mod begin;
mod bookings;
mod catalogue;
mod chain;
pub(crate) mod check;
mod claims;
mod clinics;
mod concurrency;
mod constraints;
mod erasure;
mod escape;
mod forgery;
mod guest_notes;
mod keys;
mod legacy;
mod legal_holds;
mod matrix;
mod members;
mod migrate;
pub(crate) mod model;
mod moves;
mod mutation;
pub(crate) mod operator;
mod plan;
mod practice;
mod replay;
mod roles_and_statuses;
mod seen;
mod signed;
mod standing;
mod trail;

use tokio_postgres::Error;

/// The SQLSTATE of a refusal; `None` when nothing was refused. Panics when the connection itself failed.
fn refusal<T>(outcome: Result<T, Error>) -> Option<String> {
    let error = outcome.err()?;
    match error.code() {
        Some(code) => Some(code.code().to_owned()),
        None => panic!("not the server's answer: {error}"),
    }
}

/// The SQLSTATE of "permission denied" and of "new row violates row-level security policy".
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// The SQLSTATE of the functions that read the context, when there is none.
const NO_CONTEXT: &str = "EL009";
