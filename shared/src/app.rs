//! What a sandbox builds once and every request uses.

use evidence::signature::Signer;

use crate::{
    clients::Clients,
    clock::{Clock, Entropy},
    credentials::Credentials,
    database::{DatabaseUrl, Endpoint, ExportScope, IdentityScope, OrganizationScope, RefusalScope, SignedClaims},
    http::Problem,
    permission::Permission,
    phi::MasterKeys,
    session::{Claims, Purpose, Sealer, Session, TokenError, TokenRules},
    settings::{Origin, SecretError, SessionLimits, Settings, SettingsError, StoreUrl, VerifyingKeys},
    workos::Workos,
};

/// Settings, keys, clock, randomness, TLS, WorkOS client and signing keys of one function.
pub struct App {
    settings: Settings,
    clock: Clock,
    entropy: Entropy,
    clients: Clients,
    credentials: Credentials,
    workos: Workos,
    token_rules: TokenRules,
    session_sealer: Sealer,
    flow_sealer: Sealer,
    master_keys: Option<MasterKeys>,
}

/// Why the start was refused.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or unusable.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The secret with the settings cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// `DATABASE_CA_CERT` cannot be read, or OpenSSL does not start.
    #[error("TLS cannot be set up; if DATABASE_CA_CERT is set, is it a PEM certificate? ({0})")]
    Tls(native_tls::Error),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be set up: {0}")]
    Http(reqwest::Error),
}

impl App {
    /// Builds the app from settings, with a clock and randomness of the caller's.
    pub fn new(settings: Settings, clock: Clock, entropy: Entropy) -> Result<Self, StartError> {
        let clients = Clients::new(settings.servers.clone())?;
        Ok(Self::with_clients(settings, clock, entropy, clients))
    }

    /// Builds the app on clients that serve its settings.
    pub(crate) fn with_clients(settings: Settings, clock: Clock, entropy: Entropy, clients: Clients) -> Self {
        let credentials = Credentials::default();
        Self {
            workos: Workos::new(clients.http.clone(), &settings.workos, credentials.clone()),
            clients,
            token_rules: TokenRules::new(&settings.workos),
            session_sealer: Sealer::new(Purpose::Session, settings.session_keys.as_ref()),
            flow_sealer: Sealer::new(Purpose::Flow, settings.session_keys.as_ref()),
            master_keys: settings.encryption_keys.as_ref().map(|ring| MasterKeys::noting(ring, credentials.clone())),
            credentials,
            settings,
            clock,
            entropy,
        }
    }

    /// A scope in the session's organization for a route that asks for `permission`.
    ///
    /// Errors: `no_organization` when the token names none, `forbidden` when the token does not grant the permission.
    pub fn organization(&self, session: &Session, permission: Permission) -> Result<OrganizationScope<'_>, Problem> {
        if session.claims().org_id.is_some() && !session.grants().include(permission) {
            return Err(Problem::forbidden());
        }
        self.scope(session, Some(permission))
    }

    /// A scope in the session's organization for what every member may do: see who they are.
    pub fn own_organization(&self, session: &Session) -> Result<OrganizationScope<'_>, Problem> {
        self.scope(session, None)
    }

    fn scope(&self, session: &Session, permission: Option<Permission>) -> Result<OrganizationScope<'_>, Problem> {
        let missing = || Problem::internal("this function was not given DATABASE_URL and BEGIN_KEYS");
        let organization = self.settings.organization.as_ref().ok_or_else(missing)?;
        let claims =
            SignedClaims::new(session.claims(), &organization.begin_keys).ok_or_else(Problem::no_organization)?;
        Ok(OrganizationScope { endpoint: self.endpoint(&organization.url), claims, permission })
    }

    /// A scope as `eleva_identity`.
    pub fn identity(&self) -> Result<IdentityScope<'_>, Problem> {
        let missing = || Problem::internal("this function was not given IDENTITY_DATABASE_URL");
        let url = self.settings.identity.as_ref().ok_or_else(missing)?;
        Ok(IdentityScope { endpoint: self.endpoint(url) })
    }

    /// A scope as `eleva_exporter`.
    pub fn export(&self) -> Result<ExportScope<'_>, Problem> {
        let missing = || Problem::internal("this function was not given EXPORT_DATABASE_URL");
        let url = self.settings.export.as_ref().ok_or_else(missing)?;
        Ok(ExportScope { endpoint: self.endpoint(url) })
    }

    /// The scope in which a refusal of whom these claims name is recorded; none in a function without organizations.
    pub(crate) fn refusals(&self, claims: &Claims) -> Option<RefusalScope<'_>> {
        let organization = self.settings.organization.as_ref()?;
        let claims = SignedClaims::of_anybody(claims, &organization.begin_keys)?;
        Some(RefusalScope { endpoint: self.endpoint(&organization.url), claims })
    }

    fn endpoint<'a>(&'a self, url: &'a DatabaseUrl) -> Endpoint<'a> {
        Endpoint { connector: &self.clients.connector, url, credentials: &self.credentials }
    }

    /// What was made once in the sandbox's life.
    pub(crate) fn clients(&self) -> &Clients {
        &self.clients
    }

    /// Whether anybody refused the credentials in the settings.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Verifies everything about an access token but whether it has expired.
    pub async fn verify_token(&self, token: &str) -> Result<Claims, TokenError> {
        self.token_rules.verify(token, &self.clients.jwks, self.clock.seconds()).await
    }

    /// The origin that browsers see.
    pub fn public_url(&self) -> &Origin {
        &self.settings.public_url
    }

    /// How long sessions last.
    pub fn session_limits(&self) -> SessionLimits {
        self.settings.session_limits
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The source of randomness.
    pub fn entropy(&self) -> Entropy {
        self.entropy
    }

    /// The WorkOS client.
    pub fn workos(&self) -> &Workos {
        &self.workos
    }

    /// What seals session cookies.
    pub fn session_sealer(&self) -> &Sealer {
        &self.session_sealer
    }

    /// What wraps the organizations' data keys.
    pub fn master_keys(&self) -> Result<&MasterKeys, Problem> {
        let missing = || Problem::internal("this function was not given ENCRYPTION_KEYS");
        self.master_keys.as_ref().ok_or_else(missing)
    }

    /// Where exports and checkpoints lie.
    pub fn store_url(&self) -> Result<&StoreUrl, Problem> {
        let missing = || Problem::internal("this function was not given EXPORT_URL");
        self.settings.store.as_ref().ok_or_else(missing)
    }

    /// What signs the manifests of exports.
    pub fn export_signer(&self) -> Result<&Signer, Problem> {
        let missing = || Problem::internal("this function was not given EXPORT_SIGNING_KEY");
        self.settings.export_signer.as_ref().ok_or_else(missing)
    }

    /// What signs checkpoints.
    pub fn checkpoint_signer(&self) -> Result<&Signer, Problem> {
        let missing = || Problem::internal("this function was not given CHECKPOINT_SIGNING_KEY");
        self.settings.checkpoint_signer.as_ref().ok_or_else(missing)
    }

    /// The keys that sign exports and checkpoints, as everybody may know them.
    pub fn verifying_keys(&self) -> Result<&VerifyingKeys, Problem> {
        let missing = || Problem::internal("this function was not given the keys that verify exports and checkpoints");
        self.settings.verifying_keys.as_ref().ok_or_else(missing)
    }

    /// What seals the cookies of sign-in flows.
    pub fn flow_sealer(&self) -> &Sealer {
        &self.flow_sealer
    }
}
