//! A running server.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{cluster::STOP_PATIENCE, connect, url};
use crate::{child::Child, failure::Failure};

/// How long a start may take, with the recovery after a crash.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// A PostgreSQL server on 127.0.0.1. Dropped, it is killed; its cluster recovers when it is started again.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
    superuser_password: String,
}

impl Server {
    pub(super) fn new(child: Child, port: u16, superuser_password: String) -> Self {
        Self { child, port, superuser_password }
    }

    /// Waits until it takes connections.
    pub(super) async fn ready(&mut self) -> Result<(), Failure> {
        let started = Instant::now();
        loop {
            self.child.check()?;
            match connect(&self.superuser_url("postgres")).await {
                Ok(_) => return Ok(()),
                Err(error) if started.elapsed() > START_PATIENCE => return Err(error),
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a database for the superuser `postgres`.
    pub fn superuser_url(&self, database: &str) -> String {
        url("postgres", &self.superuser_password, self.port, database)
    }

    /// Waits until it ends by itself, which it should not. May be dropped and called again.
    pub async fn ended(&mut self) -> Failure {
        self.child.ended().await
    }

    /// Ends it: open transactions are rolled back, connections are closed.
    pub async fn stop(self) {
        self.child.stop(STOP_PATIENCE).await;
    }
}
