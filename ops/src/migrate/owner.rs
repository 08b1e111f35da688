//! What the role that migrates must be.

use tokio_postgres::Client;

use crate::database::describe;

/// The oldest server that the migrations are written for.
const OLDEST_VERSION: i32 = 150_000;

/// The role that migrates, and where.
pub(crate) struct Owner {
    pub(crate) name: String,
    pub(crate) database: String,
    pub(crate) server_version: String,
}

/// Why the role may not migrate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OwnerError {
    #[error(
        "the role {0} lacks BYPASSRLS: with row-level security forced, a migration by it would see no rows and \
         silently do nothing. As a superuser: alter role \"{0}\" bypassrls"
    )]
    RowSecurity(String),
    #[error("the role {0} lacks CREATEROLE, which making and granting the application's roles takes")]
    CreateRole(String),
    #[error("the role {0} does not own the database {1}")]
    Database(String, String),
    #[error("PostgreSQL {0} is too old: 15 is needed")]
    Version(String),
    #[error("cannot read the attributes of the role: {}", describe(.0))]
    Statement(#[from] tokio_postgres::Error),
}

const OWNER: &str = "
    select r.rolname::text, r.rolbypassrls, r.rolcreaterole, d.datname::text,
           pg_has_role(d.datdba, 'usage') as owns_database,
           current_setting('server_version') as server_version,
           current_setting('server_version_num')::integer as server_version_number
      from pg_roles r
      join pg_database d on d.datname = current_database()
     where r.rolname = current_user";

/// Asserts that the role may migrate. The attribute BYPASSRLS counts, not that a superuser bypasses row-level security
/// anyway: no superuser is assumed anywhere.
pub(crate) async fn check(client: &Client) -> Result<Owner, OwnerError> {
    let row = client.query_one(OWNER, &[]).await?;
    let owner = Owner {
        name: row.try_get("rolname")?,
        database: row.try_get("datname")?,
        server_version: row.try_get("server_version")?,
    };
    if row.try_get::<_, i32>("server_version_number")? < OLDEST_VERSION {
        return Err(OwnerError::Version(owner.server_version));
    }
    if !row.try_get::<_, bool>("rolbypassrls")? {
        return Err(OwnerError::RowSecurity(owner.name));
    }
    if !row.try_get::<_, bool>("rolcreaterole")? {
        return Err(OwnerError::CreateRole(owner.name));
    }
    if !row.try_get::<_, bool>("owns_database")? {
        return Err(OwnerError::Database(owner.name, owner.database));
    }
    Ok(owner)
}
