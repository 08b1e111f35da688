//! The settings of a function, read once at start and validated there.
//!
//! Each function names the groups it needs; a missing or malformed setting stops the start with an error that names
//! it. Nothing falls back to a local address.

mod name;
mod secret;
mod signing;
mod store_url;

use std::str::FromStr;

use evidence::signature::{PublicKey, Signer};
use secrecy::SecretString;
use url::Url;

use crate::{
    database::{DatabaseUrl, DatabaseUrlError},
    keyring::{Keyring, KeyringError},
};

pub use name::Name;
pub use secret::{Secret, SecretError, SecretStore};
pub use signing::VerifyingKeys;
pub use store_url::StoreUrl;

/// A group of settings beyond those that every function has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// `DATABASE_URL` and `BEGIN_KEYS`: organization scopes.
    Organization,
    /// `IDENTITY_DATABASE_URL`: identity scopes.
    Identity,
    /// `EXPORT_DATABASE_URL`: export scopes.
    Export,
    /// `EXPORT_URL`: where exports of the trail and checkpoints lie.
    Store,
    /// `EXPORT_SIGNING_KEY`: signing the manifests of exports.
    ExportSigning,
    /// `CHECKPOINT_SIGNING_KEY`: signing checkpoints.
    CheckpointSigning,
    /// `EXPORT_VERIFYING_KEYS` and `CHECKPOINT_VERIFYING_KEYS`: telling everybody which keys sign.
    Verifying,
    /// `ENCRYPTION_KEYS`: sealing and opening PHI.
    Encryption,
    /// `WORKOS_API_KEY`: calls to WorkOS's API, refreshing a session among them.
    WorkosApi,
    /// `WORKOS_REDIRECT_URI`: starting and finishing a sign-in.
    SignIn,
}

/// Why the start was refused. The message names the setting and never its value.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The setting is absent or empty.
    #[error("the setting {0} is missing")]
    Missing(&'static str),
    /// The setting is there, but unusable.
    #[error("the setting {name} is not usable: {reason}")]
    Invalid {
        /// The setting's name.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Everything a function was told at start.
pub struct Settings {
    /// `PUBLIC_URL`: the origin that browsers see.
    pub public_url: Origin,
    /// `SESSION_KEYS`; a worker has none.
    pub session_keys: Option<Keyring>,
    /// How long sessions last.
    pub session_limits: SessionLimits,
    /// WorkOS's address and who we are there.
    pub workos: WorkosSettings,
    /// `DATABASE_URL` and `BEGIN_KEYS`, where the function asked for them.
    pub organization: Option<OrganizationSettings>,
    /// `IDENTITY_DATABASE_URL`, where the function asked for it.
    pub identity: Option<DatabaseUrl>,
    /// `EXPORT_DATABASE_URL`, where the function asked for it.
    pub export: Option<DatabaseUrl>,
    /// `EXPORT_URL`, where the function asked for it.
    pub store: Option<StoreUrl>,
    /// `EXPORT_SIGNING_KEY`, where the function asked for it.
    pub export_signer: Option<Signer>,
    /// `CHECKPOINT_SIGNING_KEY`, where the function asked for it.
    pub checkpoint_signer: Option<Signer>,
    /// The keys that sign, as everybody may know them, where the function asked for them.
    pub verifying_keys: Option<VerifyingKeys>,
    /// `ENCRYPTION_KEYS`, where the function asked for them.
    pub encryption_keys: Option<Keyring>,
    /// The servers to reach.
    pub servers: ServerSettings,
}

/// What it takes to reach other servers; nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// `DATABASE_CA_CERT`: an additional root certificate, PEM.
    pub database_ca_cert: Option<String>,
    /// Where WorkOS publishes the signing keys of our client.
    pub jwks_url: String,
}

/// Limits of a session, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// `SESSION_IDLE_MINUTES`: the longest time between two requests.
    pub idle: i64,
    /// `SESSION_MAX_HOURS`: the longest time since the sign-in.
    pub lifetime: i64,
}

/// WorkOS's address and the client that we are there.
pub struct WorkosSettings {
    /// `WORKOS_CLIENT_ID`.
    pub client_id: String,
    /// `WORKOS_API_URL`, default `https://api.workos.com`.
    pub api_url: Origin,
    /// `WORKOS_ISSUERS`: the exact `iss` values accepted; by default the three known forms for this client.
    pub issuers: Vec<String>,
    /// `WORKOS_API_KEY`, where the function asked for it.
    pub api_key: Option<SecretString>,
    /// `WORKOS_REDIRECT_URI`, where the function asked for it.
    pub redirect_uri: Option<String>,
}

/// What an organization scope needs.
pub struct OrganizationSettings {
    /// The pooled endpoint, as `eleva_app`.
    pub url: DatabaseUrl,
    /// The ring that signs the claims for `app.begin`.
    pub begin_keys: Keyring,
}

/// An http(s) origin without a trailing slash: `https://app.example`. Plain http is taken for loopback only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin as text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached by https.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// An absolute URL below this origin. `path` begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err("plain http is accepted for loopback addresses only".to_owned()),
            _ => return Err("not an https URL".to_owned()),
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err("expected an origin: scheme, host and port, nothing else".to_owned());
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

impl Settings {
    /// Reads the settings of a function that needs these groups; `source` gives a setting's text by its name.
    pub fn read(groups: &[Group], source: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let source = Source(source);
        let session_keys = source.keyring("SESSION_KEYS")?;
        Self::from_source(groups, &source, Some(session_keys))
    }

    /// Reads the settings of a worker that needs these groups. Nobody has a session there, so it gets no key to them.
    pub fn read_for_worker(groups: &[Group], source: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        Self::from_source(groups, &Source(source), None)
    }

    fn from_source(
        groups: &[Group],
        source: &Source<impl Fn(&str) -> Option<String>>,
        session_keys: Option<Keyring>,
    ) -> Result<Self, SettingsError> {
        let client_id = source.required("WORKOS_CLIENT_ID")?;
        let api_url = source.workos_api_url()?;
        let issuers = match source.optional("WORKOS_ISSUERS") {
            Some(list) => list.split(',').map(|issuer| issuer.trim().to_owned()).collect(),
            None => known_issuers(&api_url, &client_id),
        };
        let wants = |group| groups.contains(&group);
        Ok(Self {
            public_url: source.parsed("PUBLIC_URL")?,
            session_keys,
            session_limits: SessionLimits {
                idle: 60 * source.whole_number("SESSION_IDLE_MINUTES", 60)?,
                lifetime: 3600 * source.whole_number("SESSION_MAX_HOURS", 12)?,
            },
            workos: WorkosSettings {
                client_id,
                api_url,
                issuers,
                api_key: match wants(Group::WorkosApi) {
                    true => Some(SecretString::from(source.required("WORKOS_API_KEY")?)),
                    false => None,
                },
                redirect_uri: match wants(Group::SignIn) {
                    true => Some(source.redirect_uri()?),
                    false => None,
                },
            },
            organization: match wants(Group::Organization) {
                true => Some(OrganizationSettings {
                    url: source.database_url("DATABASE_URL")?,
                    begin_keys: source.keyring("BEGIN_KEYS")?,
                }),
                false => None,
            },
            identity: match wants(Group::Identity) {
                true => Some(source.database_url("IDENTITY_DATABASE_URL")?),
                false => None,
            },
            export: match wants(Group::Export) {
                true => Some(source.database_url("EXPORT_DATABASE_URL")?),
                false => None,
            },
            store: match wants(Group::Store) {
                true => Some(source.parsed("EXPORT_URL")?),
                false => None,
            },
            export_signer: match wants(Group::ExportSigning) {
                true => Some(signing::signer(&source.keyring("EXPORT_SIGNING_KEY")?)),
                false => None,
            },
            checkpoint_signer: match wants(Group::CheckpointSigning) {
                true => Some(signing::signer(&source.keyring("CHECKPOINT_SIGNING_KEY")?)),
                false => None,
            },
            verifying_keys: match wants(Group::Verifying) {
                true => Some(VerifyingKeys {
                    exports: source.public_keys("EXPORT_VERIFYING_KEYS")?,
                    checkpoints: source.public_keys("CHECKPOINT_VERIFYING_KEYS")?,
                }),
                false => None,
            },
            encryption_keys: match wants(Group::Encryption) {
                true => Some(source.keyring("ENCRYPTION_KEYS")?),
                false => None,
            },
            servers: ServerSettings::from_source(source)?,
        })
    }
}

impl ServerSettings {
    /// Reads them alone; `source` gives a setting's text by its name.
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        Self::from_source(&Source(source))
    }

    fn from_source(source: &Source<impl Fn(&str) -> Option<String>>) -> Result<Self, SettingsError> {
        let client_id = source.required("WORKOS_CLIENT_ID")?;
        Ok(Self {
            database_ca_cert: source.optional("DATABASE_CA_CERT").map(|pem| pem.replace("\\n", "\n")),
            jwks_url: source.workos_api_url()?.join(&format!("/sso/jwks/{client_id}")),
        })
    }
}

/// The forms of `iss` that WorkOS is known to use for a client; compared exactly, a trailing slash included.
fn known_issuers(api_url: &Origin, client_id: &str) -> Vec<String> {
    let origin = api_url.as_str();
    vec![origin.to_owned(), format!("{origin}/"), format!("{origin}/user_management/{client_id}")]
}

/// Where settings come from, with the errors that name them.
struct Source<F>(F);

impl<F: Fn(&str) -> Option<String>> Source<F> {
    fn optional(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<String, SettingsError> {
        self.optional(name).ok_or(SettingsError::Missing(name))
    }

    fn parsed<T: FromStr<Err = String>>(&self, name: &'static str) -> Result<T, SettingsError> {
        self.required(name)?.parse().map_err(|reason| SettingsError::Invalid { name, reason })
    }

    fn parsed_or<T: FromStr<Err = String>>(&self, name: &'static str, default: &str) -> Result<T, SettingsError> {
        let text = self.optional(name).unwrap_or_else(|| default.to_owned());
        text.parse().map_err(|reason| SettingsError::Invalid { name, reason })
    }

    fn workos_api_url(&self) -> Result<Origin, SettingsError> {
        self.parsed_or("WORKOS_API_URL", "https://api.workos.com")
    }

    fn keyring(&self, name: &'static str) -> Result<Keyring, SettingsError> {
        Keyring::parse(&self.required(name)?)
            .map_err(|error: KeyringError| SettingsError::Invalid { name, reason: error.to_string() })
    }

    fn public_keys(&self, name: &'static str) -> Result<Vec<(String, PublicKey)>, SettingsError> {
        signing::public_keys(&self.keyring(name)?).map_err(|reason| SettingsError::Invalid { name, reason })
    }

    fn database_url(&self, name: &'static str) -> Result<DatabaseUrl, SettingsError> {
        DatabaseUrl::parse(&self.required(name)?)
            .map_err(|error: DatabaseUrlError| SettingsError::Invalid { name, reason: error.to_string() })
    }

    fn whole_number(&self, name: &'static str, default: i64) -> Result<i64, SettingsError> {
        let Some(text) = self.optional(name) else { return Ok(default) };
        match text.parse() {
            Ok(number @ 1..=10_000) => Ok(number),
            _ => Err(SettingsError::Invalid { name, reason: "expected a whole number from 1 to 10000".to_owned() }),
        }
    }

    fn redirect_uri(&self) -> Result<String, SettingsError> {
        let name = "WORKOS_REDIRECT_URI";
        let text = self.required(name)?;
        match Url::parse(&text) {
            Ok(url) if url.path() == "/auth/callback" && url.query().is_none() => Ok(text),
            _ => Err(SettingsError::Invalid { name, reason: "expected <PUBLIC_URL>/auth/callback".to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeSet};

    use super::{Group, Name, Origin, Settings};

    const KEYS: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    /// The public half of the same as a seed.
    const PUBLIC_KEYS: &str = "k1:A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

    fn complete(name: &str) -> Option<String> {
        let value = match name {
            "PUBLIC_URL" => "https://app.example",
            "WORKOS_CLIENT_ID" => "client_1",
            "WORKOS_API_KEY" => "sk_1",
            "WORKOS_REDIRECT_URI" => "https://app.example/auth/callback",
            "SESSION_KEYS" | "BEGIN_KEYS" | "ENCRYPTION_KEYS" | "EXPORT_SIGNING_KEY" | "CHECKPOINT_SIGNING_KEY" => KEYS,
            "EXPORT_VERIFYING_KEYS" | "CHECKPOINT_VERIFYING_KEYS" => PUBLIC_KEYS,
            "EXPORT_URL" => "s3://exports.example/trail",
            "DATABASE_URL" | "IDENTITY_DATABASE_URL" | "EXPORT_DATABASE_URL" => {
                "postgresql://u:secret-word@db.example/eleva"
            }
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn a17_every_missing_setting_is_named() {
        for missing in [
            "PUBLIC_URL",
            "WORKOS_CLIENT_ID",
            "WORKOS_API_KEY",
            "WORKOS_REDIRECT_URI",
            "SESSION_KEYS",
            "BEGIN_KEYS",
            "DATABASE_URL",
            "IDENTITY_DATABASE_URL",
            "EXPORT_DATABASE_URL",
            "ENCRYPTION_KEYS",
            "EXPORT_URL",
            "EXPORT_SIGNING_KEY",
            "CHECKPOINT_SIGNING_KEY",
            "EXPORT_VERIFYING_KEYS",
            "CHECKPOINT_VERIFYING_KEYS",
        ] {
            let error = Settings::read(&Group::ALL, |name| if name == missing { None } else { complete(name) })
                .err()
                .unwrap_or_else(|| panic!("{missing} is required"));
            assert!(error.to_string().contains(missing), "{error}");
        }
    }

    #[test]
    fn a17_a_malformed_setting_is_named_and_its_value_is_not_shown() {
        for (malformed, value) in [
            ("PUBLIC_URL", "http://app.example"),
            ("PUBLIC_URL", "https://app.example/path"),
            ("WORKOS_API_URL", "ftp://secret-word"),
            ("WORKOS_REDIRECT_URI", "https://app.example/secret-word"),
            ("SESSION_KEYS", "secret-word"),
            ("ENCRYPTION_KEYS", "secret-word"),
            ("EXPORT_URL", "https://secret-word.example/"),
            ("EXPORT_URL", "s3://"),
            ("EXPORT_URL", "file:secret-word"),
            ("EXPORT_SIGNING_KEY", "secret-word"),
            ("CHECKPOINT_VERIFYING_KEYS", "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            ("DATABASE_URL", "postgresql://u:secret-word@db.example/eleva?sslmode=disable"),
            ("SESSION_IDLE_MINUTES", "secret-word"),
        ] {
            let error =
                Settings::read(
                    &Group::ALL,
                    |name| if name == malformed { Some(value.to_owned()) } else { complete(name) },
                )
                .err()
                .unwrap_or_else(|| panic!("{malformed}={value} is refused"));
            assert!(error.to_string().contains(malformed), "{error}");
            assert!(!error.to_string().contains("secret-word"), "{error}");
        }
    }

    #[test]
    fn e2_a_bad_master_key_stops_the_start_wherever_it_stands_in_the_ring() {
        let short = "k2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==";
        for (ring, reason) in [
            (format!("{KEYS},{short}"), "entry 2 is not the base64 (RFC 4648, section 4) of 32 bytes"),
            (format!("{KEYS},k2:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), "entry 2"),
            (format!("{KEYS},k2:abcdefghijklmnopqrstuvwxyz012345"), "entry 2"),
            (format!("{KEYS},{KEYS}"), "entry 2 repeats the id of an earlier entry"),
            (format!("{KEYS},"), "entry 2"),
            (" ".to_owned(), "missing"),
        ] {
            let source = |name: &str| if name == "ENCRYPTION_KEYS" { Some(ring.clone()) } else { complete(name) };
            let error = Settings::read(&[Group::Encryption], source).err().expect("the start is refused").to_string();
            assert!(error.contains("ENCRYPTION_KEYS") && error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_function_is_not_asked_for_what_it_does_not_need() {
        let settings = Settings::read(&[], |name| match name {
            "PUBLIC_URL" | "WORKOS_CLIENT_ID" | "SESSION_KEYS" => complete(name),
            _ => None,
        })
        .expect("enough");
        assert!(settings.organization.is_none() && settings.workos.api_key.is_none());
        assert_eq!(settings.workos.issuers.len(), 3);
        assert_eq!(settings.workos.api_url.as_str(), "https://api.workos.com");
    }

    #[test]
    fn a_function_reads_exactly_the_settings_that_are_named_for_it() {
        for selection in 0..1 << Group::ALL.len() {
            let groups: Vec<Group> =
                (0..).zip(Group::ALL).filter(|(bit, _)| selection >> bit & 1 == 1).map(|(_, group)| group).collect();
            let asked = RefCell::new(BTreeSet::new());
            let source = |name: &str| {
                asked.borrow_mut().insert(name.to_owned());
                complete(name)
            };
            let texts = |names: BTreeSet<Name>| names.into_iter().map(|name| name.as_str().to_owned()).collect();
            Settings::read(&groups, source).unwrap_or_else(|error| panic!("{groups:?}: {error}"));
            let named: BTreeSet<String> = texts(Settings::names(&groups));
            assert_eq!(asked.take(), named, "{groups:?}: settings/name.rs names other settings than are read");
            Settings::read_for_worker(&groups, source).unwrap_or_else(|error| panic!("{groups:?}: {error}"));
            let named: BTreeSet<String> = texts(Settings::names_for_worker(&groups));
            assert_eq!(asked.take(), named, "{groups:?}: settings/name.rs names other settings than a worker reads");
            assert!(!named.contains("SESSION_KEYS"), "who has no session has no key to them");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert!("http://localhost:9000".parse::<Origin>().is_ok_and(|origin| !origin.is_https()));
        assert!("http://localhost.evil.example".parse::<Origin>().is_err());
    }
}
