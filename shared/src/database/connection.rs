//! Connecting: once per scope, always to the pooled endpoint.

use std::time::Duration;

use native_tls::{Certificate, TlsConnector};
use postgres_native_tls::MakeTlsConnector;
use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::Client;

use super::{error::Error, url::DatabaseUrl};

/// How long reaching the server and authenticating may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long saying goodbye may take.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

/// Opens connections. Built once per sandbox: reading the root certificates is most of a connection's cost.
#[derive(Clone)]
pub struct Connector {
    tls: MakeTlsConnector,
}

/// An open connection. Dropped without [`Connection::close`], it is cut at once, so that the server rolls back and the
/// pooler gives the server connection up rather than to somebody else.
pub(super) struct Connection {
    client: Client,
    driver: Driver,
}

/// The task that moves a connection's bytes. Left alone, it would wait for the answers to everything that was sent.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Connector {
    /// A connector that trusts the system's roots and, where given, one more certificate (PEM).
    pub fn new(additional_root: Option<&str>) -> Result<Self, native_tls::Error> {
        let mut builder = TlsConnector::builder();
        builder.min_protocol_version(Some(native_tls::Protocol::Tlsv12));
        if let Some(pem) = additional_root {
            builder.add_root_certificate(Certificate::from_pem(pem.as_bytes())?);
        }
        Ok(Self { tls: MakeTlsConnector::new(builder.build()?) })
    }

    pub(super) async fn connect(&self, url: &DatabaseUrl) -> Result<Connection, Error> {
        let connecting = url.config().connect(self.tls.clone());
        let (client, driver) = timeout(CONNECT_TIMEOUT, connecting).await.map_err(|_| Error::TimedOut)??;
        // What breaks the connection reaches whoever awaits a statement; the driver has nothing to add.
        let driver = Driver(tokio::spawn(async move { drop(driver.await) }));
        Ok(Connection { client, driver })
    }
}

impl Connection {
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Says goodbye and waits until that is on the wire: a frozen sandbox sends nothing any more.
    pub(super) async fn close(self) {
        let Self { client, mut driver } = self;
        drop(client);
        // Whoever does not take the goodbye in time is cut off.
        let _ = timeout(CLOSE_TIMEOUT, &mut driver.0).await;
    }
}
