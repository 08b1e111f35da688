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

/// How many bytes of a manifest are fetched.
const LONGEST_MANIFEST: u64 = 1024 * 1024;
/// How many of a file of rows.
const LONGEST_FILE: u64 = 16 * 1024 * 1024 * 1024;

/// How the files end that are fetched, and how long they may be.
const KINDS: [(&str, u64); 3] =
    [(".manifest.json", LONGEST_MANIFEST), (".jsonl.gz", LONGEST_FILE), (".csv.gz", LONGEST_FILE)];

/// A file that was fetched.
pub(super) struct Fetched {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) size: u64,
}

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    #[error("the {} address is none of a file by https, or by http on this machine", ordinal(*.0))]
    Address(usize),
    #[error("cannot fetch {place}: {error}")]
    Transfer { place: String, error: reqwest::Error },
    #[error("cannot fetch {place}: the answer is {status}")]
    Refused { place: String, status: StatusCode },
    #[error("the file at {0} has no name of an export's (….manifest.json, ….jsonl.gz, ….csv.gz)")]
    Name(String),
    #[error("the file at {place} is longer than {longest} bytes")]
    Length { place: String, longest: u64 },
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
    let mut urls = Vec::new();
    for (position, address) in addresses.iter().enumerate() {
        // Nothing of one is told that is refused: who knows where in it a secret stands.
        let url = Url::parse(address).ok().filter(is_allowed);
        urls.push(url.ok_or(DownloadError::Address(position + 1))?);
    }
    let client = client(PATIENCE).map_err(|error| DownloadError::Transfer { place: "anything".to_owned(), error })?;
    let mut fetched = Vec::new();
    for url in urls {
        fetched.push(fetch_one(&client, url, folder).await?);
    }
    Ok(fetched)
}

fn client(patience: Duration) -> reqwest::Result<Client> {
    Client::builder()
        .connect_timeout(patience)
        .read_timeout(patience)
        .redirect(Policy::custom(redirect))
        // Of a presigned address, whoever it leads to learns nothing.
        .referer(false)
        .build()
}

async fn fetch_one(client: &Client, url: Url, folder: &Path) -> Result<Fetched, DownloadError> {
    let place = place(&url);
    let failed = |error: reqwest::Error| DownloadError::Transfer { place: place.clone(), error: error.without_url() };
    let mut response = client.get(url).send().await.map_err(failed)?;
    if response.status() != StatusCode::OK {
        return Err(DownloadError::Refused { place, status: response.status() });
    }
    let (name, longest) = name(&response).ok_or_else(|| DownloadError::Name(place.clone()))?;
    let too_long = || DownloadError::Length { place: place.clone(), longest };
    if response.content_length().is_some_and(|length| length > longest) {
        return Err(too_long());
    }
    let path = folder.join(&name);
    let opened = OpenOptions::new().write(true).create_new(true).open(&path).await;
    let mut file = opened.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => DownloadError::Twice(name.clone()),
        _ => DownloadError::Write(error),
    })?;
    let progress = Progress::new(response.content_length().unwrap_or_default(), "bytes");
    let mut size = 0;
    while let Some(piece) = response.chunk().await.map_err(failed)? {
        size += piece.len() as u64;
        if size > longest {
            return Err(too_long());
        }
        file.write_all(&piece).await.map_err(DownloadError::Write)?;
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

/// 1st, 2nd, 3rd, 4th.
fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The file's name, what the server says or the end of the address, and how long it may be; `None` where it is none of an
/// export's.
fn name(response: &Response) -> Option<(String, u64)> {
    let from_address = || response.url().path_segments()?.next_back().map(str::to_owned);
    let name = name_of(response.headers()).or_else(from_address)?;
    let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    let (_, longest) = KINDS.into_iter().find(|(end, _)| name.ends_with(end))?;
    (!name.starts_with('.') && name.chars().all(is_plain)).then_some((name, longest))
}

/// The name in Content-Disposition (RFC 6266).
fn name_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_DISPOSITION)?.to_str().ok()?;
    let parameter = value.split(';').find_map(|parameter| parameter.trim().strip_prefix("filename="))?;
    Some(parameter.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use std::{fs, net::Ipv4Addr, time::Duration};

    use reqwest::Url;
    use tempfile::tempdir;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::{DownloadError, Fetched, LONGEST_FILE, client, fetch, fetch_one, is_allowed, name_of, ordinal};

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
    }

    #[tokio::test]
    async fn d5_nothing_is_told_of_an_address_that_is_refused_but_where_it_stands() {
        let folder = tempdir().expect("a folder");
        let good = "http://127.0.0.1:1/audit.csv.gz".to_owned();
        for address in [
            "http://confidential@192.0.2.1/confidential?signature=confidential",
            "ftp://127.0.0.1/confidential",
            "https://confidential.example:99999/",
            "https://[confidential",
            "'https://confidential.example/'",
        ] {
            let address = address.to_owned();
            // Before anything is fetched.
            let error = fetch(&[&good, &address], folder.path()).await.err().expect("it is refused");
            let expected = "the 2nd address is none of a file by https, or by http on this machine";
            assert_eq!(error.to_string(), expected, "{address}");
            assert!(!format!("{error:?}").contains("confidential"), "{error:?}");
        }
        let ordinals = [1, 3, 4, 11, 12, 13, 21, 22, 103, 112].map(ordinal);
        assert_eq!(ordinals, ["1st", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "103rd", "112th"]);
    }

    /// What comes of fetching `name` from a server that answers with this, and then with nothing more as long as the
    /// connection lasts. Also how many bytes lie in the folder then.
    async fn fetched(name: &str, answer: Vec<u8>, patience: Duration) -> (Result<Fetched, DownloadError>, u64) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = format!("http://{}/{name}?signature=confidential", listener.local_addr().expect("an address"));
        let serving = tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.expect("a connection");
            let mut request = [0; 4096];
            let _ = connection.read(&mut request).await;
            // Whoever has seen enough hangs up.
            let _ = connection.write_all(&answer).await;
            while connection.read(&mut request).await.is_ok_and(|count| count > 0) {}
        });
        let folder = tempdir().expect("a folder");
        let url = Url::parse(&address).expect("an address");
        let result = fetch_one(&client(patience).expect("a client"), url, folder.path()).await;
        serving.abort();
        let entries = fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry"));
        let size = entries.map(|entry| entry.metadata().expect("its length").len()).sum();
        if let Err(error) = &result {
            assert!(!format!("{error} {error:?}").contains("confidential"), "{error:?}");
        }
        (result, size)
    }

    /// An answer that says how long it is.
    fn whole(length: u64) -> Vec<u8> {
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes()
    }

    /// One that does not.
    fn in_pieces(length: usize) -> Vec<u8> {
        let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        let piece = vec![b'x'; 64 * 1024];
        for _ in 0..length / piece.len() {
            answer.extend_from_slice(b"10000\r\n");
            answer.extend_from_slice(&piece);
            answer.extend_from_slice(b"\r\n");
        }
        answer
    }

    const LONG: Duration = Duration::from_secs(30);
    const MEBIBYTE: usize = 1024 * 1024;

    #[tokio::test]
    async fn d5_a_file_that_says_it_is_too_long_is_not_fetched() {
        for (name, longest) in [
            ("audit.manifest.json", MEBIBYTE as u64),
            ("audit.jsonl.gz", LONGEST_FILE),
            ("audit.left-out.jsonl.gz", LONGEST_FILE),
            ("audit.csv.gz", LONGEST_FILE),
        ] {
            let (result, size) = fetched(name, whole(longest + 1), LONG).await;
            let error = result.err().expect("it is too long");
            assert_eq!(error.to_string(), format!("the file at 127.0.0.1/{name} is longer than {longest} bytes"));
            assert_eq!(size, 0);
        }
    }

    #[tokio::test]
    async fn d5_a_file_that_does_not_say_how_long_it_is_is_fetched_up_to_where_it_is_too_long() {
        let mut answer = in_pieces(MEBIBYTE);
        answer.extend_from_slice(b"0\r\n\r\n");
        let (result, size) = fetched("audit.manifest.json", answer, LONG).await;
        assert_eq!((result.expect("as long as it may be").size, size), (MEBIBYTE as u64, MEBIBYTE as u64));
        let (result, size) = fetched("audit.manifest.json", in_pieces(4 * MEBIBYTE), LONG).await;
        assert!(matches!(result, Err(DownloadError::Length { .. })));
        assert!(size <= MEBIBYTE as u64, "{size}");
    }

    #[tokio::test]
    async fn d5_a_file_whose_name_is_none_of_an_export_s_is_not_fetched() {
        for name in ["2026/10/01.json", "audit.jsonl", "audit.tar.gz", ".csv.gz", "", "a%20b.csv.gz", "audit.csv.gz.sh"]
        {
            let (result, size) = fetched(name, whole(0), LONG).await;
            let error = result.err().expect("it is refused").to_string();
            assert!(error.contains("has no name of an export's"), "{name}: {error}");
            assert_eq!(size, 0);
        }
    }

    #[tokio::test]
    async fn d5_a_server_that_goes_quiet_is_waited_for_no_longer_than_the_patience_lasts() {
        let mut halfway = whole(10);
        halfway.extend_from_slice(b"12345");
        for answer in [Vec::new(), whole(10), halfway] {
            let (result, _) = fetched("audit.csv.gz", answer, Duration::from_millis(200)).await;
            let Err(DownloadError::Transfer { error, .. }) = result else { panic!("it never ends") };
            assert!(error.is_timeout(), "{error:?}");
        }
    }
}
