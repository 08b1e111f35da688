//! The worker, as its schedule invokes it, with a folder for a store.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::{Bench, Database, Person};
use crate::{bench::process::peak_memory, environment::folder_url, failure::Failure, lambda::Function};

/// The key's name in manifests.
pub(super) const KEY_ID: &str = "bench1";

/// What it is made of.
pub(super) const SEED: [u8; 32] = [7; 32];

/// More than any export takes.
const PATIENCE: Duration = Duration::from_secs(3600);

const QUEUE: &str = "
    insert into audit_log_exports (org_id, workos_user_id, start_date, end_date, export_format, reason)
    values ($1, $2, $4::timestamptz - interval '9 years', $4, $3, 'A benchmark')
    returning id";

const MADE: &str =
    "select record_count, file_size, manifest_key from audit_log_exports where id = $1 and status = 'done'";

/// How workers are started.
pub(super) struct Worker {
    binary: PathBuf,
    settings: Vec<(String, String)>,
    exports: PathBuf,
}

/// An export that was made.
pub(super) struct Made {
    pub(super) rows: i64,
    /// Of the file, in bytes.
    pub(super) size: i64,
    pub(super) manifest: PathBuf,
    /// From the event until the worker's answer.
    pub(super) taken: Duration,
    /// The most memory that the worker had resident, from its start on, in bytes.
    pub(super) peak: u64,
}

impl Worker {
    pub(super) fn new(bench: &Bench<'_>, database: &Database) -> Result<Self, Failure> {
        let exports = bench.scratch("exports");
        let signing_key = format!("{KEY_ID}:{}", STANDARD.encode(SEED));
        let settings = [
            ("PUBLIC_URL", "http://localhost:9000".to_owned()),
            ("WORKOS_CLIENT_ID", "client_bench".to_owned()),
            ("EXPORT_DATABASE_URL", database.exporter_url.clone()),
            ("EXPORT_URL", folder_url(&exports)?),
            ("EXPORT_SIGNING_KEY", signing_key),
            ("SSL_CERT_FILE", bench.roots().display().to_string()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value)).into();
        Ok(Self { binary: bench.program("audit-export"), settings, exports })
    }

    /// The fingerprint of the key that signs.
    pub(super) fn fingerprint(&self) -> String {
        super::signer().public_key().fingerprint()
    }

    /// A worker that was not started yet.
    pub(super) fn function(&self) -> Function {
        Function::new(self.binary.clone(), self.settings.clone()).with_timeout(PATIENCE)
    }

    /// Queues an export of everything that was written before `until`, and has a new worker make it.
    pub(super) async fn export(
        &self,
        database: &Database,
        person: &Person,
        (format, until): (&'static str, Timestamp),
    ) -> Result<Made, Failure> {
        let failed = || Failure::database("queue an export");
        let parameters = [
            (&person.org_id as _, Type::UUID),
            (&person.user_id as _, Type::TEXT),
            (&format as _, Type::TEXT),
            (&until as _, Type::TIMESTAMPTZ),
        ];
        let row = database.owner.query_typed_one(QUEUE, &parameters).await.map_err(failed())?;
        let id: Uuid = row.try_get("id").map_err(failed())?;
        let function = self.function();
        let wrong = |error: &dyn std::fmt::Display| Failure::Unmet(format!("audit-export: {error}"));
        let start = function.start().await.map_err(|error| wrong(&error))?;
        let started = Instant::now();
        invoke(&function, json!({})).await?;
        let taken = started.elapsed();
        let peak = peak_memory(start.process).map_err(Failure::io("read a worker's memory"))?;
        function.stop().await;
        let row = database.owner.query_typed_one(MADE, &[(&id, Type::UUID)]).await.map_err(failed())?;
        let manifest: &str = row.try_get("manifest_key").map_err(failed())?;
        Ok(Made {
            rows: row.try_get("record_count").map_err(failed())?,
            size: row.try_get("file_size").map_err(failed())?,
            manifest: self.exports.join(manifest),
            taken,
            peak,
        })
    }
}

/// Has a worker handle an event, which is to succeed.
pub(super) async fn invoke(function: &Function, event: Value) -> Result<Value, Failure> {
    let answer = function.invoke(event).await;
    answer.map_err(|error| Failure::Unmet(format!("audit-export: {error}\n{}", function.logs())))
}
