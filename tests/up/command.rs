//! The command: what it prints, what it leaves, how it ends.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    time::Duration,
};

use tokio::time::timeout;
use url::Url;

use super::{Up, folder, output, spawn};

fn port_of(url: &str) -> u16 {
    url.parse::<Url>().expect("a URL").port().expect("a port")
}

fn is_listening(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[tokio::test]
async fn it_says_where_and_who_and_leaves_nothing_running() {
    let up = Up::start("command", &[], &[]).await;
    let said = up.output();
    for part in [&up.world.public_url, "owner@aurora.example", "billing-admin@norte.example", "suspended", "invited"] {
        assert!(said.contains(part), "{part} is missing:\n{said}");
    }
    for secret in [&up.world.app_database_url, &up.world.owner_database_url] {
        let password = secret.parse::<Url>().expect("a URL").password().expect("a password").to_owned();
        assert!(!said.contains(&password), "it prints no password");
    }
    let log = fs::read_to_string(up.folder.join("log/functions.log")).expect("the functions' log");
    let done = log.lines().find(|line| line.contains("audit-daily") && line.contains("done"));
    assert!(done.is_some_and(|line| line.contains("\\\"failed\\\":0")), "the worker ran as by its schedule: {log}");
    for file in ["world.json", "secrets.json", "env", "workos.json"] {
        let mode = fs::metadata(up.folder.join(file)).expect("the file is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file} is for its owner only");
    }
    let ports = [up.port, port_of(&up.world.workos_url), port_of(&up.world.owner_database_url)];
    assert!(ports.iter().all(|port| is_listening(*port)), "{ports:?}");
    let folder = up.folder.clone();
    up.stop().await;
    assert!(ports.iter().all(|port| !is_listening(*port)), "{ports:?}");
    assert!(!folder.join("world.json").exists(), "its addresses are of no use any more");

    // Data and sessions outlast it.
    let again = Up::start("command", &[], &[]).await;
    assert!(again.output().contains("owner@aurora.example"));
    again.stop().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_what_to_do() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let folder = folder("taken");
    let mut child = spawn(&folder, port, &[], &[]);
    timeout(Duration::from_secs(60), child.ended()).await.expect("it ends by itself");
    let said = output(&folder);
    assert!(said.contains(&format!("port {port} is taken")) && said.contains("--port"), "{said}");
}

#[tokio::test]
async fn another_workos_takes_its_credentials_from_the_environment() {
    let folder = folder("credentials");
    let port = dev::ports::find_free().expect("a free port");
    let mut child = spawn(&folder, port, &["--workos-url", "https://api.workos.example"], &[]);
    timeout(Duration::from_secs(60), child.ended()).await.expect("it ends by itself");
    let said = output(&folder);
    assert!(said.contains("WORKOS_CLIENT_ID"), "{said}");
}
