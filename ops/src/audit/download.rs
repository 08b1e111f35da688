//! Fetching exports from addresses, which may be presigned: nothing but host and path of one is ever shown.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{
    Client, Response, StatusCode, Url,
    header::{CONTENT_DISPOSITION, HeaderMap},
    redirect::{Attempt, Policy},
};
use tokio::{fs::OpenOptions, io::AsyncWriteExt as _};

use crate::progress::Progress;

/// How long connecting may take, and waiting for the next piece.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often one may be sent on.
const MOST_REDIRECTS: usize = 5;

/// A file that was fetched.
pub(super) struct Fetched {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) size: u64,
}

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    #[error("{0} is no address of a file by https, or by http on this machine")]
    Address(String),
    #[error("cannot fetch {place}: {error}")]
    Transfer { place: String, error: reqwest::Error },
    #[error("cannot fetch {place}: the answer is {status}")]
    Refused { place: String, status: StatusCode },
    #[error("cannot tell the name of the file at {0}")]
    Name(String),
    #[error("several of the addresses have a file {0}")]
    Twice(String),
    #[error("cannot write what was fetched: {0}")]
    Write(io::Error),
}

/// One is sent on to where nothing is fetched from.
#[derive(Debug, thiserror::Error)]
#[error("it leads to an address of another kind, or too far")]
struct Astray;

/// Fetches files into a folder, by the names that their servers have for them.
pub(super) async fn fetch(addresses: &[&String], folder: &Path) -> Result<Vec<Fetched>, DownloadError> {
    let client = Client::builder()
        .connect_timeout(PATIENCE)
        .read_timeout(PATIENCE)
        .redirect(Policy::custom(redirect))
        // Of a presigned address, whoever it leads to learns nothing.
        .referer(false)
        .build()
        .map_err(|error| DownloadError::Transfer { place: "anything".to_owned(), error })?;
    let mut fetched = Vec::new();
    for address in addresses {
        fetched.push(fetch_one(&client, address, folder).await?);
    }
    Ok(fetched)
}

async fn fetch_one(client: &Client, address: &str, folder: &Path) -> Result<Fetched, DownloadError> {
    let without_query = || address.split(['?', '#']).next().unwrap_or_default();
    let url = Url::parse(address).ok().filter(is_allowed);
    let url = url.ok_or_else(|| DownloadError::Address(without_secrets(without_query())))?;
    let place = place(&url);
    let failed = |error: reqwest::Error| DownloadError::Transfer { place: place.clone(), error: error.without_url() };
    let mut response = client.get(url).send().await.map_err(failed)?;
    if response.status() != StatusCode::OK {
        return Err(DownloadError::Refused { place, status: response.status() });
    }
    let name = name(&response).ok_or_else(|| DownloadError::Name(place.clone()))?;
    let path = folder.join(&name);
    let opened = OpenOptions::new().write(true).create_new(true).open(&path).await;
    let mut file = opened.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => DownloadError::Twice(name.clone()),
        _ => DownloadError::Write(error),
    })?;
    let progress = Progress::new(response.content_length().unwrap_or_default(), "bytes");
    let mut size = 0;
    while let Some(piece) = response.chunk().await.map_err(failed)? {
        file.write_all(&piece).await.map_err(DownloadError::Write)?;
        size += piece.len() as u64;
        progress.advance(piece.len() as u64);
    }
    file.flush().await.map_err(DownloadError::Write)?;
    Ok(Fetched { name, path, size })
}

/// https, or http that does not leave this machine.
fn is_allowed(url: &Url) -> bool {
    let is_loopback = match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            host.trim_matches(['[', ']']).parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        None => false,
    };
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback,
        _ => false,
    }
}

/// Goes on only to addresses of the same scheme.
fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let is_same_scheme = attempt.previous().iter().all(|before| before.scheme() == attempt.url().scheme());
    match is_same_scheme && is_allowed(attempt.url()) && attempt.previous().len() <= MOST_REDIRECTS {
        true => attempt.follow(),
        false => attempt.error(Astray),
    }
}

/// What may be shown of an address.
fn place(url: &Url) -> String {
    format!("{}{}", url.host_str().unwrap_or_default(), url.path())
}

/// An address that is none, without a name and password that it may begin with.
fn without_secrets(address: &str) -> String {
    match address.split_once('@') {
        Some((_, rest)) => rest.to_owned(),
        None => address.to_owned(),
    }
}

/// The file's name: what the server says, or the end of the address.
fn name(response: &Response) -> Option<String> {
    let from_address = || response.url().path_segments()?.next_back().map(str::to_owned);
    let name = name_of(response.headers()).or_else(from_address)?;
    let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    (!name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain)).then_some(name)
}

/// The name in Content-Disposition (RFC 6266).
fn name_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_DISPOSITION)?.to_str().ok()?;
    let parameter = value.split(';').find_map(|parameter| parameter.trim().strip_prefix("filename="))?;
    Some(parameter.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::{is_allowed, name_of, without_secrets};

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        let allowed = |text: &str| is_allowed(&Url::parse(text).expect("an address"));
        for address in ["https://s3.example/a?b=c", "http://127.0.0.1:9000/a", "http://localhost/a", "http://[::1]/a"] {
            assert!(allowed(address), "{address}");
        }
        for address in
            ["http://s3.example/a", "http://127.0.0.1.example/a", "ftp://127.0.0.1/a", "file:///etc/hostname"]
        {
            assert!(!allowed(address), "{address}");
        }
    }

    #[test]
    fn a_file_has_the_name_that_its_server_gives_it() {
        let name = |value: &str| {
            let value = value.parse().expect("a header");
            name_of(&[(reqwest::header::CONTENT_DISPOSITION, value)].into_iter().collect())
        };
        assert_eq!(name("attachment; filename=\"audit.jsonl.gz\"").as_deref(), Some("audit.jsonl.gz"));
        assert_eq!(name("attachment; filename=audit.csv.gz").as_deref(), Some("audit.csv.gz"));
        assert_eq!(name("attachment"), None);
        assert_eq!(without_secrets("http://user:password@host/a"), "host/a");
    }
}
