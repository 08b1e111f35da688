//! Ports of this machine.

use std::{
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    ops::Range,
};

use crate::{failure::Failure, secrets};

/// Whether nobody listens on a port, at 127.0.0.1 or, where a browser looks for `localhost` first, at ::1.
pub fn is_free(port: u16) -> bool {
    let is_taken =
        |result: std::io::Result<TcpListener>| result.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse);
    !is_taken(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
        && !is_taken(TcpListener::bind((Ipv6Addr::LOCALHOST, port)))
}

/// What is handed out: above what well-known servers take, below what the kernel gives to outgoing connections and to
/// whoever asks for any port (`net.ipv4.ip_local_port_range`, 32768 and up).
const HANDED_OUT: Range<u16> = 10_240..32_768;

/// A port of 127.0.0.1 that nobody listens on, for a program that must be told its number.
///
/// Between this and the program's start somebody could take it. The kernel gives it to nobody by itself, and two
/// callers seldom draw the same.
pub fn find_free() -> Result<u16, Failure> {
    for _ in 0..100 {
        let mut drawn = [0; 2];
        secrets::fill(&mut drawn)?;
        let port = HANDED_OUT.start + u16::from_le_bytes(drawn) % (HANDED_OUT.end - HANDED_OUT.start);
        if is_free(port) {
            return Ok(port);
        }
    }
    Err(Failure::Unmet("a hundred ports drawn at random are all taken".to_owned()))
}
