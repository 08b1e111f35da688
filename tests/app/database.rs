//! The database of one test.

use std::time::Duration;

use native_tls::{Certificate, TlsConnector};
use postgres_native_tls::MakeTlsConnector;
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

use super::world;

/// A database of the owner's. Dropping it drops the database, whoever is connected.
pub(crate) struct Database {
    name: String,
}

impl Database {
    /// Clones the template: as migrations leave a database.
    pub(crate) async fn migrated() -> Self {
        let database = Self::create(&world().template_database).await;
        // A clone does not inherit what is revoked on the database itself.
        let revoke = format!("revoke temporary on database {} from public", database.name);
        let superuser = connect_directly(&world().superuser_url("postgres")).await;
        superuser.batch_execute(&revoke).await.expect("the clone can be closed");
        database
    }

    /// Clones the template and gives it the seeded people and organizations.
    pub(super) async fn clone_template() -> Self {
        let database = Self::migrated().await;
        let mut owner = connect_directly(&world().owner_url(&database.name)).await;
        dev::seed::seed(&mut owner).await.expect("the clone can be seeded");
        database
    }

    /// An empty one, which was never migrated.
    pub(crate) async fn empty() -> Self {
        Self::create("template1").await
    }

    async fn create(template: &str) -> Self {
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let superuser = connect_directly(&world().superuser_url("postgres")).await;
        let create = format!("create database {name} template {template} owner eleva_owner");
        superuser.batch_execute(&create).await.expect("the template can be cloned");
        Self { name }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop_database = format!("drop database if exists {} with (force)", self.name);
        // The test's own runtime may be going down; this one belongs to nobody else.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let dropped = async {
                    let superuser = connect_directly(&world().superuser_url("postgres")).await;
                    superuser.batch_execute(&drop_database).await
                };
                timeout(Duration::from_secs(20), dropped).await?.map_err(std::io::Error::other)
            })
        });
        let outcome = dropping.join();
        if !matches!(outcome, Ok(Ok(()))) {
            eprintln!("the database {} stays behind: {outcome:?}", self.name);
        }
    }
}

/// Connects to the server itself.
pub(crate) async fn connect_directly(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("PostgreSQL is there");
    tokio::spawn(connection);
    client
}

/// Connects through PgBouncer, whose certificate is verified.
pub(super) async fn connect_pooled(url: &str) -> Client {
    let root = Certificate::from_pem(world().ca_certificate_pem.as_bytes()).expect("the root is a certificate");
    let tls = TlsConnector::builder().add_root_certificate(root).build().expect("TLS can be set up");
    let (client, connection) =
        tokio_postgres::connect(url, MakeTlsConnector::new(tls)).await.expect("PgBouncer is there");
    tokio::spawn(connection);
    client
}
