//! The settings of the functions, and the file in which `cargo lambda watch` reads them.

use std::path::Path;

use tokio::process::Command;
use url::Url;

use crate::{
    failure::Failure,
    secrets::{Secrets, public_halves},
    state::write_private_file,
    world::Login,
};

/// Every setting that a function may read. What the developer's own shell has of these is not to reach them.
const NAMES: [&str; 26] = [
    "APP_DATABASE_PASSWORD",
    "BEGIN_KEYS",
    "CHECKPOINT_SIGNING_KEY",
    "CHECKPOINT_VERIFYING_KEYS",
    "DATABASE_CA_CERT",
    "DATABASE_URL",
    "DATABASE_URL_DIRECT",
    "ELEVA_SECRET_ID",
    "ENCRYPTION_KEYS",
    "EXPORT_DATABASE_PASSWORD",
    "EXPORT_DATABASE_URL",
    "EXPORT_SIGNING_KEY",
    "EXPORT_URL",
    "EXPORT_VERIFYING_KEYS",
    "IDENTITY_DATABASE_PASSWORD",
    "IDENTITY_DATABASE_URL",
    "PUBLIC_URL",
    "SESSION_IDLE_MINUTES",
    "SESSION_KEYS",
    "SESSION_MAX_HOURS",
    "WORKOS_API_KEY",
    "WORKOS_API_URL",
    "WORKOS_CLIENT_ID",
    "WORKOS_ISSUERS",
    "WORKOS_REDIRECT_URI",
    "WORKOS_WEBHOOK_SECRETS",
];

/// The settings of functions that are secret: in production a function has those that it needs in Secrets Manager.
pub const SECRET: [&str; 9] = [
    "DATABASE_URL",
    "BEGIN_KEYS",
    "SESSION_KEYS",
    "ENCRYPTION_KEYS",
    "IDENTITY_DATABASE_URL",
    "EXPORT_DATABASE_URL",
    "EXPORT_SIGNING_KEY",
    "CHECKPOINT_SIGNING_KEY",
    "WORKOS_API_KEY",
];

/// The `file://` URL of a folder.
pub fn folder_url(folder: &Path) -> Result<String, Failure> {
    let no_url = || Failure::Unmet(format!("{} cannot be written as a URL", folder.display()));
    Url::from_directory_path(folder).map(String::from).map_err(|()| no_url())
}

/// The WorkOS that the functions are to speak with.
#[derive(Clone)]
pub struct WorkosAccess {
    /// Its origin.
    pub url: String,
    /// The only `iss` accepted, when it is not one of the known forms.
    pub issuer: Option<String>,
    /// Who we are there.
    pub client_id: String,
    /// Our key there.
    pub api_key: String,
}

/// Settings with their values.
#[derive(Clone)]
pub struct Environment(Vec<(&'static str, String)>);

impl Environment {
    /// The settings of the functions behind `public_url`; `database_url` gives the database's address for a login, and
    /// exports go to the folder `exports`.
    pub fn of_functions(
        public_url: &str,
        exports: &Path,
        database_url: impl Fn(Login) -> String,
        workos: &WorkosAccess,
        secrets: &Secrets,
    ) -> Result<Self, Failure> {
        let mut settings = vec![
            ("PUBLIC_URL", public_url.to_owned()),
            ("DATABASE_URL", database_url(Login::App)),
            ("IDENTITY_DATABASE_URL", database_url(Login::Identity)),
            ("EXPORT_DATABASE_URL", database_url(Login::Exporter)),
            ("BEGIN_KEYS", secrets.begin_keys.clone()),
            ("SESSION_KEYS", secrets.session_keys.clone()),
            ("ENCRYPTION_KEYS", secrets.encryption_keys.clone()),
            ("EXPORT_URL", folder_url(exports)?),
            ("EXPORT_SIGNING_KEY", secrets.export_signing_key.clone()),
            ("EXPORT_VERIFYING_KEYS", public_halves(&secrets.export_signing_key)?),
            ("CHECKPOINT_SIGNING_KEY", secrets.checkpoint_signing_key.clone()),
            ("CHECKPOINT_VERIFYING_KEYS", public_halves(&secrets.checkpoint_signing_key)?),
            ("WORKOS_API_URL", workos.url.clone()),
            ("WORKOS_CLIENT_ID", workos.client_id.clone()),
            ("WORKOS_API_KEY", workos.api_key.clone()),
            ("WORKOS_REDIRECT_URI", format!("{public_url}/auth/callback")),
        ];
        settings.extend(workos.issuer.clone().map(|issuer| ("WORKOS_ISSUERS", issuer)));
        Ok(Self(settings))
    }

    /// Names and values.
    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.0.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Writes them as lines of `NAME='value'`: cargo-lambda does not read a bare value that has `=` or `:` in it.
    ///
    /// Fails for a value with a quote or a line end, which its file has no way to write.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let mut lines = String::new();
        for (name, value) in &self.0 {
            if value.contains(['\'', '\n', '\r']) {
                return Err(Failure::Unmet(format!(
                    "{name} has a quote or a line end in it, which cannot be passed on"
                )));
            }
            lines.push_str(&format!("{name}='{value}'\n"));
        }
        write_private_file(path, &lines)
    }

    /// Takes every setting that our own environment may have away from a command.
    pub fn remove_inherited(command: &mut Command) {
        for name in NAMES {
            command.env_remove(name);
        }
    }
}
