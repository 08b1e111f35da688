//! Reading the facts of a live database from its catalogue, as the owner: no superuser is needed for any of it.

use tokio_postgres::{Client, Error, IsolationLevel};

use super::fact::Fact;

/// What each of the readings begins with.
const PRELUDE: &str = include_str!("prelude.sql");

/// Queries of kind, object and value.
const READINGS: [&str; 8] = [
    include_str!("roles.sql"),
    include_str!("schemas.sql"),
    include_str!("tables.sql"),
    include_str!("constraints.sql"),
    include_str!("policies.sql"),
    include_str!("functions.sql"),
    include_str!("grants.sql"),
    include_str!("partitions.sql"),
];

/// The facts of a database.
pub(super) struct Facts {
    /// In the order of their lines.
    pub(super) facts: Vec<Fact>,
    /// Whether the schema `auth` is that of Neon's extension. It then is no matter of the migrations, and no fact.
    pub(super) auth_is_the_extension_s: bool,
}

/// Reads them, all as of one moment.
pub(super) async fn read(client: &mut Client) -> Result<Facts, Error> {
    let transaction =
        client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await?;
    // Without a search path the server qualifies every name that it writes.
    transaction.batch_execute("set local search_path = ''").await?;
    let mut facts = Vec::new();
    for reading in READINGS {
        for row in transaction.query(&format!("{PRELUDE}{reading}"), &[]).await? {
            let value: Option<&str> = row.try_get(2)?;
            facts.push(Fact::new(row.try_get(0)?, row.try_get(1)?, value.unwrap_or_default()));
        }
    }
    facts.sort_by_cached_key(Fact::to_string);
    let row = transaction
        .query_one("select exists (select from pg_extension e where e.extname = 'pg_session_jwt')", &[])
        .await?;
    transaction.commit().await?;
    Ok(Facts { facts, auth_is_the_extension_s: row.try_get(0)? })
}
