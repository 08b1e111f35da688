//! ministack: Secrets Manager on this machine, for tests.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use http::{
    Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;
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

/// ministack looks at the credential's scope and not at the signature.
const UNSIGNED: &str = "AWS4-HMAC-SHA256 Credential=test/20261125/eu-west-1/secretsmanager/aws4_request, \
                        SignedHeaders=host, Signature=0";

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

    /// Calls an action of Secrets Manager.
    pub async fn call(&self, action: &str, input: &Value) -> Result<(), Failure> {
        let failed = |why: String| Failure::Unmet(format!("ministack refuses {action}: {why}"));
        let request = Request::post(format!("http://127.0.0.1:{}/", self.port))
            .header(CONTENT_TYPE, "application/x-amz-json-1.1")
            .header("x-amz-target", format!("secretsmanager.{action}"))
            .header(AUTHORIZATION, UNSIGNED)
            .body(input.to_string())
            .map_err(|error| failed(error.to_string()))?;
        let client = Client::builder(TokioExecutor::new()).build_http::<String>();
        let answer = client.request(request).await.map_err(|error| failed(error.to_string()))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(failed(format!("{status}; see ministack.log"))),
        }
    }
}

/// How an SDK finds a ministack on a port of 127.0.0.1, and who it is there, in Lambda's own variables.
pub fn environment(port: u16) -> [(String, String); 4] {
    [
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("AWS_ACCESS_KEY_ID", "AKIATESTTESTTESTTEST".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_SESSION_TOKEN", "test".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}
