//! Asks an HTTP server on this machine for a page: just enough of HTTP/1.1 (RFC 9112) to see that it answers.

use std::io::{Error, ErrorKind, Result};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The status code that `GET path` is answered with on a port of 127.0.0.1.
pub async fn get(port: u16, path: &str) -> Result<u16> {
    ask(
        port,
        &format!("GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\naccept: text/html\r\nconnection: close\r\n\r\n"),
    )
    .await
}

/// The same of `POST path` with a JSON document.
pub async fn post(port: u16, path: &str, document: &str) -> Result<u16> {
    let length = document.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost:{port}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{document}"
    );
    ask(port, &request).await
}

async fn ask(port: u16, request: &str) -> Result<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    parse_status(&answer).ok_or_else(|| Error::new(ErrorKind::InvalidData, "the answer is not HTTP"))
}

fn parse_status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|&byte| byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse_status;

    #[test]
    fn the_status_is_read() {
        assert_eq!(parse_status(b"HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n"), Some(302));
        assert_eq!(parse_status(b"SSH-2.0-OpenSSH_9\r\n"), None);
        assert_eq!(parse_status(b""), None);
    }
}
