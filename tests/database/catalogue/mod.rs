//! What the catalogue says of the schema as a whole, so that nothing new is left out: computed, not listed, wherever a
//! rule has no exceptions.

mod functions;
mod grants;
mod policies;
mod roles;
mod tables;

use tokio_postgres::Client;

/// The schemas that are ours: all but the server's own.
const OURS: &str = "
    n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg\\_temp%'
    and n.nspname not like 'pg\\_toast\\_temp%'";

/// The first column of every row.
async fn texts(client: &Client, query: &str) -> Vec<String> {
    let query = query.replace("{ours}", OURS);
    let rows = client.query(&query, &[]).await.unwrap_or_else(|error| panic!("{error}: {query}"));
    rows.iter().map(|row| row.get(0)).collect()
}

/// Asserts that a query for exceptions to a rule finds none.
async fn assert_none(client: &Client, rule: &str, exceptions: &str) {
    assert_eq!(texts(client, exceptions).await, Vec::<String>::new(), "exceptions to: {rule}");
}
