//! Exports instead of the database: files that lie here, or are fetched first.

use std::path::PathBuf;

use evidence::command::Verification;
use tempfile::TempDir;

use super::{
    AuditError,
    download::{self, DownloadError},
};
use crate::Outcome;

/// Verifies exports: paths, and addresses.
pub(super) async fn run(exports: &[String], verification: &Verification, json: bool) -> Result<Outcome, AuditError> {
    let (addresses, paths): (Vec<&String>, Vec<&String>) = exports.iter().partition(|export| is_address(export));
    let mut paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    let mut folder = None;
    if !addresses.is_empty() {
        let fetched_to = TempDir::with_prefix("audit-exports-").map_err(DownloadError::Write)?;
        for fetched in download::fetch(&addresses, fetched_to.path()).await? {
            if !json {
                println!("fetched {}: {} bytes", fetched.name, fetched.size);
            }
            paths.push(fetched.path);
        }
        folder = Some(fetched_to);
    }
    let report = verification.run(&paths, folder.as_ref().map(TempDir::path))?;
    match json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => println!("{report}"),
    }
    Ok(if report.in_order { Outcome::InOrder } else { Outcome::NotInOrder })
}

/// Whether something is an address, of whatever scheme: those that are not fetched are refused there, and not shown whole.
fn is_address(export: &str) -> bool {
    let scheme = export.trim_start().split_once("://").map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    scheme.is_some_and(|scheme| !scheme.is_empty() && is_scheme(scheme))
}
