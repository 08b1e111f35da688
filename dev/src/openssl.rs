//! Having OpenSSL linked into a binary: where functions are deployed there may be another one, or none.

use tokio::process::Command;

use crate::{failure::Failure, programs};

/// Has a cargo command link the system's OpenSSL statically.
///
/// The folders are stated because openssl-sys, when it asks pkg-config itself, links what lies below `/usr` dynamically
/// whatever `OPENSSL_STATIC` says.
pub async fn link_statically(command: &mut Command) -> Result<(), Failure> {
    command
        .env("OPENSSL_STATIC", "1")
        .env("OPENSSL_LIB_DIR", folder("libdir").await?)
        .env("OPENSSL_INCLUDE_DIR", folder("includedir").await?);
    Ok(())
}

/// A folder of the system's OpenSSL, as pkg-config calls it.
async fn folder(variable: &str) -> Result<String, Failure> {
    let mut command = programs::command("pkg-config");
    command.arg(format!("--variable={variable}")).arg("openssl");
    let answer = programs::output(command).await;
    answer
        .map(|answer| answer.trim().to_owned())
        .ok_or_else(|| Failure::Unmet("pkg-config does not know where OpenSSL is".to_owned()))
}
