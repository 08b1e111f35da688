//! The login roles' passwords.

use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::Client;

use super::MigrateError;
use crate::settings::{LOGIN_ROLES, LoginRole, Settings, SettingsError};

/// What the settings say about each login role's password.
pub(super) struct Passwords(Vec<(&'static LoginRole, Option<SecretString>)>);

impl Passwords {
    /// Reads the settings; a missing one is no error.
    pub(super) fn read(settings: &Settings) -> Result<Self, SettingsError> {
        LOGIN_ROLES.iter().map(|role| Ok((role, settings.password(role)?))).collect::<Result<_, _>>().map(Self)
    }

    /// Gives the login roles the passwords that are set, all or none of them, and says which.
    ///
    /// They go to the server in clear, inside the encrypted connection: Neon refuses ones that were hashed before.
    pub(super) async fn set(&self, client: &mut Client) -> Result<(), MigrateError> {
        self.alter_roles(client)
            .await
            .map_err(|source| MigrateError::Statement { doing: "cannot set the login roles' passwords", source })?;
        for (role, password) in &self.0 {
            match password {
                Some(_) => println!("password of {}: set from {}", role.name, role.password_setting),
                None => println!("password of {}: left as it is ({} is not set)", role.name, role.password_setting),
            }
        }
        Ok(())
    }

    async fn alter_roles(&self, client: &mut Client) -> Result<(), tokio_postgres::Error> {
        let transaction = client.transaction().await?;
        transaction.batch_execute("call refinery.lock_roles()").await?;
        for (role, password) in &self.0 {
            let Some(password) = password else { continue };
            // ALTER ROLE takes no parameters, so that the server quotes the password for us.
            let quoted = transaction
                .query_one(
                    "select format('alter role %I password %L', $1::text, $2::text)",
                    &[&role.name, &password.expose_secret()],
                )
                .await?;
            transaction.batch_execute(quoted.try_get(0)?).await?;
        }
        transaction.commit().await
    }
}
