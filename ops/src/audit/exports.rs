//! Exports instead of the database: files that lie here, or are fetched first.

use std::path::PathBuf;

use evidence::command::{self, Verification};
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
                command::print(&format_args!("fetched {}: {} bytes", fetched.name, fetched.size))?;
            }
            paths.push(fetched.path);
        }
        folder = Some(fetched_to);
    }
    let report = verification.run(&paths, folder.as_ref().map(TempDir::path))?;
    match json {
        true => command::print(&serde_json::to_string(&report)?)?,
        false => command::print(&report)?,
    }
    Ok(if report.in_order { Outcome::InOrder } else { Outcome::NotInOrder })
}

/// Whether something is meant to be an address, of whatever scheme and however it is mistyped: those that are not fetched
/// are refused there without being shown, and a path that leads nowhere is shown.
fn is_address(export: &str) -> bool {
    let is_web = |scheme: &str| ["http", "https"].iter().any(|web| scheme.trim().eq_ignore_ascii_case(web));
    export.contains("://") || export.split_once(':').is_some_and(|(scheme, _)| is_web(scheme))
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn d5_what_is_meant_to_be_an_address_is_no_path() {
        for address in
            ["https://s3.example/a", " https://s3.example/a", "HTTPS:/s3.example/a", "http:s3.example", "'s3://a"]
        {
            assert!(is_address(address), "{address}");
        }
        for path in ["audit.jsonl.gz", "/exports", "C:\\exports", "C:/exports", "https", "2026-10-01T00:00/a"] {
            assert!(!is_address(path), "{path}");
        }
    }
}
