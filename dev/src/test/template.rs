//! template.yaml, as those read it who know CloudFormation and SAM.

use std::path::Path;

use tokio::process::Command;

use crate::{
    failure::Failure,
    programs,
    repository::Repository,
    state::{StateFolder, make_folder},
    tools::{PythonTool, Tools},
};

/// Where the template is linted for. What it has in it, every region has.
const REGION: &str = "eu-west-1";

/// Runs cfn-lint, SAM's own validation, and checkov, whose exceptions stand in `.checkov.yaml`. None of them asks AWS
/// anything.
pub(super) async fn check(repository: &Repository, state: &StateFolder, tools: Tools<'_>) -> Result<(), Failure> {
    let home = state.join("home");
    make_folder(&home)?;
    let sam = PythonTool::Sam.install(tools).await?;
    let mut cfn_lint = python_at_home(repository, &sam, &home);
    cfn_lint.arg(sam.join("bin/cfn-lint")).arg("template.yaml");
    super::to_success("cfn-lint", cfn_lint).await?;

    let mut validate = python_at_home(repository, &sam, &home);
    validate.args(["-m", "samcli", "validate", "--lint"]);
    super::to_success("sam validate", validate).await?;

    let checkov = PythonTool::Checkov.install(tools).await?;
    let mut check = python_at_home(repository, &checkov, &home);
    check.args(["-m", "checkov.main", "--config-file", ".checkov.yaml"]);
    super::to_success("checkov", check).await
}

/// Python with these packages, in the repository, telling nobody anything and with nothing of the developer's AWS
/// account.
pub(super) fn python(repository: &Repository, packages: &Path) -> Command {
    let mut command = programs::command("python3");
    command
        .current_dir(repository.root())
        .env("PYTHONPATH", packages)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SAM_CLI_TELEMETRY", "0")
        .env("CKV_SKIP_PACKAGE_UPDATE_CHECK", "true")
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env_remove("AWS_SESSION_TOKEN");
    command
}

/// The same for what writes into its user's home: what it last told, and what it would tell.
fn python_at_home(repository: &Repository, packages: &Path, home: &Path) -> Command {
    let mut command = python(repository, packages);
    command.env("HOME", home);
    command
}
