//! The address of a database, with the rules that hold for every connection of ours.

use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

/// A parsed connection URL. It has no `Debug`: it holds a password.
#[derive(Clone)]
pub struct DatabaseUrl {
    config: Config,
}

/// Why a connection URL was refused. Never holds any part of it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DatabaseUrlError {
    /// Not a `postgresql://` URL.
    #[error("not a postgresql:// URL")]
    Syntax,
    /// No host, several hosts, or a socket directory.
    #[error("expected exactly one TCP host")]
    Host,
    /// No user or no password.
    #[error("expected a user and a password")]
    Credentials,
    /// Encryption switched off for a host that is not this machine.
    #[error("sslmode=disable is accepted for loopback addresses only")]
    Unencrypted,
    /// `options` would be a session setting, which a transaction-mode pooler refuses or leaks to the next client.
    #[error("the parameter options is not supported through a pooler")]
    Options,
}

impl DatabaseUrl {
    /// Parses a URL. Unless the host is a loopback address with `sslmode=disable`, the connection will be encrypted
    /// and the server's certificate and name verified, whatever `sslmode` says.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        let mut config: Config = text.parse().map_err(|_| DatabaseUrlError::Syntax)?;
        let loopback = match config.get_hosts() {
            [Host::Tcp(host)] => matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1"),
            _ => return Err(DatabaseUrlError::Host),
        };
        if config.get_user().is_none() || config.get_password().is_none() {
            return Err(DatabaseUrlError::Credentials);
        }
        if config.get_options().is_some() {
            return Err(DatabaseUrlError::Options);
        }
        match config.get_ssl_mode() {
            SslMode::Disable if loopback => {}
            SslMode::Disable => return Err(DatabaseUrlError::Unencrypted),
            _ => {
                config.ssl_mode(SslMode::Require);
            }
        }
        Ok(Self { config })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// The host that is connected to.
    pub fn host(&self) -> &str {
        match self.config.get_hosts() {
            [Host::Tcp(host)] => host,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, DatabaseUrlError as Error};

    #[test]
    fn only_encrypted_or_loopback_addresses_are_taken() {
        for (url, expected) in [
            ("postgresql://u:p@db.example/eleva?sslmode=require", Ok(())),
            ("postgresql://u:p@db.example/eleva", Ok(())),
            ("postgresql://u:p@127.0.0.1:5433/eleva?sslmode=disable", Ok(())),
            ("postgresql://u:p@db.example/eleva?sslmode=disable", Err(Error::Unencrypted)),
            ("postgresql://u:p@localhost.evil.example/eleva?sslmode=disable", Err(Error::Unencrypted)),
            ("postgresql://u@db.example/eleva", Err(Error::Credentials)),
            ("postgresql://u:p@a.example,b.example/eleva", Err(Error::Host)),
            ("postgresql://u:p@%2Fvar%2Frun/eleva", Err(Error::Host)),
            ("postgresql://u:p@db.example/eleva?options=-csearch_path%3Dx", Err(Error::Options)),
            ("mysql://u:p@db.example/eleva", Err(Error::Syntax)),
        ] {
            assert_eq!(DatabaseUrl::parse(url).map(|_| ()), expected, "{url}");
        }
    }
}
