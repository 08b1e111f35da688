//! The steps from nothing to a product that answers.

use std::path::PathBuf;

use super::{Up, running::Running, workos};
use crate::{
    account::Account,
    environment::Environment,
    failure::Failure,
    migration::migrate,
    packages, ports,
    postgres::{self, Cluster, Durability, OWNER},
    programs,
    progress::Progress,
    repository::Repository,
    secrets::Secrets,
    seed,
    state::StateFolder,
    tools::{self, Tools},
    watch::{self, Watch},
    world::{Login, World},
};

/// The name of the database.
const DATABASE: &str = "eleva";

/// Brings everything up and stays until something fails.
pub(super) async fn and_stay(up: &Up, repository: &Repository, state: &StateFolder, running: &mut Running) -> Failure {
    match bring_up(up, repository, state, running).await {
        Ok(()) => running.ended().await,
        Err(failure) => failure,
    }
}

async fn bring_up(up: &Up, repository: &Repository, state: &StateFolder, running: &mut Running) -> Result<(), Failure> {
    let progress = Progress::new();
    let given_workos = workos::given(up)?;
    require_free(up.port)?;
    packages::require(&packages::FOR_FUNCTIONS, &state.log("packages"), &progress).await?;
    let tools = Tools { folder: &repository.dev().join("tools"), log: &state.log("tools"), progress: &progress };
    let cargo_lambda = tools::cargo_lambda(tools).await?;
    let functions = repository.functions()?;

    let step = progress.step("building the functions");
    programs::run("cargo build", repository.build_functions()?, &state.log("build"), |line| step.note(line.trim()))
        .await?;
    step.done();

    let step = progress.step("starting Postgres");
    let folder = state.join("postgres");
    let secrets = secrets(state, &folder)?;
    let cluster = Cluster {
        binaries: tools::postgres(&folder, tools).await?,
        account: Account::for_servers_in(state.path()).await?,
        folder,
        superuser_password: secrets.superuser_password.clone(),
        durability: Durability::Kept,
        extensions: None,
    };
    cluster.create(&state.log("initdb")).await?;
    let server = running.postgres.insert(cluster.start(&state.log("postgres")).await?);
    let port = server.port();
    let superuser = postgres::connect(&server.superuser_url("postgres")).await?;
    postgres::create_owner(&superuser, &secrets.owner_password).await?;
    postgres::create_database(&superuser, DATABASE).await?;
    drop(superuser);
    step.done();

    let step = progress.step("migrating the database");
    let owner_database_url = postgres::url(OWNER, &secrets.owner_password, port, DATABASE);
    migrate(repository.binaries(), &owner_database_url, &secrets, &state.log("migrate")).await?;
    let mut owner = postgres::connect(&owner_database_url).await?;
    seed::seed(&mut owner).await?;
    seed::seed_bookings(&mut owner).await?;
    drop(owner);
    step.done();

    let public_url = format!("http://localhost:{}", up.port);
    let workos = match given_workos {
        Some(access) => access,
        None => {
            let step = progress.step("starting the WorkOS stand-in");
            let stand_in = running.stand_in.insert(workos::start(state, &secrets, &public_url).await?);
            step.done();
            workos::of_stand_in(stand_in, &secrets)
        }
    };

    let database_url = |login: Login| postgres::url(login.role(), login.password(&secrets), port, DATABASE);
    let world = World {
        workos_url: workos.url.clone(),
        superuser_database_url: postgres::url("postgres", &secrets.superuser_password, port, DATABASE),
        app_database_url: database_url(Login::App),
        identity_database_url: database_url(Login::Identity),
        owner_database_url,
        env_file: state.join("env"),
        public_url,
    };
    let exports = state.join("exports");
    Environment::of_functions(&world.public_url, &exports, database_url, &workos, &secrets)?.write(&world.env_file)?;

    let step = progress.step("starting the functions");
    let log = state.log("functions");
    let settings = watch::Settings {
        cargo_lambda: &cargo_lambda,
        repository: repository.root(),
        port: up.port,
        env_file: &world.env_file,
        log: &log,
    };
    let watch = running.watch.insert(Watch::start(&settings)?);
    watch.ready(&functions, &step).await?;
    step.done();

    for worker in repository.workers()? {
        let step = progress.step(format!("running {worker}, as its schedule would"));
        watch.invoke(&worker, &repository.sample(&worker)?).await?;
        step.done();
    }
    world.write(&state.join("world.json"))?;
    announce(&world, state, running.stand_in.is_some());
    Ok(())
}

fn require_free(port: u16) -> Result<(), Failure> {
    if ports::is_free(port) {
        return Ok(());
    }
    Err(Failure::Unmet(format!(
        "port {port} is taken: stop what listens there (`ss -ltnp sport = :{port}` shows it), or take another: \
         cargo dev up --port {}",
        if port < u16::MAX { port + 1 } else { 9000 }
    )))
}

/// The secrets of earlier runs, or new ones in a new world.
fn secrets(state: &StateFolder, cluster: &std::path::Path) -> Result<Secrets, Failure> {
    let file: PathBuf = state.join("secrets.json");
    match Secrets::read(&file)? {
        Some(secrets) => Ok(secrets),
        None if Cluster::major_version(cluster).is_some() => Err(Failure::Unmet(format!(
            "{} is there, but {} with its passwords is gone; delete {} to start anew",
            cluster.display(),
            file.display(),
            state.path().display()
        ))),
        None => {
            let secrets = Secrets::generate()?;
            secrets.write(&file)?;
            Ok(secrets)
        }
    }
}

fn announce(world: &World, state: &StateFolder, is_stand_in: bool) {
    println!();
    println!("Eleva is at {}", world.public_url);
    println!();
    if is_stand_in {
        println!("Sign in as");
        for person in seed::PEOPLE {
            println!("  {:29} {}", person.email, person.description());
        }
        println!("  or sign up with any other address; WorkOS is a stand-in at {}", world.workos_url);
    } else {
        println!("Sign in with the accounts of WorkOS at {}", world.workos_url);
    }
    println!();
    let folder = state.path();
    let folder = folder.file_name().filter(|name| *name == ".dev").map_or(folder, std::path::Path::new).display();
    println!("Addresses and passwords: {folder}/world.json. Logs: {folder}/log/. Ctrl-C stops everything.");
}
