//! One statement with its parameters.

use tokio_postgres::types::{ToSql, Type};

/// SQL and its parameters with their types. The types are stated here because preparing a statement to learn them
/// would cost two round trips and leave a name in a pooled server connection.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    pub(super) sql: &'a str,
    pub(super) parameters: &'a [(&'a (dyn ToSql + Sync), Type)],
}

impl<'a> Statement<'a> {
    /// A statement. Result columns must be of built-in types (text, not an enum or a domain), because tokio-postgres
    /// looks others up by preparing further statements.
    pub fn new(sql: &'a str, parameters: &'a [(&'a (dyn ToSql + Sync), Type)]) -> Self {
        Self { sql, parameters }
    }
}
