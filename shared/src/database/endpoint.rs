//! Where a scope connects to, as whom.

use super::{
    connection::{Connection, Connector},
    error::Error,
    url::DatabaseUrl,
};
use crate::credentials::Credentials;

/// A database address and what it takes to connect there.
#[derive(Clone, Copy)]
pub(crate) struct Endpoint<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) url: &'a DatabaseUrl,
    pub(crate) credentials: &'a Credentials,
}

impl Endpoint<'_> {
    pub(super) async fn connect(&self) -> Result<Connection, Error> {
        self.note(self.connector.connect(self.url).await)
    }

    /// Notes it where an answer says that the server does not know our credentials.
    pub(super) fn note<T>(&self, answer: Result<T, Error>) -> Result<T, Error> {
        answer.inspect_err(|error| {
            if error.refuses_credentials() {
                self.credentials.refuse();
            }
        })
    }
}
