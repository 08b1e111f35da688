//! The world of a test run: fresh each time, in `.dev/test`.

use std::path::PathBuf;

use crate::{
    account::Account,
    certificate::ServerCertificate,
    failure::Failure,
    migration::migrate,
    pgbouncer::PgBouncer,
    postgres::{self, AuthFunctions, Binaries, Cluster, Durability, SessionJwt},
    programs,
    repository::Repository,
    secrets::Secrets,
    state::{StateFolder, make_folder, remove_folder, write_private_file},
    tools::{self, PythonTool, Tools},
    world::TestWorld,
};

/// The database that tests clone.
const TEMPLATE: &str = "eleva_template";

/// The connections that the shared PgBouncer holds per database and role.
const POOL_SIZE: u32 = 20;

/// What is asked of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Whether long tests take their long form.
    pub(crate) is_thorough: bool,
    /// What `sam build` made.
    pub(crate) sam_build: Option<PathBuf>,
    /// PostgreSQL's programs, where they are to be others than the first that are found.
    pub(crate) postgres: Option<Binaries>,
    /// Where `auth.user_id()` and `auth.session()` come from.
    pub(crate) auth: AuthFunctions,
}

/// What runs during the tests.
pub(crate) struct Servers {
    postgres: postgres::Server,
    pgbouncer: Option<PgBouncer>,
}

/// Starts a world, whose description is also in `world.json` then.
pub(crate) async fn start(
    plan: Plan,
    repository: &Repository,
    state: &StateFolder,
    tools: Tools<'_>,
    servers: &mut Option<Servers>,
) -> Result<TestWorld, Failure> {
    let secrets = Secrets::generate()?;
    let scratch = state.join("scratch");
    remove_folder(&scratch)?;
    make_folder(&scratch)?;
    let certificate = ServerCertificate::generate()?;
    let ca_certificate_file = state.join("ca.pem");
    write_private_file(&ca_certificate_file, &certificate.root_pem)?;

    let account = Account::for_servers_in(state.path()).await?;
    let extensions = (plan.auth == AuthFunctions::Extension).then(|| state.join("extensions"));
    if let Some(folder) = &extensions {
        SessionJwt::Superuser.write(folder, &account)?;
    }
    let binaries = match plan.postgres {
        Some(binaries) => binaries,
        None => tools::postgres(&scratch, tools).await?,
    };
    let cluster = Cluster {
        folder: state.join("postgres"),
        binaries,
        account: account.clone(),
        superuser_password: secrets.superuser_password.clone(),
        durability: Durability::None,
        extensions,
    };
    cluster.discard().await?;
    cluster.create(&state.log("initdb")).await?;
    let server = cluster.start(&state.log("postgres")).await?;
    let postgres_port = server.port();
    plan.auth.prepare(&server.superuser_url("template1")).await?;
    let superuser = postgres::connect(&server.superuser_url("postgres")).await?;
    let running = servers.insert(Servers { postgres: server, pgbouncer: None });
    postgres::create_owner(&superuser, &secrets.owner_password).await?;
    postgres::create_database(&superuser, TEMPLATE).await?;
    drop(superuser);

    let mut world = TestWorld {
        repository: repository.root().to_owned(),
        binaries: repository.binaries().to_owned(),
        scratch,
        is_thorough: plan.is_thorough,
        sam_build: plan.sam_build,
        template_database: TEMPLATE.to_owned(),
        postgres_port,
        pgbouncer_port: 0,
        ca_certificate_pem: certificate.root_pem,
        ca_certificate_file,
        secrets,
        postgres_binaries: cluster.binaries,
        auth: plan.auth,
        extensions: cluster.extensions,
        postgres_with_extensions: tools::postgres_with_extensions(tools).await?,
        pgbouncer: find("pgbouncer")?,
        server_account: account,
        cargo_lambda: tools::cargo_lambda(tools).await?,
        chromium: find("chromium")?,
        chromedriver: find("chromedriver")?,
        python: find("python3")?,
        ministack: PythonTool::Ministack.install(tools).await?,
        schemathesis: PythonTool::Schemathesis.install(tools).await?,
        duckdb: PythonTool::DuckDb.install(tools).await?,
        soffice: find("soffice")?,
        server_chain_pem: certificate.chain_pem,
        server_key_pem: certificate.key_pem,
    };
    migrate(&world.binaries, &world.owner_url(TEMPLATE), &world.secrets, &state.log("migrate")).await?;
    let folder = state.join("pgbouncer");
    remove_folder(&folder)?;
    let pgbouncer = world.start_pgbouncer_in(&folder, postgres_port, POOL_SIZE).await?;
    world.pgbouncer_port = pgbouncer.port();
    running.pgbouncer = Some(pgbouncer);

    world.write(&file(state))?;
    Ok(world)
}

/// The file that describes the world of a folder, once it has started.
pub(crate) fn file(state: &StateFolder) -> PathBuf {
    state.join("world.json")
}

/// Stops what runs, if anything does.
pub(crate) async fn stop(servers: &mut Option<Servers>) {
    let Some(Servers { postgres, pgbouncer }) = servers.take() else { return };
    if let Some(pgbouncer) = pgbouncer {
        pgbouncer.stop().await;
    }
    postgres.stop().await;
}

fn find(program: &str) -> Result<PathBuf, Failure> {
    programs::find(program).ok_or_else(|| Failure::Unmet(format!("{program} is not there")))
}
