//! ministack: Secrets Manager on this machine, for tests.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, time::sleep};

use crate::{
    account::Account,
    child::{Child, StopSignal},
    failure::Failure,
    ports,
    state::make_folder,
};

/// How long a start may take.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// A running ministack. Dropped, it is killed.
#[derive(Debug)]
pub struct Ministack {
    /// Held, since dropping it is what ends the process.
    _child: Child,
    port: u16,
}

impl Ministack {
    /// Starts one on a free port of 127.0.0.1. `packages`: where ministack is installed; `folder`: for its files.
    /// Every caller may do everything.
    ///
    /// It ends with the thread that starts it.
    pub async fn start(python: &Path, packages: &Path, folder: &Path) -> Result<Self, Failure> {
        make_folder(folder)?;
        let port = ports::find_free()?;
        let mut command = Account::own().command(python, StopSignal::Terminate);
        command
            .args(["-m", "ministack"])
            .current_dir(folder)
            .env("PYTHONPATH", packages)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("MINISTACK_REGION", "eu-west-1")
            .env("SERVICES", "secretsmanager")
            .env("AUTH", "false")
            .env("TMPDIR", folder);
        let mut child = Child::start("ministack", command, &folder.join("ministack.log"), StopSignal::Terminate)?;
        let started = Instant::now();
        while let Err(error) = TcpStream::connect(("127.0.0.1", port)).await {
            child.check()?;
            if started.elapsed() > START_PATIENCE {
                return Err(Failure::io("connect to ministack")(error));
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(Self { _child: child, port })
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }
}
