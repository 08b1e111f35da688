//! Runs `ops migrate`, as an operator would.

use std::path::Path;

use crate::{environment::Environment, failure::Failure, programs, secrets::Secrets};

/// Brings a database to the schema of this build, and the login roles to the world's passwords and keys.
pub async fn migrate(binaries: &Path, owner_url: &str, secrets: &Secrets, log: &Path) -> Result<(), Failure> {
    let mut command = programs::command(binaries.join("ops"));
    Environment::remove_inherited(&mut command);
    command
        .arg("migrate")
        .env("DATABASE_URL_DIRECT", owner_url)
        .env("BEGIN_KEYS", &secrets.begin_keys)
        .env("APP_DATABASE_PASSWORD", &secrets.app_password)
        .env("IDENTITY_DATABASE_PASSWORD", &secrets.identity_password)
        .env("EXPORT_DATABASE_PASSWORD", &secrets.exporter_password);
    programs::run("ops migrate", command, log, |_| {}).await
}
