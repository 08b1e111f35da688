//! `GET /audit/signing-keys`: the public keys that sign exports and checkpoints. Anybody may have them, and nothing of
//! the database is asked: whoever verifies an export years from now has no session here.

use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};
use eleva::{
    App,
    http::{Problem, Reply, Request},
    page::Layout,
    session::SessionCookie,
};
use evidence::signature::PublicKey;
use http::StatusCode;
use serde::Serialize;

/// A few minutes: a new key is to be found soon after it signs.
const PUBLIC: &str = "public, max-age=300";

#[derive(Serialize)]
struct SigningKeys {
    exports: Vec<Key>,
    checkpoints: Vec<Key>,
}

/// A public key; the first of a list is the one that signs.
#[derive(Serialize)]
struct Key {
    /// What the signer calls it.
    key_id: String,
    algorithm: &'static str,
    /// The 32 bytes of RFC 8032, in base64.
    public_key: String,
    /// The same as OpenSSL reads it.
    pem: String,
    fingerprint: String,
}

#[derive(Template)]
#[template(path = "signing_keys.html")]
struct SigningKeysPage<'a> {
    layout: Layout<'a>,
    keys: &'a SigningKeys,
}

impl Key {
    fn new((key_id, key): &(String, PublicKey)) -> Self {
        Self {
            key_id: key_id.clone(),
            algorithm: "Ed25519",
            public_key: STANDARD.encode(key.to_bytes()),
            pem: key.to_pem(),
            fingerprint: key.fingerprint(),
        }
    }
}

impl SigningKeysPage<'_> {
    /// What is signed, with its keys: id and title on the page.
    fn lists(&self) -> [(&'static str, &'static str, &[Key]); 2] {
        [("exports", "Exports", &self.keys.exports), ("checkpoints", "Checkpoints", &self.keys.checkpoints)]
    }
}

/// Answers with the keys.
pub(crate) fn show(app: &App, request: &Request) -> Result<Reply, Problem> {
    let keys = app.verifying_keys()?;
    let keys = SigningKeys {
        exports: keys.exports.iter().map(Key::new).collect(),
        checkpoints: keys.checkpoints.iter().map(Key::new).collect(),
    };
    let reply = match request.wants_page() {
        true => {
            Reply::page(StatusCode::OK, &SigningKeysPage { layout: Layout::public("Keys that sign"), keys: &keys })?
        }
        false => Reply::json(StatusCode::OK, &keys)?,
    };
    // What goes to somebody with a session, no cache keeps, whatever it is.
    Ok(match SessionCookie::is_present(request.cookies()) {
        true => reply,
        false => reply.with_header("cache-control", PUBLIC),
    })
}

/// The fingerprint of the key that signs the manifests of exports now.
pub(crate) fn fingerprint_in_force(app: &App) -> Result<String, Problem> {
    let first = app.verifying_keys()?.exports.first();
    let (_, key) = first.ok_or_else(|| Problem::internal("EXPORT_VERIFYING_KEYS names no key"))?;
    Ok(key.fingerprint())
}
