//! Exports as the worker makes them, in the eyes of those who verify them: `eleva-verify` and `cargo ops audit verify`
//! (hardening D5, D6).

use std::{collections::BTreeMap, fmt, fs, io, net::Ipv4Addr, path::Path, process::Stdio};

use axum::{
    Router,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use evidence::{hex, signature::PublicKey};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, process::Command, task::JoinHandle};

use super::{
    Finished, Request, at, finished, october, queue, run,
    trail::{Rows, grow, organization},
};
use crate::app::{TestApp, world};

/// What a run of a program came to.
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    err: String,
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "exit status {:?}\n{}{}", self.code, self.out, self.err)
    }
}

async fn told_by(program: &str, arguments: &[&str]) -> Told {
    let mut command = Command::new(world().binaries.join(program));
    command.env_clear().args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs both programs, which have to come to the same.
pub(crate) async fn verified(arguments: &[&str]) -> Told {
    let one = told_by("eleva-verify", arguments).await;
    let other = told_by("ops", &[&["audit", "verify"], arguments].concat()).await;
    assert_eq!((one.code, &one.out), (other.code, &other.out), "{one}{other}");
    assert_eq!(one.err, "", "no bar without a terminal");
    one
}

/// The fingerprint of the only key of a public ring.
pub(crate) fn fingerprint(app: &TestApp, setting: &str) -> String {
    let (_, key) = app.settings()[setting].split_once(':').expect("a ring of one key");
    let key = STANDARD.decode(key).expect("base64").try_into().expect("32 bytes");
    PublicKey::from_bytes(&key).expect("a key").fingerprint()
}

/// Two exports of an organization with checkpoints, and what they are signed with.
async fn exported() -> (TestApp, [Finished; 2], [String; 2]) {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    grow(&app, org_id, Rows { first: at("2026-09-20T00:30:00Z"), step: 3600, count: 24 * 50, padding: 0 }).await;
    app.function("audit-daily").invoke(json!({})).await.unwrap_or_else(|error| panic!("{error}"));
    let november = Request {
        from: at("2026-11-01T00:00:00Z"),
        to: at("2026-11-09T12:00:00Z"),
        actions: Some(vec!["EVENT_UPDATED"]),
        ..october("csv")
    };
    let mut exports = Vec::new();
    for request in [october("jsonl"), november] {
        let id = queue(&owner, org_id, &request).await;
        run(&app).await;
        exports.push(finished(&app, &owner, id).await);
    }
    let fingerprints = ["EXPORT_VERIFYING_KEYS", "CHECKPOINT_VERIFYING_KEYS"].map(|setting| fingerprint(&app, setting));
    let Ok(exports) = exports.try_into() else { panic!("two exports") };
    (app, exports, fingerprints)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[tokio::test]
async fn d5_what_the_workers_make_is_in_order_alone_and_against_their_checkpoints() {
    let (app, [october, november], [exports, checkpoints]) = exported().await;
    let told = verified(&["--fingerprint", &exports, text(&october.rows)]).await;
    assert_eq!(told.code, Some(0), "{told}");
    assert!(told.out.contains("in order: 1 exports, 744 rows, "), "{told}");
    assert!(told.out.contains("Nothing was held against checkpoints"), "{told}");

    let held = app.exports().join("checkpoints");
    let trusted = ["--fingerprint", exports.as_str(), "--checkpoint-fingerprint", checkpoints.as_str()];
    let against = ["--against-checkpoints", text(&held), text(&october.manifest), text(&november.manifest)];
    let told = verified(&[trusted.as_slice(), &against].concat()).await;
    assert_eq!(told.code, Some(0), "{told}");
    assert!(told.out.contains("in order: 2 exports, 808 rows, "), "{told}");

    let all = ["--json", "--against-checkpoints", text(&held), text(app.exports())];
    let told = verified(&[trusted.as_slice(), &all].concat()).await;
    let report: Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!((told.code, &report["in_order"]), (Some(0), &json!(true)), "{told}");
    assert_eq!(report["checkpoints"]["count"], json!(1));
    let covered = &report["covered"][0];
    assert!(covered["covered_to"].as_i64() >= Some(1200), "the last row before the checkpoint: {told}");
    assert!(covered["checkpoint"].as_str().is_some_and(|name| name.contains("checkpoints/")), "{told}");

    let told = verified(&["--against-checkpoints", text(&held), text(app.exports())]).await;
    assert_eq!(told.code, Some(1), "{told}");
    assert!(told.out.contains(&exports) && told.out.contains(&checkpoints), "{told}");
}

#[tokio::test]
async fn d5_an_export_of_a_period_that_was_not_over_is_covered_by_no_checkpoint_and_it_is_said() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora").await;
    let hour = SignedDuration::from_hours(1);
    grow(&app, org_id, Rows { first: Timestamp::now() - 2 * hour, step: 60, count: 8, padding: 0 }).await;
    app.function("audit-daily").invoke(json!({})).await.unwrap_or_else(|error| panic!("{error}"));
    let [before, after] = [Timestamp::now() - hour, Timestamp::now() + hour];
    let held = app.exports().join("checkpoints");
    let [exports, checkpoints] =
        ["EXPORT_VERIFYING_KEYS", "CHECKPOINT_VERIFYING_KEYS"].map(|setting| fingerprint(&app, setting));
    let trusted = ["--fingerprint", &exports, "--checkpoint-fingerprint", &checkpoints];
    for (to, code) in [(before, 0), (after, 1)] {
        let id = queue(&owner, org_id, &Request { from: before - 24 * hour, to, ..october("jsonl") }).await;
        run(&app).await;
        let export = finished(&app, &owner, id).await;
        let against = ["--against-checkpoints", text(&held), text(&export.manifest)];
        let told = verified(&[trusted.as_slice(), &against].concat()).await;
        assert_eq!(told.code, Some(code), "{told}");
        assert_eq!(told.out.contains("the export was made before its period was over"), code == 1, "{told}");
    }
}

#[tokio::test]
async fn d5_what_somebody_changed_in_the_store_is_found() {
    let (app, [october, _], [exports, checkpoints]) = exported().await;
    let mut bytes = fs::read(&october.rows).expect("the rows");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::remove_file(&october.rows).expect("it was there");
    fs::write(&october.rows, bytes).expect("the rows");
    let told =
        verified(&["--fingerprint", &exports, "--checkpoint-fingerprint", &checkpoints, text(app.exports())]).await;
    assert_eq!(told.code, Some(1), "{told}");
    let name = text(Path::new(october.rows.file_name().expect("a name")));
    let differs = format!("{name}: another file: its SHA-256 is not the one that the manifest names");
    assert!(told.out.lines().any(|line| line == differs), "{told}");
    assert!(told.out.contains("NOT in order: "), "{told}");
}

/// Files behind a port of this machine, each at its own address with a query that nobody is to see. Dropped, it stops.
struct Server {
    origin: String,
    serving: JoinHandle<()>,
}

impl Server {
    async fn of(files: &[&Path]) -> Self {
        let name = |path: &Path| text(Path::new(path.file_name().expect("a name"))).to_owned();
        let read = |path: &&Path| (name(path), fs::read(path).expect("a file"));
        let files: BTreeMap<String, Vec<u8>> = files.iter().map(read).collect();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(async move |uri: Uri| answer(&files, &uri));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { origin, serving }
    }

    fn address(&self, path: &str) -> String {
        format!("{}/{path}?signature=confidential", self.origin)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn answer(files: &BTreeMap<String, Vec<u8>>, uri: &Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(index) = path.strip_prefix("number/").and_then(|number| number.parse::<usize>().ok()) {
        let (name, file) = files.iter().nth(index).expect("a file");
        let disposition = format!("attachment; filename=\"{name}\"");
        return ([(header::CONTENT_DISPOSITION, disposition)], file.clone()).into_response();
    }
    match path {
        "sent-on" => (StatusCode::FOUND, [(header::LOCATION, "/number/0")]).into_response(),
        "sent-away" => (StatusCode::FOUND, [(header::LOCATION, "https://127.0.0.1:1/number/0")]).into_response(),
        "sent-out" => (StatusCode::FOUND, [(header::LOCATION, "http://192.0.2.1/number/0")]).into_response(),
        name => match files.get(name) {
            Some(file) => file.clone().into_response(),
            None => StatusCode::FORBIDDEN.into_response(),
        },
    }
}

#[tokio::test]
async fn d5_exports_are_fetched_from_presigned_addresses_and_nothing_of_those_is_shown() {
    let (_app, [october, _], [exports, _]) = exported().await;
    let left_out = october.left_out.as_deref().expect("rows left out");
    let server = Server::of(&[&october.manifest, &october.rows, left_out]).await;
    let fetch = async |paths: &[&str]| {
        let addresses: Vec<String> = paths.iter().map(|path| server.address(path)).collect();
        let mut arguments = vec!["audit", "verify", "--fingerprint", &exports];
        arguments.extend(addresses.iter().map(String::as_str));
        let told = told_by("ops", &arguments).await;
        assert!(!told.to_string().contains("confidential"), "{told}");
        told
    };
    let told = fetch(&["number/0", "number/1", "number/2"]).await;
    assert_eq!(told.code, Some(0), "{told}");
    let size = fs::metadata(&october.rows).expect("the rows").len();
    let name = text(Path::new(october.rows.file_name().expect("a name")));
    assert!(told.out.contains(&format!("fetched {name}: {size} bytes")), "{told}");
    // Without a name in the answer, by that in the address.
    let beside = text(Path::new(left_out.file_name().expect("a name")));
    let told = fetch(&["sent-on", beside, "number/2"]).await;
    assert_eq!(told.code, Some(0), "{told}");
    let told = fetch(&["number/0", "sent-on"]).await;
    assert!(told.err.contains(&format!("several of the addresses have a file {name}")), "{told}");

    let manifest = text(Path::new(october.manifest.file_name().expect("a name"))).to_owned();
    let told = fetch(&[&manifest]).await;
    assert_eq!(told.code, Some(1), "{told}");
    assert!(told.out.contains(&format!("{name}: not there: ")), "{told}");
    for (path, said) in [
        ("nothing", "the answer is 403 Forbidden"),
        ("sent-away", "error following redirect"),
        ("sent-out", "error following redirect"),
    ] {
        let told = fetch(&[path]).await;
        assert_eq!((told.code, told.out.as_str()), (Some(1), ""), "{told}");
        assert!(told.err.contains(said), "{told}");
    }
    for address in ["http://192.0.2.1/a?signature=confidential", "http:/192.0.2.1/a?signature=confidential"] {
        let told = told_by("ops", &["audit", "verify", "exports", address]).await;
        assert_eq!(told.code, Some(1), "{told}");
        assert!(told.err.contains("the 1st address is none of a file by https"), "{told}");
        assert!(!told.err.contains("192.0.2") && !told.err.contains("confidential"), "{told}");
    }
}

#[tokio::test]
async fn d5_a_pipe_that_nobody_reads_is_the_end_and_changes_no_verdict() {
    let (_app, [october, _], [exports, _]) = exported().await;
    let manifest = text(&october.manifest);
    for (program, command) in [("eleva-verify", [].as_slice()), ("ops", &["audit", "verify"])] {
        for (arguments, code) in [
            (["--fingerprint", &exports, manifest].as_slice(), 0),
            (&["--fingerprint", &exports, "--json", manifest], 0),
            (&[manifest], 1),
        ] {
            let (reader, writer) = io::pipe().expect("a pipe");
            drop(reader);
            let mut running = Command::new(world().binaries.join(program));
            running.env_clear().args(command).args(arguments).stdin(Stdio::null()).stdout(writer);
            let child = running.stderr(Stdio::piped()).kill_on_drop(true).spawn().expect("it starts");
            let output = child.wait_with_output().await.expect("it ends");
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), &*told), (Some(code), ""), "{program} {arguments:?}");
        }
    }
}

#[tokio::test]
async fn d5_a_file_that_nobody_vouches_for_is_found_and_those_that_are_verified_are_told() {
    let (_app, [october, _], [exports, _]) = exported().await;
    let arguments = ["--fingerprint", &exports, "--json", text(&october.manifest)];
    let told = verified(&arguments).await;
    let report: Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(told.code, Some(0), "{told}");
    let left_out = october.left_out.as_deref().expect("rows left out");
    let file = |role, path: &Path| {
        let name = text(Path::new(path.file_name().expect("a name")));
        json!({"role": role, "name": name, "sha256": hex::encode(&Sha256::digest(fs::read(path).expect("a file")))})
    };
    assert_eq!(report["exports"][0]["files"], json!([file("rows", &october.rows), file("left_out", left_out)]));

    fs::copy(&october.rows, october.rows.with_file_name("rows.jsonl.gz")).expect("a copy");
    let told = verified(&arguments).await;
    let report: Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(told.code, Some(1), "{told}");
    let findings = report["findings"].as_array().expect("findings");
    let found =
        (&findings[0]["finding"], findings[0]["file"].as_str().is_some_and(|file| file.ends_with("/rows.jsonl.gz")));
    assert_eq!((found, findings.len()), ((&json!("file_differs"), true), 1), "{told}");
}

#[tokio::test]
async fn d5_either_the_database_or_exports_are_verified() {
    for arguments in [
        ["audit", "verify", "--database", "folder"].as_slice(),
        &["audit", "verify", "--database", "--fingerprint", "00"],
        &["audit", "verify", "folder", "--organization", "org_1"],
        &["audit", "verify"],
    ] {
        let told = told_by("ops", arguments).await;
        assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{arguments:?}: {told}");
    }
    assert_eq!(told_by("eleva-verify", &[]).await.code, Some(2));
    assert_eq!(told_by("eleva-verify", &["/nowhere"]).await.code, Some(1));
}
