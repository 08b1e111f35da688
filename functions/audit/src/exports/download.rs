//! `GET /audit/exports/{id}/download`, `/left-out` and `/manifest`: the way to a file of a finished export. Who takes
//! it is recorded before they have it.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
    time::Duration,
};

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, Statement, Transaction},
    http::{Problem, Reply, Request},
    permission::Permission,
};
use store::Link;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::status::Status;
use crate::files::Files;

/// How long a link lives. Whoever has it needs no session.
const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// The longest file that is answered with itself, in bytes, where the store is a folder and has no links. An answer of
/// a Lambda function has 6 MiB at most (AWS Lambda quotas), and base64 makes four bytes of three.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

const READ: &str = "
    select status, object_key, left_out_key, manifest_key
    from audit_log_exports
    where id = $1";

/// A file of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum File {
    /// The rows that were asked for.
    Rows,
    /// What is shown of the rows beside them.
    LeftOut,
    /// What says of the others what they are, signed.
    Manifest,
}

impl File {
    /// Its name in manifests and in the trail.
    fn role(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::LeftOut => "left_out",
            Self::Manifest => "manifest",
        }
    }

    /// The column that says where it lies.
    fn column(self) -> &'static str {
        match self {
            Self::Rows => "object_key",
            Self::LeftOut => "left_out_key",
            Self::Manifest => "manifest_key",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Rows | Self::LeftOut => "application/gzip",
            Self::Manifest => "application/json",
        }
    }
}

/// Why a file that should be there cannot be had.
#[derive(Debug, thiserror::Error)]
enum Unobtainable {
    #[error("there is no link to a file of an export: {0}")]
    Unlinked(store::StoreError),
    #[error("a file of an export cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    #[error("a file of an export is longer than an answer may be")]
    TooLong,
}

/// Sends on to the file.
pub(crate) async fn open(app: &App, files: &Files, request: &Request, id: Uuid, file: File) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::AuditExport)?;
    let key = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let row = transaction.query_optional(Statement::new(READ, &[(&id, Type::UUID)])).await?;
            let row = row.ok_or_else(|| Problem::not_visible(id))?;
            let status = Status::parse(row.try_get("status").map_err(Error::from)?);
            match status {
                Some(Status::Done) => {}
                Some(Status::Failed) => return Err(Problem::not_ready().with_detail(FAILED)),
                _ => return Err(Problem::not_ready()),
            }
            let key: Option<String> = row.try_get(file.column()).map_err(Error::from)?;
            let key = key.ok_or_else(Problem::not_found)?;
            transaction.audit(
                Entry::new(request, Action::AuditLogExportDownloaded, Resource::audit_export(id))
                    .with("file", file.role()),
            );
            Ok::<_, Problem>(key)
        })
        .await?;
    let store = files.store(app).await?;
    match store.link(&key, LIFETIME).await.map_err(|error| Problem::unavailable(Unobtainable::Unlinked(error)))? {
        Link::Url(url) => Ok(Reply::found(url)),
        Link::File(path) => answer_with(&path, &key, file),
    }
}

const FAILED: &str = "The export has failed, so that there is nothing to download. Its page says why, and what to do.";

/// The file itself, which is a developer's: nobody else waits meanwhile. A deployed function reads nothing of the
/// store, and its role need not let it.
fn answer_with(path: &Path, key: &str, file: File) -> Result<Reply, Problem> {
    let content = read(path).map_err(Problem::unavailable)?;
    let name = key.rsplit('/').next().unwrap_or(key);
    match content.len() <= LONGEST_ANSWER {
        true => Ok(Reply::file(file.content_type(), name, content)),
        false => Err(Problem::unavailable(Unobtainable::TooLong).with_detail(format!(
            "The file has more than {LONGEST_ANSWER} bytes, which is as much as is answered. In the folder that \
             EXPORT_URL names, it lies at {key}."
        ))),
    }
}

/// The file, or as much of it as shows that it is too long.
fn read(path: &Path) -> Result<Vec<u8>, Unobtainable> {
    let mut content = Vec::new();
    let file = fs::File::open(path).map_err(|error| Unobtainable::Unreadable(error.kind()))?;
    file.take(LONGEST_ANSWER as u64 + 1)
        .read_to_end(&mut content)
        .map_err(|error| Unobtainable::Unreadable(error.kind()))?;
    Ok(content)
}
