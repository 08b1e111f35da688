//! Logs: one JSON object per line, to standard output, as Lambda collects them.

use tracing_subscriber::filter::EnvFilter;

/// Starts logging for the function of that name. `AWS_LAMBDA_LOG_LEVEL` sets the level of our own lines (default INFO).
///
/// The libraries' levels are fixed: at DEBUG, tokio-postgres logs every statement's parameters and hyper every header,
/// which are tokens and personal data.
pub(crate) fn init(function: &str) {
    let level = match std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default().to_ascii_lowercase().as_str() {
        "trace" | "debug" => "debug",
        "warn" => "warn",
        "error" | "fatal" => "error",
        _ => "info",
    };
    let filter = EnvFilter::new(format!("warn,eleva={level},{}={level}", function.replace('-', "_")));
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_target(false).init();
}
