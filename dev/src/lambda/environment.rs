//! The environment of a sandbox.

use std::net::SocketAddr;

/// The memory that a sandbox is told it has, in MB. Nothing enforces it here.
const MEMORY_SIZE: &str = "512";

/// What Lambda sets for every function
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).
///
/// A sandbox gets these and the function's own settings and nothing else of this process's environment: a setting that
/// is missing must be missing, whatever the developer's shell has.
pub(super) fn of_lambda(function: &str, runtime_api: SocketAddr) -> Vec<(&'static str, String)> {
    [
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY_SIZE),
        ("AWS_LAMBDA_FUNCTION_NAME", function),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &format!("/aws/lambda/{function}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        ("AWS_LAMBDA_RUNTIME_API", &runtime_api.to_string()),
        ("AWS_REGION", "eu-west-1"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("TZ", ":UTC"),
        ("_HANDLER", "bootstrap"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}
