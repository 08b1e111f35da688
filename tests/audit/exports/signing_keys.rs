//! The keys that sign: anybody's to have, whatever else works.

use std::net::{Ipv4Addr, TcpListener};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::OWNER;
use crate::{app::TestApp, web::Call};

const PATH: &str = "/audit/signing-keys";

/// What is to be said of the keys of a ring.
fn expected(ring: &str) -> Value {
    let keys = ring.split(',').map(|entry| {
        let (key_id, public_key) = entry.split_once(':').expect("a key id and a key");
        // RFC 8410, section 10.1.
        let der =
            [&b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"[..], &STANDARD.decode(public_key).expect("a key")];
        let der = der.concat();
        let fingerprint: String = Sha256::digest(&der).iter().map(|byte| format!("{byte:02x}")).collect();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&der));
        json!({
            "key_id": key_id, "algorithm": "Ed25519", "public_key": public_key, "pem": pem, "fingerprint": fingerprint,
        })
    });
    keys.collect()
}

#[tokio::test]
async fn anybody_gets_the_keys_that_sign_the_one_in_force_first() {
    let newer = "k2:A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    let app = TestApp::start().await;
    let ring = format!("{newer},{}", app.settings()["EXPORT_VERIFYING_KEYS"]);
    let app = TestApp::setup().setting("EXPORT_VERIFYING_KEYS", &ring).start().await;
    let answer = app.client().get(PATH).await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, Some("application/json")));
    let keys = answer.json();
    assert_eq!(keys["exports"], expected(&ring));
    assert_eq!(keys["checkpoints"], expected(&app.settings()["CHECKPOINT_VERIFYING_KEYS"]));
    assert_eq!(keys["exports"][0]["key_id"], "k2");
    for secret in ["EXPORT_SIGNING_KEY", "CHECKPOINT_SIGNING_KEY"] {
        let (_, seed) = app.settings()[secret].split_once(':').expect("a ring");
        assert!(!answer.text().contains(seed), "{secret}");
    }
}

#[tokio::test]
async fn caches_may_keep_the_keys_but_not_what_somebody_signed_in_was_sent() {
    let app = TestApp::start().await;
    let answer = app.client().get(PATH).await;
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.header("vary"), Some("Cookie, Accept"), "a page is another answer");
    assert!(answer.set_cookies().is_empty());
    let client = app.client_of(OWNER).await;
    let signed_in = client.get(PATH).await;
    assert_eq!(signed_in.header("cache-control"), Some("private, no-store"));
    assert_eq!(signed_in.json(), answer.json());
    let broken = Call::new("GET", PATH).header("cookie", "__Host-eleva-session=garbage");
    let broken = app.send(broken).await;
    assert_eq!((broken.status(), broken.header("cache-control")), (200, Some("private, no-store")));
}

#[tokio::test]
async fn no_database_is_asked_for_the_keys() {
    // Whoever connects to it is noticed.
    let database = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    database.set_nonblocking(true).expect("it can be asked without waiting");
    let port = database.local_addr().expect("an address").port();
    let app = TestApp::setup().pgbouncer_port(port).start().await;
    assert_eq!(app.client().get(PATH).await.status(), 200);
    let page = app.browser().get(PATH).await;
    assert_eq!((page.status(), page.heading().as_str()), (200, "Keys that sign"));
    assert!(database.accept().is_err(), "nobody connected");
}

#[tokio::test]
async fn the_page_has_what_the_document_has_for_people() {
    let app = TestApp::start().await;
    let keys = app.client().get(PATH).await.json();
    let page = app.browser().get(PATH).await;
    for list in ["exports", "checkpoints"] {
        let shown = page.texts(&format!("section[aria-labelledby={list}] code"));
        let key = &keys[list][0];
        assert_eq!(shown, [&key["fingerprint"], &key["public_key"]].map(|text| text.as_str().expect("a text")));
        assert_eq!(page.texts(&format!("section[aria-labelledby={list}] .badge")), ["in force"]);
    }
    assert!(page.source().contains("-----BEGIN PUBLIC KEY-----\n"), "lines stay lines: {}", page.source());
    assert!(!page.has("nav, form, script"));
}
