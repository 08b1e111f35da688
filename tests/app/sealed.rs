//! What is inside the product's cookies: opened and sealed as the functions do it, under the world's keys.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use eleva::{
    clock::Entropy,
    http::Cookies,
    keyring::Keyring,
    session::{Flow, Opened, Purpose, Sealer, SessionCookie},
};
use serde_json::Value;
use url::Url;

use super::{PUBLIC_URL, world};
use crate::web::Jar;

/// The name of the session cookie's first part.
pub(crate) const SESSION: &str = "__Host-eleva-session";
/// The name of its second part.
pub(crate) const SECOND: &str = "__Host-eleva-session.1";
/// How the names of flow cookies begin.
pub(crate) const FLOW: &str = "__Host-eleva-flow-";

/// Whole seconds since the Unix epoch.
pub(crate) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(now.as_secs()).expect("before the year 292 billion")
}

/// The session in a jar.
pub(crate) fn session(jar: &Jar) -> SessionCookie {
    match SessionCookie::open(&sealer(Purpose::Session), &cookies(jar)) {
        Opened::Session(session) => *session,
        Opened::Nothing | Opened::Broken => panic!("there is no session in {:?}", jar.names("")),
    }
}

/// Puts a session into a jar, as if a function had set it.
pub(crate) fn put_session(jar: &mut Jar, session: &SessionCookie) {
    let sealed = session.seal(&sealer(Purpose::Session), Entropy::default(), 3_600).expect("it fits");
    for cookie in sealed {
        assert!(jar.store(&origin(), &cookie.header()), "a browser takes it");
    }
}

/// Puts another access token into the session of a jar.
pub(crate) fn put_access_token(jar: &mut Jar, access_token: String) {
    let session = SessionCookie { access_token, ..session(jar) };
    put_session(jar, &session);
}

/// The sign-in flows in a jar.
pub(crate) fn flows(jar: &Jar) -> Vec<Flow> {
    Flow::all(&sealer(Purpose::Flow), &cookies(jar), now())
}

/// Puts a flow into a jar. A browser whose clock is wrong keeps it longer than it lives.
pub(crate) fn put_flow(jar: &mut Jar, flow: &Flow) {
    let cookie = flow.seal(&sealer(Purpose::Flow), Entropy::default(), flow.created_at).expect("sealed");
    assert!(jar.store(&origin(), &cookie.header()), "a browser takes it");
}

/// What a token says, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a JSON Web Token has a payload");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("in base64url");
    serde_json::from_slice(&payload).expect("which is JSON")
}

fn sealer(purpose: Purpose) -> Sealer {
    Sealer::new(purpose, &Keyring::parse(&world().secrets.session_keys).expect("the world has a ring"))
}

fn cookies(jar: &Jar) -> Cookies {
    let pairs: Vec<String> = jar
        .names("__Host-eleva-")
        .into_iter()
        .map(|name| format!("{name}={}", jar.value(name).unwrap_or_default()))
        .collect();
    Cookies::parse(pairs.iter().map(String::as_str))
}

fn origin() -> Url {
    PUBLIC_URL.parse().expect("our origin is a URL")
}

/// Whether a session fits into cookies.
pub(crate) fn fits(session: &SessionCookie) -> bool {
    session.seal(&sealer(Purpose::Session), Entropy::default(), 3_600).is_ok()
}
