//! The product as one test sees it: a database, a WorkOS, functions and a gateway of its own.

mod claims;
mod database;
mod logs;
pub(crate) mod sealed;
mod setup;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, OnceLock},
};

use dev::{
    gateway::Gateway,
    lambda::Function,
    workos::StandIn,
    world::{Login, TestWorld},
};
use tempfile::TempDir;
use tokio_postgres::Client;

pub(crate) use claims::{BeginClaims, Begun};
pub(crate) use database::{Database, connect_directly};
pub(crate) use setup::{PUBLIC_URL, Setup};

use crate::web::{ApiClient, Browser, Call, Jar, Network};

/// The world that `cargo dev test` started; the same for all tests of a run.
pub(crate) fn world() -> &'static TestWorld {
    static WORLD: OnceLock<TestWorld> = OnceLock::new();
    WORLD.get_or_init(|| TestWorld::load().unwrap_or_else(|failure| panic!("{failure}")))
}

/// The product, running. When a test ends, what the functions logged is searched for what must not be there.
pub(crate) struct TestApp {
    network: Arc<Network>,
    gateway: Arc<Gateway>,
    settings: BTreeMap<String, String>,
    workos: StandIn,
    exports: TempDir,
    /// Dropped last: functions and stand-in are gone by then.
    database: Database,
}

impl TestApp {
    /// The product with the seeded people and nothing out of the ordinary.
    pub(crate) async fn start() -> Self {
        Self::setup().start().await
    }

    /// The product with something out of the ordinary.
    pub(crate) fn setup() -> Setup {
        Setup::new()
    }

    /// A browser that was never used.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.network.clone())
    }

    /// An API client without a session.
    pub(crate) fn client(&self) -> ApiClient {
        ApiClient::new(self.network.clone(), Jar::default())
    }

    /// An API client with the session of a person who has just signed in.
    pub(crate) async fn client_of(&self, email: &str) -> ApiClient {
        let browser = self.browser();
        browser.sign_in_as(email).await;
        browser.api()
    }

    /// An API client with the session of a person of several organizations, in this one (WorkOS id).
    pub(crate) async fn client_of_organization(&self, email: &str, organization_id: &str) -> ApiClient {
        let browser = self.browser();
        browser.sign_in_to(email, organization_id).await;
        browser.api()
    }

    /// Sends one hand-written request.
    pub(crate) async fn send(&self, call: Call) -> crate::web::Answer {
        call.send(&self.network).await
    }

    /// The WorkOS stand-in.
    pub(crate) fn workos(&self) -> &StandIn {
        &self.workos
    }

    /// The gateway, to reach single functions or to stand behind a port.
    pub(crate) fn gateway(&self) -> &Arc<Gateway> {
        &self.gateway
    }

    /// A function.
    pub(crate) fn function(&self, name: &str) -> &Function {
        self.gateway.function(name).unwrap_or_else(|| panic!("there is no function {name}"))
    }

    /// The functions' settings, by their names.
    pub(crate) fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// The folder in which exports and checkpoints lie.
    pub(crate) fn exports(&self) -> &Path {
        self.exports.path()
    }

    /// The name of this test's database.
    pub(crate) fn database(&self) -> &str {
        self.database.name()
    }

    /// The database as its owner, whom row-level security does not bind.
    pub(crate) async fn owner(&self) -> Client {
        database::connect_directly(&world().owner_url(self.database())).await
    }

    /// The database as a login role, through PgBouncer, as the functions have it.
    pub(crate) async fn connect_as(&self, login: Login) -> Client {
        database::connect_pooled(&world().pooled_url(login, self.database())).await
    }

    /// The database as a login role, through a PgBouncer of the test's own.
    pub(crate) async fn connect_at(&self, port: u16, login: Login) -> Client {
        database::connect_pooled(&world().pooled_url_at(port, login, self.database())).await
    }

    /// A transaction of `eleva_app` in which this person (WorkOS user id) asks in this organization (WorkOS id).
    pub(crate) async fn begin_as(&self, user_id: &str, organization_id: &str) -> Begun {
        let client = self.connect_as(Login::App).await;
        let claims = BeginClaims::new(user_id, organization_id);
        claims.begin(client).await.unwrap_or_else(|error| panic!("{user_id} in {organization_id}: {error}"))
    }

    /// What all functions have logged so far.
    pub(crate) fn logs(&self) -> String {
        self.gateway.functions().map(Function::logs).collect()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // What failed inside a function is the first thing to know about a failed test.
            for failure in self.gateway.take_failures() {
                eprintln!("{failure}");
            }
            eprintln!("{}", self.logs());
        } else {
            logs::assert_discreet(&self.logs());
        }
    }
}
