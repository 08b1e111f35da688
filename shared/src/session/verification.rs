//! Tests of token verification and of the signing keys, against a real HTTP server with real RSA keys.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rsa::{RsaPrivateKey, pkcs1::EncodeRsaPrivateKey, traits::PublicKeyParts};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    jwks::{Jwks, JwksError},
    token::{TokenError, TokenRules},
};
use crate::{settings::WorkosSettings, workos::HttpClient};

const NOW: i64 = 1_790_000_000;

static KEYS: LazyLock<[RsaPrivateKey; 2]> =
    LazyLock::new(|| [(); 2].map(|()| RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).expect("a key")));

/// A server of signing keys that counts what it is asked.
struct KeyServer {
    settings: WorkosSettings,
    fetches: Arc<AtomicUsize>,
    down: Arc<AtomicBool>,
    rotated: Arc<AtomicBool>,
}

impl KeyServer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (fetches, down, rotated) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default(), Arc::default());
        let server = Self {
            settings: WorkosSettings {
                client_id: "client_1".to_owned(),
                api_url: format!("http://{address}").parse().expect("an origin"),
                issuers: vec!["https://issuer.example".to_owned()],
                api_key: None,
                redirect_uri: None,
            },
            fetches: Arc::clone(&fetches),
            down: Arc::clone(&down),
            rotated: Arc::clone(&rotated),
        };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4_096];
                let length = stream.read(&mut request).await.unwrap_or_default();
                assert!(request[..length].starts_with(b"GET /sso/jwks/client_1 "), "B20: the address of the keys");
                fetches.fetch_add(1, Ordering::SeqCst);
                let (status, body) = match down.load(Ordering::SeqCst) {
                    true => ("503 Service Unavailable", String::new()),
                    false => ("200 OK", key_set(rotated.load(Ordering::SeqCst))),
                };
                let length = body.len();
                let response =
                    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                drop(stream.write_all(response.as_bytes()).await);
            }
        });
        server
    }

    fn jwks(&self) -> Jwks {
        let http = HttpClient::new(crate::tls::connector(None).expect("a connector")).expect("a client");
        Jwks::new(http, self.settings.api_url.join("/sso/jwks/client_1"))
    }

    fn rules(&self) -> TokenRules {
        TokenRules::new(&self.settings)
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    async fn verify(&self, token: &str) -> Result<String, TokenError> {
        self.rules().verify(token, &self.jwks(), NOW).await.map(|claims| claims.sub)
    }
}

fn key_set(rotated: bool) -> String {
    let jwk = |index: usize| {
        let encoded = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        json!({
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": format!("key-{index}"),
            "n": encoded(KEYS[index].n()), "e": encoded(KEYS[index].e()),
        })
    };
    let keys: Vec<Value> = if rotated { vec![jwk(0), jwk(1)] } else { vec![jwk(0)] };
    json!({ "keys": keys }).to_string()
}

fn claims() -> Value {
    json!({
        "iss": "https://issuer.example", "sub": "user_1", "sid": "session_1", "client_id": "client_1",
        "iat": NOW - 10, "exp": NOW + 290, "org_id": "org_1", "role": "owner", "permissions": ["events:read"],
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().expect("an object").remove(name);
    claims
}

fn sign(key: usize, kid: &str, claims: &Value) -> String {
    let der = KEYS[key].to_pkcs1_der().expect("DER");
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::RS256) };
    encode(&header, claims, &EncodingKey::from_rsa_der(der.as_bytes())).expect("a token")
}

#[tokio::test]
async fn a1_only_a_token_that_workos_signed_for_us_is_believed() {
    let server = KeyServer::start().await;
    let signed = |claims: Value| sign(0, "key-0", &claims);
    assert_eq!(server.verify(&signed(claims())).await, Ok("user_1".to_owned()));

    let public_key = key_set(false);
    let confused = Header { kid: Some("key-0".to_owned()), ..Header::new(Algorithm::HS256) };
    let confused = encode(&confused, &claims(), &EncodingKey::from_secret(public_key.as_bytes())).expect("a token");
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"key-0"}"#),
        URL_SAFE_NO_PAD.encode(claims().to_string())
    );
    let good = signed(claims());
    let foreign_payload = URL_SAFE_NO_PAD.encode(with("sub", json!("user_2")).to_string());
    let parts: Vec<&str> = good.split('.').collect();
    let altered = format!("{}.{foreign_payload}.{}", parts[0], parts[2]);
    for (what, token) in [
        ("another key under our key id", sign(1, "key-0", &claims())),
        ("an unknown key id", sign(0, "key-9", &claims())),
        ("HS256 with the public key", confused),
        ("no signature", unsigned),
        ("another payload", altered),
        ("another issuer", signed(with("iss", json!("https://issuer.example/")))),
        ("no issuer", signed(without("iss"))),
        ("another client", signed(with("client_id", json!("client_2")))),
        ("no subject", signed(without("sub"))),
        ("an empty subject", signed(with("sub", json!("")))),
        ("no session", signed(without("sid"))),
        ("no expiry", signed(without("exp"))),
        ("an expiry that is no number", signed(with("exp", json!("tomorrow")))),
        ("issued in the future", signed(with("iat", json!(NOW + 61)))),
        ("not valid yet", signed(with("nbf", json!(NOW + 61)))),
        ("nothing", String::new()),
        ("garbage", "a.b.c".to_owned()),
    ] {
        assert!(matches!(server.verify(&token).await, Err(TokenError::Invalid(_))), "{what}");
    }
}

#[tokio::test]
async fn a8_the_tokens_own_expiry_decides_with_five_seconds_of_leeway() {
    let server = KeyServer::start().await;
    let token = sign(0, "key-0", &with("exp", json!(NOW)));
    let claims = server.rules().verify(&token, &server.jwks(), NOW).await.expect("somebody's");
    assert!(!claims.is_expired(NOW + 4));
    assert!(claims.is_expired(NOW + 5));
}

#[tokio::test]
async fn clocks_may_disagree_by_a_minute_and_optional_claims_may_be_absent() {
    let server = KeyServer::start().await;
    for claims in [
        with("iat", json!(NOW + 59)),
        with("nbf", json!(NOW + 59)),
        without("client_id"),
        without("org_id"),
        without("permissions"),
        with("aud", json!("anything")),
    ] {
        assert_eq!(server.verify(&sign(0, "key-0", &claims)).await, Ok("user_1".to_owned()), "{claims}");
    }
}

#[tokio::test]
async fn b20_an_unknown_key_id_fetches_once_and_then_cools_down() {
    let server = KeyServer::start().await;
    let jwks = server.jwks();
    assert!(jwks.key("key-0", NOW).await.is_ok());
    assert!(jwks.key("key-0", NOW + 599).await.is_ok());
    assert_eq!(server.fetches(), 1, "fresh keys are kept");

    assert_eq!(jwks.key("key-1", NOW + 40).await.err(), Some(JwksError::UnknownKey));
    assert_eq!(jwks.key("key-1", NOW + 69).await.err(), Some(JwksError::UnknownKey));
    assert_eq!(server.fetches(), 2, "a second unknown key id within 30 s asks nobody");

    server.rotated.store(true, Ordering::SeqCst);
    assert!(jwks.key("key-1", NOW + 70).await.is_ok(), "rotation is noticed after the cool-down");
    assert!(jwks.key("key-0", NOW + 70).await.is_ok());
    assert_eq!(server.fetches(), 3);
}

#[tokio::test]
async fn b20_a_key_that_takes_over_right_after_a_fetch_is_not_unknown() {
    let server = KeyServer::start().await;
    let jwks = server.jwks();
    assert!(jwks.key("key-0", NOW).await.is_ok());
    server.rotated.store(true, Ordering::SeqCst);
    assert!(jwks.key("key-1", NOW + 1).await.is_ok());
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn without_any_keys_a_failed_fetch_is_repeated_as_soon_as_the_caller_was_told_to() {
    let server = KeyServer::start().await;
    let jwks = server.jwks();
    server.down.store(true, Ordering::SeqCst);
    assert_eq!(jwks.key("key-0", NOW).await.err(), Some(JwksError::Unavailable));
    server.down.store(false, Ordering::SeqCst);
    assert_eq!(jwks.key("key-0", NOW + 4).await.err(), Some(JwksError::Unavailable));
    assert_eq!(server.fetches(), 1);
    assert!(jwks.key("key-0", NOW + 5).await.is_ok());
}

#[tokio::test]
async fn an_outage_is_survived_with_stale_keys_for_a_day_and_never_called_an_invalid_token() {
    let server = KeyServer::start().await;
    let jwks = server.jwks();
    assert!(jwks.key("key-0", NOW).await.is_ok());
    server.down.store(true, Ordering::SeqCst);
    assert!(jwks.key("key-0", NOW + 3_600).await.is_ok());
    assert!(jwks.key("key-0", NOW + 3_601).await.is_ok());
    assert_eq!(server.fetches(), 2, "one failed attempt per 30 s");
    assert_eq!(jwks.key("key-1", NOW + 3_602).await.err(), Some(JwksError::Unavailable));
    assert!(jwks.key("key-0", NOW + 24 * 3_600 - 1).await.is_ok());
    assert_eq!(jwks.key("key-0", NOW + 24 * 3_600).await.err(), Some(JwksError::Unavailable));
    assert_eq!(server.jwks().key("key-0", NOW).await.err(), Some(JwksError::Unavailable), "a cold start");
}

#[tokio::test]
async fn concurrent_requests_share_one_fetch() {
    let server = KeyServer::start().await;
    let jwks = server.jwks();
    let (one, two, three) = tokio::join!(jwks.key("key-0", NOW), jwks.key("key-0", NOW), jwks.key("key-0", NOW));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    assert_eq!(server.fetches(), 1);
}
