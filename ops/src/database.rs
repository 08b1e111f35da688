//! Sessions on the direct endpoint: the owner's, and those of the login roles.
//!
//! The functions reach the database through scopes only and get no connection in hand; migrations need one, with a
//! lock that lasts as long as the session, and a check looks at what a session has.

use std::{future::poll_fn, time::Duration};

use native_tls::{Certificate, TlsConnector};
use postgres_native_tls::MakeTlsConnector;
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_postgres::{
    AsyncMessage, Client, Config, Connection,
    config::SslMode,
    error::{DbError, ErrorPosition, SqlState},
};

use crate::settings::{DirectUrl, LoginRole, Settings, SettingsError};

/// How long connecting may take: a suspended Neon endpoint needs seconds to wake up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// A migration waits no longer than this for a table, since everything that comes after it waits too.
const SESSION_SETTINGS: &str = "
    set lock_timeout = '15s';
    set statement_timeout = 0;
    set idle_in_transaction_session_timeout = 0;
    set search_path = public, pg_temp;
    set client_min_messages = warning";

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("the setting DATABASE_CA_CERT is not a PEM certificate")]
    Certificate,
    #[error("TLS cannot be set up: {0}")]
    Tls(native_tls::Error),
    #[error("cannot connect to {host} ({setting}): {reason}")]
    Refused { setting: &'static str, host: String, reason: String },
    #[error("cannot connect to {host} ({setting}): no answer within {} seconds", CONNECT_TIMEOUT.as_secs())]
    TimedOut { setting: &'static str, host: String },
}

/// Connects as the owner.
pub(crate) async fn connect(settings: &Settings) -> Result<Client, ConnectError> {
    let url = settings.owner_url()?;
    let config = parse(&url)?;
    let client = open(config, url.setting, &url.host, settings).await?;
    let refused = |error| refused(url.setting, &url.host, &error);
    client.batch_execute(SESSION_SETTINGS).await.map_err(refused)?;
    Ok(client)
}

/// The previous system's database: no statement of the session changes anything there, and none is refused rows without
/// our being told.
const LEGACY_SETTINGS: &str = "
    set default_transaction_read_only = on;
    set row_security = off;
    set statement_timeout = 0;
    set client_min_messages = warning";

/// Connects to the previous system's database, to read.
pub(crate) async fn connect_to_legacy(settings: &Settings) -> Result<Client, ConnectError> {
    let url = settings.legacy_url()?;
    let client = open(parse(&url)?, url.setting, &url.host, settings).await?;
    client.batch_execute(LEGACY_SETTINGS).await.map_err(|error| refused(url.setting, &url.host, &error))?;
    Ok(client)
}

/// Connects as a login role to the owner's database. The session is left as the server gives it.
pub(crate) async fn connect_as(
    settings: &Settings,
    role: &LoginRole,
    password: &SecretString,
) -> Result<Client, ConnectError> {
    let url = settings.owner_url()?;
    let mut config = parse(&url)?;
    config.user(role.name).password(password.expose_secret());
    open(config, role.password_setting, &url.host, settings).await
}

fn parse(url: &DirectUrl) -> Result<Config, ConnectError> {
    url.text.expose_secret().parse().map_err(|error| refused(url.setting, &url.host, &error))
}

fn refused(setting: &'static str, host: &str, error: &tokio_postgres::Error) -> ConnectError {
    ConnectError::Refused { setting, host: host.to_owned(), reason: describe(error) }
}

/// Certificate and host name are verified, except that a loopback address may say `sslmode=disable`. `setting` is what
/// an error names.
async fn open(
    mut config: Config,
    setting: &'static str,
    host: &str,
    settings: &Settings,
) -> Result<Client, ConnectError> {
    if config.get_ssl_mode() != SslMode::Disable {
        config.ssl_mode(SslMode::Require);
    }
    config.application_name("eleva ops").keepalives(true).keepalives_idle(Duration::from_secs(30));
    let connecting = config.connect(tls(settings.ca_certificate()?)?);
    let (client, connection) = timeout(CONNECT_TIMEOUT, connecting)
        .await
        .map_err(|_| ConnectError::TimedOut { setting, host: host.to_owned() })?
        .map_err(|error| refused(setting, host, &error))?;
    tokio::spawn(drive(connection));
    Ok(client)
}

/// Keeps the connection going and shows the server's warnings. What breaks it also fails the statement that waits for
/// an answer, so that it is not reported here.
async fn drive<S, T>(mut connection: Connection<S, T>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notice(notice) = message {
            eprintln!("{}: {}", notice.severity().to_lowercase(), notice.message());
        }
    }
}

fn tls(ca_certificate: Option<String>) -> Result<MakeTlsConnector, ConnectError> {
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(native_tls::Protocol::Tlsv12));
    if let Some(pem) = ca_certificate {
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(|_| ConnectError::Certificate)?;
        builder.add_root_certificate(certificate);
    }
    Ok(MakeTlsConnector::new(builder.build().map_err(ConnectError::Tls)?))
}

/// An error of the server or the driver for a person: what, where, and the server's hint. Without DETAIL, which quotes
/// rows.
pub(crate) fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => describe_answer(error),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

/// Whether a statement failed because of what others were doing at that moment.
pub(crate) fn is_in_the_way(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(&(SqlState::LOCK_NOT_AVAILABLE | SqlState::T_R_DEADLOCK_DETECTED)))
}

fn describe_answer(error: &DbError) -> String {
    let mut text = format!("{} (SQLSTATE {})", error.message(), error.code().code());
    if let Some(hint) = error.hint() {
        text.push_str("\nhint: ");
        text.push_str(hint);
    }
    if let Some(context) = error.where_() {
        text.push_str("\nin: ");
        text.push_str(context);
    }
    text
}

/// The line of `sql` that the server's error points at, counted from 1.
pub(crate) fn line_of(error: &tokio_postgres::Error, sql: &str) -> Option<usize> {
    let Some(ErrorPosition::Original(position)) = error.as_db_error()?.position() else { return None };
    let characters_before = usize::try_from(*position).ok()?.saturating_sub(1);
    Some(1 + sql.chars().take(characters_before).filter(|&character| character == '\n').count())
}
