//! Ports of this machine.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use crate::failure::Failure;

/// Whether nobody listens on a port, at 127.0.0.1 or, where a browser looks for `localhost` first, at ::1.
pub fn is_free(port: u16) -> bool {
    let is_taken =
        |result: std::io::Result<TcpListener>| result.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse);
    !is_taken(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
        && !is_taken(TcpListener::bind((Ipv6Addr::LOCALHOST, port)))
}

/// A port of 127.0.0.1 that nobody listens on.
pub fn find_free() -> Result<u16, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Failure::io("find a free port"))
}
