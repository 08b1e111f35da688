//! PgBouncer between functions and PostgreSQL, as Neon has it: transaction mode, TLS, SCRAM.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, time::sleep};

use crate::{
    account::Account,
    certificate::ServerCertificate,
    child::{Child, StopSignal},
    failure::Failure,
    ports, programs,
    state::{make_private_folder, write_private_file},
};

/// How long a start may take.
const START_PATIENCE: Duration = Duration::from_secs(10);

/// The first version that tracks prepared statements in transaction mode.
const TRACKS_PREPARED_STATEMENTS: (u32, u32) = (1, 21);

/// What an instance is to be.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// PgBouncer itself.
    pub program: &'a Path,
    /// Who runs it.
    pub account: &'a Account,
    /// A folder of its own for its files.
    pub folder: &'a Path,
    /// The port of the PostgreSQL server on 127.0.0.1.
    pub postgres_port: u16,
    /// What it shows to clients.
    pub certificate: &'a ServerCertificate,
    /// The roles that may log in, with their passwords.
    pub logins: &'a [(&'a str, &'a str)],
    /// The most connections to PostgreSQL per database and role.
    pub pool_size: u32,
}

/// A running PgBouncer. Dropped, it is killed.
#[derive(Debug)]
pub struct PgBouncer {
    child: Child,
    port: u16,
}

impl PgBouncer {
    /// Starts an instance on a free port of 127.0.0.1 and waits until it takes connections.
    ///
    /// It ends with the thread that starts it.
    pub async fn start(settings: &Settings<'_>) -> Result<Self, Failure> {
        let port = ports::find_free()?;
        let configuration = write_files(settings, port).await?;
        let mut command = settings.account.command(settings.program, StopSignal::Interrupt);
        command.arg(&configuration);
        let mut child =
            Child::start("PgBouncer", command, &settings.folder.join("pgbouncer.log"), StopSignal::Interrupt)?;
        let started = Instant::now();
        while let Err(error) = TcpStream::connect(("127.0.0.1", port)).await {
            child.check()?;
            if started.elapsed() > START_PATIENCE {
                return Err(Failure::io("connect to PgBouncer")(error));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(Self { child, port })
    }

    /// Its port on 127.0.0.1; the certificate is for `localhost`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it at once; its clients' connections break.
    pub async fn stop(self) {
        self.child.stop(Duration::from_secs(5)).await;
    }
}

async fn write_files(settings: &Settings<'_>, port: u16) -> Result<PathBuf, Failure> {
    make_private_folder(settings.folder)?;
    settings.account.give(settings.folder)?;
    let users = settings.logins.iter().fold(String::new(), |mut users, (role, password)| {
        // Writing to a String cannot fail.
        let _ = writeln!(users, "\"{role}\" \"{password}\"");
        users
    });
    let files = [
        ("pgbouncer.ini", configuration(settings, port, version(settings.program).await)),
        ("users.txt", users),
        ("server.pem", settings.certificate.chain_pem.clone()),
        ("server.key", settings.certificate.key_pem.clone()),
    ];
    for (name, content) in &files {
        let path = settings.folder.join(name);
        write_private_file(&path, content)?;
        settings.account.give(&path)?;
    }
    Ok(settings.folder.join("pgbouncer.ini"))
}

fn configuration(settings: &Settings<'_>, port: u16, version: Option<(u32, u32)>) -> String {
    let folder = settings.folder.display();
    let mut text = format!(
        "[databases]
* = host=127.0.0.1 port={postgres_port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 1000
auth_type = scram-sha-256
auth_file = {folder}/users.txt
client_tls_sslmode = require
client_tls_cert_file = {folder}/server.pem
client_tls_key_file = {folder}/server.key
server_tls_sslmode = disable
",
        postgres_port = settings.postgres_port,
        pool_size = settings.pool_size,
    );
    if version.is_some_and(|version| version >= TRACKS_PREPARED_STATEMENTS) {
        // Whoever prepares a named statement is to be found out, as an older pooler finds them out.
        text.push_str("max_prepared_statements = 0\n");
    }
    text
}

/// Major and minor version, of `PgBouncer 1.18.0` and more lines.
async fn version(program: &Path) -> Option<(u32, u32)> {
    let mut command = programs::command(program);
    command.arg("--version");
    parse_version(&programs::output(command).await?)
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_whitespace().nth(1)?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn the_version_is_read() {
        assert_eq!(parse_version("PgBouncer 1.18.0\nlibevent 2.1.12-stable\n"), Some((1, 18)));
        assert_eq!(parse_version("PgBouncer 1.24.1\n"), Some((1, 24)));
        assert_eq!(parse_version(""), None);
    }
}
