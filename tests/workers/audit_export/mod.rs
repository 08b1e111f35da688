//! audit-export: the queue, the files, the manifest, and what becomes of an export when something goes wrong.

mod bucket;
mod content;
mod failures;
mod isolation;
mod readers;
mod resume;
mod retained;
mod schedule;
pub(crate) mod trail;
mod turns;
mod verified;

pub(crate) use verified::{fingerprint, verified};

use std::{path::PathBuf, process::Stdio};

use dev::lambda::{Function, InvokeError};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio_postgres::{Client, Row, types::Type};
use uuid::Uuid;

use crate::app::{TestApp, world};

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) format: &'static str,
    pub(crate) actions: Option<Vec<&'static str>>,
    pub(crate) resource_types: Option<Vec<&'static str>>,
}

/// A time as RFC 3339 has it.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// All of October.
pub(crate) fn october(format: &'static str) -> Request {
    let (from, to) = (at("2026-10-01T00:00:00Z"), at("2026-11-01T00:00:00Z"));
    Request { from, to, format, actions: None, resource_types: None }
}

/// Queues an export; gives its id.
pub(crate) async fn queue(owner: &Client, org_id: Uuid, request: &Request) -> Uuid {
    let insert = "
        insert into audit_log_exports
          (org_id, workos_user_id, start_date, end_date, export_format, actions, resource_types, reason)
        select $1, m.workos_user_id, $2, $3, $4, $5, $6, 'An audit'
          from user_org_memberships m
         where m.org_id = $1
         order by m.workos_user_id
         limit 1
        returning id";
    let Request { from, to, format, actions, resource_types } = request;
    let parameters = [
        (&org_id as _, Type::UUID),
        (from as _, Type::TIMESTAMPTZ),
        (to as _, Type::TIMESTAMPTZ),
        (format as _, Type::TEXT),
        (actions as _, Type::TEXT_ARRAY),
        (resource_types as _, Type::TEXT_ARRAY),
    ];
    owner.query_typed_one(insert, &parameters).await.expect("a row of the queue").get("id")
}

/// An export's row.
pub(crate) async fn row(owner: &Client, id: Uuid) -> Row {
    owner.query_one("select * from audit_log_exports where id = $1", &[&id]).await.expect("the export")
}

/// Its status and its error's code.
pub(crate) async fn status(owner: &Client, id: Uuid) -> (String, Option<String>) {
    let row = row(owner, id).await;
    (row.get("status"), row.get("error_code"))
}

/// Lets the time pass after which an export is tried again.
pub(crate) async fn pass(owner: &Client, id: Uuid) {
    let pass = "update audit_log_exports set next_attempt_at = now() where id = $1";
    owner.execute(pass, &[&id]).await.expect("the time passes");
}

/// Invokes the worker as its minute's schedule does.
pub(crate) async fn invoke(app: &TestApp) -> Result<Value, InvokeError> {
    app.function("audit-export").invoke(json!({})).await
}

/// The same, when it is to succeed.
pub(crate) async fn run(app: &TestApp) -> Value {
    invoke(app).await.unwrap_or_else(|error| panic!("{error}"))
}

/// A worker with other settings.
pub(crate) fn worker(app: &TestApp, settings: &[(&str, &str)]) -> Function {
    let mut all = app.settings().clone();
    all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Function::new(world().binaries.join("audit-export"), all.into_iter().collect())
}

/// A finished export.
pub(crate) struct Finished {
    pub(crate) rows: PathBuf,
    pub(crate) left_out: Option<PathBuf>,
    pub(crate) manifest: PathBuf,
    pub(crate) row: Row,
}

/// Where the files of an export are that must be done.
pub(crate) async fn finished(app: &TestApp, owner: &Client, id: Uuid) -> Finished {
    let row = row(owner, id).await;
    let (status, code): (String, Option<String>) = (row.get("status"), row.get("error_code"));
    assert_eq!((status.as_str(), code), ("done", None), "{}", app.logs());
    let path = |column| row.get::<_, Option<String>>(column).map(|key| app.exports().join(key));
    Finished {
        rows: path("object_key").expect("a file"),
        left_out: path("left_out_key"),
        manifest: path("manifest_key").expect("a manifest"),
        row,
    }
}

/// What a program of Python's says of an export: it knows the documentation and nothing of ours.
pub(crate) async fn verified_by_python(export: &Finished) -> Value {
    let program = world().repository.join("tests/workers/audit_export/verify.py");
    let mut command = Command::new(&world().python);
    command.arg(program).arg(&export.manifest).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command.output().await.expect("python3 runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}
