//! Connecting: once per scope, always to the pooled endpoint.

use std::time::Duration;

use native_tls::TlsConnector;
use postgres_native_tls::MakeTlsConnector;
use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::Client;

use super::{error::Error, url::DatabaseUrl};

/// How long reaching the server and authenticating may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long saying goodbye may take.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

/// Opens connections.
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
    /// A connector to servers whose certificates `tls` takes.
    pub(crate) fn new(tls: TlsConnector) -> Self {
        Self { tls: MakeTlsConnector::new(tls) }
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
