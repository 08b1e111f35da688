//! Tools that are written in Python, each with everything that it needs in a folder of its own.

use std::path::PathBuf;

use super::{Tools, pip::Requirements};
use crate::failure::Failure;

/// A tool, by the file in `dev/requirements` that pins it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PythonTool {
    /// The linter of infrastructure.
    Checkov,
    /// The database that reads files.
    DuckDb,
    /// ministack: Secrets Manager and S3 on this machine.
    Ministack,
    /// The AWS SAM CLI, with cfn-lint.
    Sam,
    /// The tester of APIs against their description.
    Schemathesis,
}

impl PythonTool {
    /// Installs it, unless it is there. Gives the folder to put on `PYTHONPATH`.
    pub async fn install(self, tools: Tools<'_>) -> Result<PathBuf, Failure> {
        let (name, text) = match self {
            Self::Checkov => ("checkov", include_str!("../../requirements/checkov.txt")),
            Self::DuckDb => ("duckdb", include_str!("../../requirements/duckdb.txt")),
            Self::Ministack => ("ministack", include_str!("../../requirements/ministack.txt")),
            Self::Sam => ("sam", include_str!("../../requirements/sam.txt")),
            Self::Schemathesis => ("schemathesis", include_str!("../../requirements/schemathesis.txt")),
        };
        Requirements { name, text }.install(tools).await
    }
}
