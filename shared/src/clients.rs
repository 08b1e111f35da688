//! What reaches other servers: made once in a sandbox's life, whatever becomes of its credentials.

use std::sync::Arc;

use crate::{app::StartError, database::Connector, session::Jwks, settings::ServerSettings, tls, workos::HttpClient};

/// The HTTP client, the TLS connector towards Postgres, and WorkOS's signing keys. Clones share them.
#[derive(Clone)]
pub(crate) struct Clients {
    pub(crate) connector: Connector,
    pub(crate) http: HttpClient,
    pub(crate) jwks: Arc<Jwks>,
    servers: ServerSettings,
}

impl Clients {
    pub(crate) fn new(servers: ServerSettings) -> Result<Self, StartError> {
        let tls = tls::connector(None).map_err(StartError::Tls)?;
        let connector = match &servers.database_ca_cert {
            // What vouches for a private database vouches for nobody else.
            Some(pem) => Connector::new(tls::connector(Some(pem)).map_err(StartError::Tls)?),
            None => Connector::new(tls.clone()),
        };
        let http = HttpClient::new(tls).map_err(StartError::Http)?;
        let jwks = Arc::new(Jwks::new(http.clone(), servers.jwks_url.clone()));
        Ok(Self { connector, http, jwks, servers })
    }

    /// Whether they were made for these servers.
    pub(crate) fn serve(&self, servers: &ServerSettings) -> bool {
        self.servers == *servers
    }
}
