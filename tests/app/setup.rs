//! What a test wants different from the ordinary.

use std::{fs, net::Ipv4Addr, path::Path, sync::Arc};

use dev::{
    environment::folder_url,
    gateway::{Gateway, RawPath, Routes},
    lambda::Function,
    secrets::public_halves,
    workos::{Config, StandIn},
    world::Login,
};
use tempfile::TempDir;

use super::{TestApp, database::Database, world};
use crate::web::Network;

/// The origin of the product in tests. `.test` is nobody's (RFC 6761); the gateway answers for it in process.
pub(crate) const PUBLIC_URL: &str = "https://app.eleva.test";

/// A product before it is started.
pub(crate) struct Setup {
    settings: Vec<(String, Option<String>)>,
    raw_path: RawPath,
    workos: Config,
    pgbouncer_port: u16,
}

impl Setup {
    pub(super) fn new() -> Self {
        let secrets = &world().secrets;
        let workos = Config {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            public_url: None,
            client_id: secrets.workos_client_id.clone(),
            api_key: secrets.workos_api_key.clone(),
            redirect_uris: vec![format!("{PUBLIC_URL}/auth/callback")],
            sign_out_redirect_uris: vec![format!("{PUBLIC_URL}/")],
            issuer: None,
            state_file: None,
            directory: dev::seed::directory(),
        };
        Self { settings: Vec::new(), raw_path: RawPath::default(), workos, pgbouncer_port: world().pgbouncer_port }
    }

    /// Gives the functions another value of a setting.
    pub(crate) fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), Some(value.to_owned())));
        self
    }

    /// Has the functions do without a setting.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.settings.push((name.to_owned(), None));
        self
    }

    /// Has the gateway hand over paths in another form.
    pub(crate) fn raw_path(mut self, raw_path: RawPath) -> Self {
        self.raw_path = raw_path;
        self
    }

    /// Changes how the WorkOS stand-in is set up.
    pub(crate) fn workos(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.workos);
        self
    }

    /// Has the functions reach their database at another port of `localhost`.
    pub(crate) fn pgbouncer_port(mut self, port: u16) -> Self {
        self.pgbouncer_port = port;
        self
    }

    /// Starts it. The functions start when they are first asked something.
    pub(crate) async fn start(self) -> TestApp {
        let database = Database::clone_template().await;
        let workos = StandIn::start(self.workos).await.expect("the WorkOS stand-in starts");
        let exports = TempDir::new().expect("a folder for exports");
        let mut settings = ordinary_settings(database.name(), self.pgbouncer_port, workos.url(), exports.path());
        for (name, value) in self.settings {
            settings.retain(|(own, _)| *own != name);
            settings.extend(value.map(|value| (name, value)));
        }
        let manifest = fs::read_to_string(world().repository.join("Cargo.toml")).expect("the manifest can be read");
        let routes = Routes::from_manifest(&manifest).expect("the manifest has watch routes");
        // Workers among them: the gateway does not lead to them, and tests invoke them.
        let folders = fs::read_dir(world().repository.join("functions")).expect("functions/ can be read");
        let names = folders.map(|folder| folder.expect("an entry").file_name());
        let functions = names.map(|name| Function::new(world().binaries.join(name), settings.clone()));
        let gateway = Arc::new(Gateway::new(routes, functions.collect::<Vec<_>>()).with_raw_path(self.raw_path));
        let network = Arc::new(Network::new(PUBLIC_URL, gateway.clone()));
        TestApp { network, gateway, settings: settings.into_iter().collect(), workos, exports, database }
    }
}

/// The settings of every function. Logs are at their most talkative: what they must not say, they must not say then.
fn ordinary_settings(database: &str, pgbouncer_port: u16, workos_url: &str, exports: &Path) -> Vec<(String, String)> {
    let world = world();
    let secrets = &world.secrets;
    let public = |ring| public_halves(ring).expect("a ring of seeds");
    [
        ("PUBLIC_URL", PUBLIC_URL.to_owned()),
        ("DATABASE_URL", world.pooled_url_at(pgbouncer_port, Login::App, database)),
        ("IDENTITY_DATABASE_URL", world.pooled_url_at(pgbouncer_port, Login::Identity, database)),
        ("EXPORT_DATABASE_URL", world.pooled_url_at(pgbouncer_port, Login::Exporter, database)),
        ("DATABASE_CA_CERT", world.ca_certificate_pem.clone()),
        ("BEGIN_KEYS", secrets.begin_keys.clone()),
        ("SESSION_KEYS", secrets.session_keys.clone()),
        ("ENCRYPTION_KEYS", secrets.encryption_keys.clone()),
        ("EXPORT_URL", folder_url(exports).expect("a URL")),
        ("EXPORT_SIGNING_KEY", secrets.export_signing_key.clone()),
        ("EXPORT_VERIFYING_KEYS", public(&secrets.export_signing_key)),
        ("CHECKPOINT_SIGNING_KEY", secrets.checkpoint_signing_key.clone()),
        ("CHECKPOINT_VERIFYING_KEYS", public(&secrets.checkpoint_signing_key)),
        ("WORKOS_API_URL", workos_url.to_owned()),
        ("WORKOS_CLIENT_ID", secrets.workos_client_id.clone()),
        ("WORKOS_API_KEY", secrets.workos_api_key.clone()),
        ("WORKOS_REDIRECT_URI", format!("{PUBLIC_URL}/auth/callback")),
        ("AWS_LAMBDA_LOG_LEVEL", "DEBUG".to_owned()),
        // Instead of the system's roots, which cost each sandbox 80 ms to read.
        ("SSL_CERT_FILE", world.ca_certificate_file.display().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
