//! The RSA keys that sign access tokens, and the JWKS that publishes them.

use std::{
    io,
    sync::{Mutex, PoisonError},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rsa::{
    RsaPrivateKey,
    pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _},
    traits::PublicKeyParts as _,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The size of WorkOS's keys.
const BITS: usize = 2048;

/// A private key and the public names it has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct SigningKey {
    kid: String,
    modulus: String,
    exponent: String,
    /// PKCS #1, DER.
    private: Vec<u8>,
}

impl SigningKey {
    /// The key of that number in this process. They are made as they are asked for, and shared: a test run starts many
    /// stand-ins, and making a key takes a good part of a second.
    ///
    /// # Errors
    /// When the machine has no randomness, or a key cannot be encoded.
    pub(super) async fn of_process(number: usize) -> io::Result<Self> {
        static KEYS: Mutex<Vec<SigningKey>> = Mutex::new(Vec::new());
        let make = move || {
            let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
            while keys.len() <= number {
                keys.push(Self::generate()?);
            }
            Ok(keys[number].clone())
        };
        tokio::task::spawn_blocking(make).await.map_err(io::Error::other)?
    }

    fn generate() -> io::Result<Self> {
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, BITS).map_err(io::Error::other)?;
        Self::from_private(&key).map_err(io::Error::other)
    }

    fn from_private(key: &RsaPrivateKey) -> Result<Self, rsa::pkcs1::Error> {
        let modulus = key.n().to_bytes_be();
        let kid = format!("sso_oidc_key_pair_{}", &URL_SAFE_NO_PAD.encode(Sha256::digest(&modulus))[..22]);
        Ok(Self {
            kid,
            modulus: URL_SAFE_NO_PAD.encode(modulus),
            exponent: URL_SAFE_NO_PAD.encode(key.e().to_bytes_be()),
            private: key.to_pkcs1_der()?.as_bytes().to_vec(),
        })
    }

    /// Signs a JSON Web Token, RS256.
    ///
    /// # Errors
    /// When the claims are not an object.
    pub(super) fn sign(&self, claims: &Value) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_rsa_der(&self.private))
    }

    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as RFC 7517 has it.
    pub(super) fn jwk(&self) -> Value {
        json!({
            "alg": "RS256",
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "n": self.modulus,
            "e": self.exponent,
        })
    }
}

impl From<SigningKey> for String {
    fn from(key: SigningKey) -> Self {
        STANDARD.encode(key.private)
    }
}

impl TryFrom<String> for SigningKey {
    type Error = String;

    fn try_from(encoded: String) -> Result<Self, Self::Error> {
        let der = STANDARD.decode(encoded).map_err(|error| error.to_string())?;
        let key = RsaPrivateKey::from_pkcs1_der(&der).map_err(|error| error.to_string())?;
        Self::from_private(&key).map_err(|error| error.to_string())
    }
}
