//! A cluster of one's own, where no role of the application's was ever made (hardening B5, B18).

use dev::{
    postgres::{self, Cluster, OWNER, Server, SessionJwt},
    world::Login,
};
use tokio_postgres::{Client, NoTls};

use crate::{
    app::{connect_directly, world},
    database::operator::Operator,
};

pub(in crate::database) const PASSWORD: &str = "the-owner-s-own";

/// A server with an owner and an empty database.
pub(in crate::database) struct Virgin {
    cluster: Cluster,
    server: Server,
    superuser: Client,
}

impl Virgin {
    pub(in crate::database) async fn start(name: &str) -> Self {
        let virgin = Self::of(world().cluster(name), name).await;
        world().auth.prepare(&virgin.superuser_url("template1")).await.expect("as in the world's other databases");
        virgin.create_database("eleva").await;
        virgin
    }

    /// One that takes extensions from a folder, with no database yet.
    pub(super) async fn with_extension(name: &str) -> Self {
        let binaries = world().postgres_with_extensions.clone();
        let extensions = Some(world().scratch.join(name).join("extensions"));
        Self::of(Cluster { binaries, extensions, ..world().cluster(name) }, name).await
    }

    async fn of(cluster: Cluster, name: &str) -> Self {
        let log = world().scratch.join(name);
        std::fs::create_dir_all(&log).expect("a folder for logs");
        cluster.create(&log.join("initdb.log")).await.expect("a cluster");
        let server = cluster.start(&log.join("postgres.log")).await.expect("a server");
        let superuser = connect_directly(&server.superuser_url("postgres")).await;
        postgres::create_owner(&superuser, PASSWORD).await.expect("an owner");
        Self { cluster, server, superuser }
    }

    /// Makes pg_session_jwt available, or puts it into another form.
    pub(super) fn write_extension(&self, form: SessionJwt) {
        let folder = self.cluster.extensions.as_ref().expect("it takes extensions");
        form.write(folder, &self.cluster.account).expect("the extension's files");
    }

    pub(super) async fn create_database(&self, name: &str) {
        postgres::create_database(&self.superuser, name).await.expect("a database");
    }

    pub(super) fn migrate_database(&self, database: &str) -> Operator {
        Operator::migrate(&postgres::url(OWNER, PASSWORD, self.server.port(), database))
    }

    pub(in crate::database) fn url(&self, role: &str, password: &str) -> String {
        postgres::url(role, password, self.server.port(), "eleva")
    }

    pub(in crate::database) fn migrate(&self) -> Operator {
        self.migrate_database("eleva")
    }

    pub(in crate::database) async fn run(&self, statement: &str) {
        self.superuser.batch_execute(statement).await.expect(statement);
    }

    /// The URL of a database for the superuser.
    pub(in crate::database) fn superuser_url(&self, database: &str) -> String {
        self.server.superuser_url(database)
    }

    /// The server's port.
    pub(in crate::database) fn port(&self) -> u16 {
        self.server.port()
    }

    /// Whether somebody can log in.
    async fn admits(&self, login: Login, password: &str) -> bool {
        tokio_postgres::connect(&self.url(login.role(), password), NoTls).await.is_ok()
    }

    /// The roles of the application that there are.
    async fn roles(&self) -> Vec<String> {
        let statement = "
            select rolname::text from pg_roles
             where rolname like 'eleva\\_%' and rolname <> 'eleva_owner' or rolname in ('authenticated', 'anonymous')
             order by 1";
        self.superuser.query(statement, &[]).await.expect("roles").iter().map(|row| row.get(0)).collect()
    }
}

#[tokio::test]
async fn b18_the_roles_are_made_and_their_passwords_set() {
    let virgin = Virgin::start("roles").await;
    assert_eq!(virgin.roles().await, Vec::<String>::new());
    let report = virgin
        .migrate()
        .setting("APP_DATABASE_PASSWORD", "first-password")
        .setting("IDENTITY_DATABASE_PASSWORD", "it's \"quoted\" \\ $1 %I")
        .succeed()
        .await;
    assert!(report.out.contains("password of eleva_app: set from APP_DATABASE_PASSWORD"), "{report}");
    assert!(report.out.contains("password of eleva_exporter: left as it is"), "{report}");
    let roles = ["anonymous", "authenticated", "eleva_app", "eleva_definer", "eleva_exporter", "eleva_identity"];
    assert_eq!(virgin.roles().await, roles);
    assert!(virgin.admits(Login::App, "first-password").await);
    assert!(!virgin.admits(Login::App, "another-password").await);
    assert!(!virgin.admits(Login::Exporter, "first-password").await, "without a password nobody logs in");

    virgin.migrate().setting("APP_DATABASE_PASSWORD", "second-password").succeed().await;
    assert!(virgin.admits(Login::App, "second-password").await && !virgin.admits(Login::App, "first-password").await);
    virgin.migrate().succeed().await;
    assert!(virgin.admits(Login::App, "second-password").await, "a missing setting leaves the password alone");

    // Another database of the cluster finds the roles there, also when both are new to it.
    virgin.create_database("second").await;
    virgin.migrate_database("second").succeed().await;
}

#[tokio::test]
async fn b18_databases_that_are_migrated_at_once_share_the_roles() {
    let virgin = Virgin::start("at-once").await;
    let names = ["eleva", "second", "third"];
    for name in names {
        virgin.create_database(name).await;
    }
    let runs =
        names.map(|name| virgin.migrate_database(name).setting("APP_DATABASE_PASSWORD", "the-same-password").start());
    for run in runs {
        let report = run.end().await;
        assert_eq!(report.code, 0, "{report}");
    }
    assert_eq!(virgin.roles().await.len(), 6);
}

#[tokio::test]
async fn b5_an_owner_who_lacks_something_is_refused() {
    let virgin = Virgin::start("owner").await;
    for (lack, undo, said) in [
        ("alter role eleva_owner nobypassrls", "alter role eleva_owner bypassrls", "lacks BYPASSRLS"),
        ("alter role eleva_owner nocreaterole", "alter role eleva_owner createrole", "lacks CREATEROLE"),
        (
            "alter database eleva owner to postgres",
            "alter database eleva owner to eleva_owner",
            "the role eleva_owner does not own the database eleva",
        ),
        // A superuser bypasses row-level security anyway; none is assumed anywhere.
        (
            "alter role eleva_owner nobypassrls superuser",
            "alter role eleva_owner bypassrls nosuperuser",
            "lacks BYPASSRLS",
        ),
    ] {
        virgin.run(lack).await;
        let report = virgin.migrate().fail().await;
        assert!(report.err.contains(said), "{lack}: {report}");
        assert_eq!(virgin.roles().await, Vec::<String>::new(), "{lack}");
        virgin.run(undo).await;
    }
    virgin.migrate().succeed().await;
}

#[tokio::test]
async fn b5_a_role_that_is_more_than_it_may_be_stops_everything() {
    let virgin = Virgin::start("attributes").await;
    for (before, undo, said) in [
        ("create role eleva_app login noinherit bypassrls", "drop role eleva_app", "exists with other attributes"),
        ("create role eleva_app login noinherit superuser", "drop role eleva_app", "SQLSTATE 42501"),
        ("create role eleva_app login inherit", "drop role eleva_app", "exists with other attributes"),
        ("create role eleva_identity login createrole", "drop role eleva_identity", "exists with other attributes"),
        ("create role eleva_definer login", "drop role eleva_definer", "exists with other attributes"),
        (
            "create role eleva_app login noinherit in role pg_read_all_data",
            "drop role eleva_app",
            "is a member of pg_read_all_data, which it must not be",
        ),
    ] {
        // From PostgreSQL 16 on, the owner administers only roles that it made.
        virgin.run(before).await;
        let role = before.split_whitespace().nth(2).expect("a role");
        virgin.run(&format!("grant {role} to eleva_owner with admin option")).await;
        let report = virgin.migrate().fail().await;
        assert!(report.err.contains("V0001__roles failed and was rolled back"), "{before}: {report}");
        assert!(report.err.contains(said), "{before}: {report}");
        assert_eq!(virgin.roles().await, [role], "{before}: the others were not made either");
        virgin.run(undo).await;
    }
    virgin.migrate().succeed().await;
}
