//! Programs that are fetched into `.dev/tools` where the system does not have them: pinned, kept between runs.

mod cargo_deny;
mod cargo_lambda;
mod pip;
mod postgres;
mod python;

use std::path::Path;

pub use cargo_deny::cargo_deny;
pub use cargo_lambda::cargo_lambda;
pub use postgres::{postgres, postgres_with_extensions};
pub use python::PythonTool;

use crate::progress::Progress;

/// Where tools go and how their installation is told.
#[derive(Clone, Copy, Debug)]
pub struct Tools<'a> {
    /// The folder `.dev/tools`.
    pub folder: &'a Path,
    /// What installing a tool prints.
    pub log: &'a Path,
    /// Where the steps are told.
    pub progress: &'a Progress,
}
