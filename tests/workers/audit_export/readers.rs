//! What others read in an export: a spreadsheet, Python's csv, DuckDB. All see the same rows, as many as the manifest
//! says, and no cell is taken for a formula (hardening D5).

use std::{fs, path::Path, process::Stdio};

use dev::{account::Account, child::StopSignal};
use evidence::row::COLUMNS;
use serde::Deserialize;
use tempfile::TempDir;

use super::{
    at, finished, october, queue, run,
    trail::{Rows, grow, organization},
};
use crate::app::{TestApp, world};

/// What somebody reads.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn column(&self, name: &str) -> Vec<&str> {
        let place = self.names.iter().position(|one| one == name).unwrap_or_else(|| panic!("no column {name}"));
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }
}

/// Reads with a module of Python's.
async fn read(with: &str, file: &Path) -> Table {
    let program = world().repository.join("tests/workers/audit_export/read.py");
    let mut command = Account::own().command(&world().python, StopSignal::Terminate);
    command.arg(program).arg(with).arg(file);
    command.env("PYTHONPATH", &world().duckdb).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().await.expect("python runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}

/// Has LibreOffice open a file and save what it sees as another. Everything is taken as text: to a spreadsheet's guesses
/// a time is a date, and a long number one of fifteen digits.
async fn opened_by_spreadsheet(file: &Path, folder: &Path) -> Table {
    const OPEN: &str = "--infilter=CSV:44,34,76,1,1/2/2/2/3/2/4/2/5/2/6/2/7/2/8/2/9/2/10/2/11/2/12/2/13/2/14/2/15/2/16/2/17/2/18/2/19/2,0,false,false";
    const SAVE: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true";
    let mut command = Account::own().command(&world().soffice, StopSignal::Terminate);
    command.arg(format!("-env:UserInstallation=file://{}/profile", folder.display()));
    command.args(["--headless", OPEN, "--convert-to", SAVE, "--outdir"]).arg(folder.join("saved")).arg(file);
    command.current_dir(folder).env("HOME", folder);
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().await.expect("LibreOffice runs");
    let saved = folder.join("saved").join(file.file_name().expect("a name"));
    assert!(saved.is_file(), "{}", String::from_utf8_lossy(&output.stderr));
    read("csv", &saved).await
}

#[tokio::test]
async fn d5_a_spreadsheet_and_other_readers_see_the_rows_that_the_manifest_counts() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, Rows { first: at("2026-09-30T12:00:00Z"), step: 3600, count: 800, padding: 0 }).await;
    let mut exports = Vec::new();
    for format in ["csv", "jsonl"] {
        let id = queue(&owner, org_id, &october(format)).await;
        run(&app).await;
        exports.push(finished(&app, &owner, id).await);
    }
    let [as_csv, as_json] = &exports[..] else { panic!("two exports") };
    let by_python = read("csv", &as_csv.rows).await;
    assert_eq!(by_python.names, COLUMNS);
    assert_eq!(by_python.rows.len(), 744);
    assert_eq!(as_csv.row.get::<_, i64>("record_count"), 744);
    assert_eq!(read("duckdb", &as_csv.rows).await, by_python);

    let json = read("duckdb", &as_json.rows).await;
    assert_eq!(json.names, COLUMNS);
    for name in ["seq", "id", "action", "outcome", "hash", "workos_user_id"] {
        assert_eq!(json.column(name), by_python.column(name), "{name}");
    }

    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("october.csv");
    let unpacked = tokio::process::Command::new("gzip").arg("-dc").arg(&as_csv.rows).output().await.expect("gzip");
    fs::write(&file, unpacked.stdout).expect("a file");
    let by_spreadsheet = opened_by_spreadsheet(&file, folder.path()).await;
    assert_eq!(by_spreadsheet.names, by_python.names);
    for (one, other) in by_spreadsheet.rows.iter().zip(&by_python.rows) {
        assert_eq!(one, other);
    }
    assert_eq!(by_spreadsheet.rows.len(), 744);
    let formulas = by_python.column("user_agent").iter().filter(|cell| cell.starts_with("'=HYPERLINK")).count();
    assert!(formulas > 50, "there are cells that would be formulas: {formulas}");
}
