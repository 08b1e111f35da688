//! ministack: Secrets Manager and S3 on this machine, for tests.

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

/// Of requests ministack looks at the credential's scope and not at the signature; of links (presigned URLs) at both.
const UNSIGNED: &str = "AWS4-HMAC-SHA256 Credential=test/20261125/eu-west-1/secretsmanager/aws4_request, \
                        SignedHeaders=host, Signature=0";

/// Who everybody is.
const CREDENTIALS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "AKIATESTTESTTESTTEST"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_SESSION_TOKEN", "test")];

/// What a bucket for exports does to each version of an object that is not uploaded in parts.
const RETENTION: &str = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\
                         <Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>";

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
            .env("SERVICES", "secretsmanager,s3")
            .envs(CREDENTIALS)
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
        let request = Request::post(self.url("/"))
            .header(CONTENT_TYPE, "application/x-amz-json-1.1")
            .header("x-amz-target", format!("secretsmanager.{action}"))
            .header(AUTHORIZATION, UNSIGNED)
            .body(input.to_string());
        self.send(action, request).await
    }

    /// Makes a bucket with Object Lock.
    pub async fn create_bucket(&self, name: &str) -> Result<(), Failure> {
        let bucket = self.url(&format!("/{name}"));
        let request = Request::put(&bucket).header("x-amz-bucket-object-lock-enabled", "true").body(String::new());
        self.send("CreateBucket", request).await?;
        let request = Request::put(format!("{bucket}?object-lock")).body(RETENTION.to_owned());
        self.send("PutObjectLockConfiguration", request).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn send(&self, action: &str, request: http::Result<Request<String>>) -> Result<(), Failure> {
        let failed = |why: String| Failure::Unmet(format!("ministack refuses {action}: {why}"));
        let request = request.map_err(|error| failed(error.to_string()))?;
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
    let [id, key, token] = CREDENTIALS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    [("AWS_ENDPOINT_URL".to_owned(), format!("http://127.0.0.1:{port}")), id, key, token]
}
