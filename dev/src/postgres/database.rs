//! The owner and its databases, as on Neon: no superuser, but CREATEDB, CREATEROLE and BYPASSRLS.

use tokio_postgres::{Client, NoTls};

use crate::failure::Failure;

/// The role that owns the databases and runs the migrations.
pub const OWNER: &str = "eleva_owner";

/// A connection URL on 127.0.0.1, without TLS. Role, password and database consist of characters that need no escape.
pub fn url(role: &str, password: &str, port: u16, database: &str) -> String {
    format!("postgresql://{role}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
}

/// Connects to a server on this machine.
pub async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.map_err(Failure::database("connect to PostgreSQL"))?;
    // What breaks the connection also fails the statement that is waiting for it.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

/// Makes the owner, or gives it the password again.
pub async fn create_owner(superuser: &Client, password: &str) -> Result<(), Failure> {
    let failed = || Failure::database(format!("make the role {OWNER}"));
    let exists =
        superuser.query_opt("select from pg_roles where rolname = $1", &[&OWNER]).await.map_err(failed())?.is_some();
    let verb = if exists { "alter" } else { "create" };
    let statement = format!(
        "{verb} role {OWNER} with login nosuperuser createdb createrole bypassrls password {}",
        superuser
            .query_one("select quote_literal($1)", &[&password])
            .await
            .and_then(|row| row.try_get::<_, String>(0))
            .map_err(failed())?
    );
    superuser.batch_execute(&statement).await.map_err(failed())
}

/// Makes a database of the owner's, unless it exists. The name needs no quotes.
pub async fn create_database(superuser: &Client, name: &str) -> Result<(), Failure> {
    let failed = || Failure::database(format!("make the database {name}"));
    let exists =
        superuser.query_opt("select from pg_database where datname = $1", &[&name]).await.map_err(failed())?.is_some();
    if exists {
        return Ok(());
    }
    superuser.batch_execute(&format!("create database {name} owner {OWNER}")).await.map_err(failed())
}
