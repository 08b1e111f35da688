//! The database, reached through scopes only.
//!
//! A scope is one transaction of one login: [`OrganizationScope`] runs as `eleva_app` within the organization that the
//! caller's token names, [`IdentityScope`] as `eleva_identity`, [`ExportScope`] as `eleva_exporter`. Each opens its own
//! connection to the pooled endpoint and closes it. Rows of the audit trail are written at the end of a transaction
//! ([`Transaction::audit`]). No client, connection or transaction outlives its scope, and no scope is open while HTTP is
//! spoken.

mod begin;
mod connection;
mod endpoint;
mod error;
mod export;
mod flight;
mod identity;
mod organization;
mod refusal;
mod statement;
mod transaction;
mod url;

pub use begin::SignedClaims;
pub use connection::Connector;
pub(crate) use endpoint::Endpoint;
pub use error::{Error, Refusal};
pub use export::{ExportScope, ExportSession};
pub use identity::IdentityScope;
pub use organization::{Membership, OrganizationScope};
pub(crate) use refusal::RefusalScope;
pub use statement::Statement;
pub use transaction::Transaction;
pub use url::{DatabaseUrl, DatabaseUrlError};
