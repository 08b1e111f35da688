//! The settings of `ops`, each read when a command asks for it: a command needs only its own.

use std::env::{self, VarError};

use eleva::{
    database::{DatabaseUrl, DatabaseUrlError},
    keyring::{Keyring, KeyringError},
    phi::MasterKeys,
};
use secrecy::{ExposeSecret, SecretString};

use crate::legacy::{LegacyKey, LegacyKeyError};

/// Where settings come from.
pub(crate) struct Settings {
    development: bool,
}

/// A login role whose password is a setting.
pub(crate) struct LoginRole {
    /// The role's name.
    pub(crate) name: &'static str,
    /// The setting that holds its password.
    pub(crate) password_setting: &'static str,
}

/// The login roles that migrations make.
pub(crate) const LOGIN_ROLES: [LoginRole; 3] = [
    LoginRole { name: "eleva_app", password_setting: "APP_DATABASE_PASSWORD" },
    LoginRole { name: "eleva_identity", password_setting: "IDENTITY_DATABASE_PASSWORD" },
    LoginRole { name: "eleva_exporter", password_setting: "EXPORT_DATABASE_PASSWORD" },
];

/// A database's address on the direct endpoint.
pub(crate) struct DirectUrl {
    /// The setting that it came from.
    pub(crate) setting: &'static str,
    /// The URL, which holds a password.
    pub(crate) text: SecretString,
    /// Its host.
    pub(crate) host: String,
}

/// Why a setting cannot be used. Names the setting, never shows its value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("the setting {0} is missing")]
    Missing(&'static str),
    #[error("the setting {0} is not valid UTF-8")]
    Encoding(&'static str),
    #[error("the setting {name} is not usable: {reason}")]
    Url { name: &'static str, reason: DatabaseUrlError },
    #[error(
        "the setting {0} names a pooled endpoint (a host that ends in -pooler); what an operator \
         runs lasts as long as a session, and needs the direct one"
    )]
    Pooled(&'static str),
    #[error("the setting {name} is not usable: {reason}")]
    Keyring { name: &'static str, reason: KeyringError },
    #[error("the setting {name} is not usable: {reason}")]
    LegacyKey { name: &'static str, reason: LegacyKeyError },
}

impl Settings {
    /// The settings of this process. `development`: whether to work on the development database.
    pub(crate) fn from_environment(development: bool) -> Self {
        Self { development }
    }

    /// The owner's URL: `DATABASE_URL_DIRECT`, or `DATABASE_DEV_URL` with `--development`.
    pub(crate) fn owner_url(&self) -> Result<DirectUrl, SettingsError> {
        direct_url(if self.development { "DATABASE_DEV_URL" } else { "DATABASE_URL_DIRECT" })
    }

    /// `DATABASE_URL_LEGACY`: the previous system's database.
    pub(crate) fn legacy_url(&self) -> Result<DirectUrl, SettingsError> {
        direct_url("DATABASE_URL_LEGACY")
    }

    /// `ENCRYPTION_KEY`: the previous system's one key.
    pub(crate) fn legacy_key(&self) -> Result<LegacyKey, SettingsError> {
        let name = "ENCRYPTION_KEY";
        let text = optional(name)?.ok_or(SettingsError::Missing(name))?;
        LegacyKey::parse(text.expose_secret()).map_err(|reason| SettingsError::LegacyKey { name, reason })
    }

    /// `ENCRYPTION_KEYS`: the ring of master keys.
    pub(crate) fn master_keys(&self) -> Result<MasterKeys, SettingsError> {
        let name = "ENCRYPTION_KEYS";
        let ring = keyring(name)?.ok_or(SettingsError::Missing(name))?;
        Ok(MasterKeys::new(&ring))
    }

    /// `DATABASE_CA_CERT`: one more root certificate, PEM; line ends may be written as `\n`.
    pub(crate) fn ca_certificate(&self) -> Result<Option<String>, SettingsError> {
        Ok(optional("DATABASE_CA_CERT")?.map(|pem| pem.expose_secret().replace("\\n", "\n")))
    }

    /// The password that a login role is to have, if its setting is there.
    pub(crate) fn password(&self, role: &LoginRole) -> Result<Option<SecretString>, SettingsError> {
        optional(role.password_setting)
    }

    /// `BEGIN_KEYS`, if it is there.
    pub(crate) fn begin_keys(&self) -> Result<Option<Keyring>, SettingsError> {
        keyring("BEGIN_KEYS")
    }
}

/// The direct address that a setting holds.
fn direct_url(setting: &'static str) -> Result<DirectUrl, SettingsError> {
    let text = optional(setting)?.ok_or(SettingsError::Missing(setting))?;
    let url =
        DatabaseUrl::parse(text.expose_secret()).map_err(|reason| SettingsError::Url { name: setting, reason })?;
    let host = url.host().to_owned();
    if is_pooled(&host) {
        return Err(SettingsError::Pooled(setting));
    }
    Ok(DirectUrl { setting, text, host })
}

/// The ring that a setting holds, if it is there.
fn keyring(name: &'static str) -> Result<Option<Keyring>, SettingsError> {
    optional(name)?
        .map(|text| Keyring::parse(text.expose_secret()))
        .transpose()
        .map_err(|reason| SettingsError::Keyring { name, reason })
}

/// A setting; an empty one counts as absent.
fn optional(name: &'static str) -> Result<Option<SecretString>, SettingsError> {
    match env::var(name) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(SecretString::from(text))),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(SettingsError::Encoding(name)),
    }
}

/// Neon's pooled endpoint is the direct one's name with `-pooler` after its first label.
fn is_pooled(host: &str) -> bool {
    host.split('.').next().is_some_and(|label| label.to_ascii_lowercase().ends_with("-pooler"))
}

#[cfg(test)]
mod tests {
    use super::is_pooled;

    #[test]
    fn pooled_endpoints_are_recognized() {
        assert!(is_pooled("ep-cool-darkness-123456-pooler.eu-central-1.aws.neon.tech"));
        assert!(is_pooled("EP-COOL-POOLER.neon.tech"));
        assert!(!is_pooled("ep-cool-darkness-123456.eu-central-1.aws.neon.tech"));
        assert!(!is_pooled("db-pooler-test.example"));
        assert!(!is_pooled("127.0.0.1"));
    }
}
