//! What a running world tells others about itself, in a file of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    certificate::ServerCertificate,
    failure::Failure,
    ministack::Ministack,
    pgbouncer::{self, PgBouncer},
    postgres::{self, AuthFunctions, Binaries, Cluster, Durability},
    secrets::Secrets,
    state::write_private_file,
};

/// The environment variable that names the file of a test run's world.
pub const TEST_WORLD_VARIABLE: &str = "ELEVA_WORLD";

/// `.dev/world.json`: the addresses of what `cargo dev up` started.
#[derive(Clone, Serialize, Deserialize)]
pub struct World {
    /// The origin that a browser goes to.
    pub public_url: String,
    /// The stand-in's origin, or that of the WorkOS given by `--workos-url`.
    pub workos_url: String,
    /// The database as the superuser.
    pub superuser_database_url: String,
    /// The database as its owner.
    pub owner_database_url: String,
    /// The database as `eleva_app`.
    pub app_database_url: String,
    /// The database as `eleva_identity`.
    pub identity_database_url: String,
    /// The file with the functions' settings.
    pub env_file: PathBuf,
}

impl World {
    /// Writes it.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        write(self, path)
    }
}

/// `.dev/test/world.json`: what `cargo dev test` started and found for the tests.
#[derive(Clone, Serialize, Deserialize)]
pub struct TestWorld {
    /// The folder with the workspace's `Cargo.toml`.
    pub repository: PathBuf,
    /// The folder with the functions' binaries and `ops`.
    pub binaries: PathBuf,
    /// A folder for whatever tests leave behind; emptied before each run.
    pub scratch: PathBuf,
    /// Whether the long form of long tests was asked for (`--thorough`).
    pub is_thorough: bool,
    /// What `sam build` made, in a thorough run: a folder per function of template.yaml, each with a `bootstrap`.
    pub sam_build: Option<PathBuf>,
    /// The database that each test clones. Migrated, not seeded; nobody may be connected to it. A clone does not
    /// inherit what was granted or revoked on the database itself.
    pub template_database: String,
    /// PostgreSQL's port on 127.0.0.1.
    pub postgres_port: u16,
    /// The shared PgBouncer's port; its name is `localhost`, and every database is reached through it.
    pub pgbouncer_port: u16,
    /// The root that PgBouncer's certificate is of: `DATABASE_CA_CERT`.
    pub ca_certificate_pem: String,
    /// The same in a file.
    pub ca_certificate_file: PathBuf,
    /// Passwords and key rings of the world.
    pub secrets: Secrets,
    /// PostgreSQL's programs.
    pub postgres_binaries: Binaries,
    /// Where its databases have `auth.user_id()` and `auth.session()` from.
    pub auth: AuthFunctions,
    /// A folder of extensions that the server has beside its own; see [`Cluster`].
    pub extensions: Option<PathBuf>,
    /// Programs of a PostgreSQL that takes such a folder; in some worlds the same.
    pub postgres_with_extensions: Binaries,
    /// PgBouncer.
    pub pgbouncer: PathBuf,
    /// Who both run as.
    pub server_account: Account,
    /// cargo-lambda; called as `cargo-lambda lambda watch …`.
    pub cargo_lambda: PathBuf,
    /// The browser.
    pub chromium: PathBuf,
    /// Its driver.
    pub chromedriver: PathBuf,
    /// Python 3.
    pub python: PathBuf,
    /// Where ministack is installed.
    pub ministack: PathBuf,
    /// Where schemathesis is installed.
    pub schemathesis: PathBuf,
    /// Where DuckDB is installed.
    pub duckdb: PathBuf,
    /// LibreOffice, without a window.
    pub soffice: PathBuf,
    /// Certificate and key that PgBouncer shows.
    pub(crate) server_chain_pem: String,
    pub(crate) server_key_pem: String,
}

/// A role that logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// `eleva_app`.
    App,
    /// `eleva_identity`.
    Identity,
    /// `eleva_exporter`.
    Exporter,
}

impl Login {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::App, Self::Identity, Self::Exporter];

    /// The role's name.
    pub fn role(self) -> &'static str {
        match self {
            Self::App => "eleva_app",
            Self::Identity => "eleva_identity",
            Self::Exporter => "eleva_exporter",
        }
    }

    /// The role's password.
    pub fn password(self, secrets: &Secrets) -> &str {
        match self {
            Self::App => &secrets.app_password,
            Self::Identity => &secrets.identity_password,
            Self::Exporter => &secrets.exporter_password,
        }
    }
}

impl TestWorld {
    /// The world of this test run.
    pub fn load() -> Result<Self, Failure> {
        let path = env::var_os(TEST_WORLD_VARIABLE).ok_or_else(|| {
            Failure::Unmet("these tests need Postgres, PgBouncer and more: run `cargo dev test`".to_owned())
        })?;
        Self::read(Path::new(&path))
    }

    /// The world that a file describes.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(Failure::io(format!("read {}", path.display())))?;
        serde_json::from_str(&text).map_err(|error| {
            Failure::Unmet(format!("{} is of another build ({error}): run `cargo dev test`", path.display()))
        })
    }

    /// Writes it.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        write(self, path)
    }

    /// A database as the superuser, without the pooler.
    pub fn superuser_url(&self, database: &str) -> String {
        postgres::url("postgres", &self.secrets.superuser_password, self.postgres_port, database)
    }

    /// A database as its owner, without the pooler.
    pub fn owner_url(&self, database: &str) -> String {
        postgres::url(postgres::OWNER, &self.secrets.owner_password, self.postgres_port, database)
    }

    /// A database as a login role, without the pooler.
    pub fn direct_url(&self, login: Login, database: &str) -> String {
        postgres::url(login.role(), login.password(&self.secrets), self.postgres_port, database)
    }

    /// A database as a login role, through the shared PgBouncer, as production has it.
    pub fn pooled_url(&self, login: Login, database: &str) -> String {
        self.pooled_url_at(self.pgbouncer_port, login, database)
    }

    /// A database as a login role, through a PgBouncer of the test's own.
    pub fn pooled_url_at(&self, port: u16, login: Login, database: &str) -> String {
        let (role, password) = (login.role(), login.password(&self.secrets));
        format!("postgresql://{role}:{password}@localhost:{port}/{database}?sslmode=require")
    }

    /// Starts a PgBouncer of the test's own in front of a server on `postgres_port`, with `pool_size` connections per
    /// database and role. `name` is the test's, for its folder. It ends with the thread that starts it.
    pub async fn start_pgbouncer(&self, name: &str, postgres_port: u16, pool_size: u32) -> Result<PgBouncer, Failure> {
        self.start_pgbouncer_in(&self.scratch.join(name).join("pgbouncer"), postgres_port, pool_size).await
    }

    /// Starts a ministack of the test's own; see [`Ministack::start`]. `name` is the test's, for its folder.
    pub async fn start_ministack(&self, name: &str) -> Result<Ministack, Failure> {
        let folder = self.scratch.join(name).join("ministack");
        Ministack::start(&self.python, &self.ministack, &folder).await
    }

    /// A PostgreSQL of the test's own, to be created, started and stopped as the test likes. `name` is the test's, for
    /// its folder. A server ends with the thread that starts it. Databases are made in it after
    /// [`AuthFunctions::prepare`].
    pub fn cluster(&self, name: &str) -> Cluster {
        Cluster {
            folder: self.scratch.join(name).join("postgres"),
            binaries: self.postgres_binaries.clone(),
            account: self.server_account.clone(),
            superuser_password: self.secrets.superuser_password.clone(),
            durability: Durability::None,
            extensions: self.extensions.clone(),
        }
    }

    pub(crate) async fn start_pgbouncer_in(
        &self,
        folder: &Path,
        postgres_port: u16,
        pool_size: u32,
    ) -> Result<PgBouncer, Failure> {
        PgBouncer::start(&pgbouncer::Settings {
            program: &self.pgbouncer,
            account: &self.server_account,
            folder,
            postgres_port,
            certificate: &ServerCertificate {
                root_pem: self.ca_certificate_pem.clone(),
                chain_pem: self.server_chain_pem.clone(),
                key_pem: self.server_key_pem.clone(),
            },
            logins: &Login::ALL.map(|login| (login.role(), login.password(&self.secrets))),
            pool_size,
        })
        .await
    }
}

fn write(world: &impl Serialize, path: &Path) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(world)
        .map_err(|error| Failure::Unmet(format!("cannot write {}: {error}", path.display())))?;
    write_private_file(path, &text)
}
