//! Which keys are trusted: those that whoever verifies got in another way than the export.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use crate::{
    hex,
    signature::{Kind, PublicKey},
};

const PEM_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const PEM_END: &str = "-----END PUBLIC KEY-----";

/// Keys that are trusted, by their fingerprints.
#[derive(Clone, Debug, Default)]
pub struct TrustedKeys {
    exports: BTreeSet<String>,
    checkpoints: BTreeSet<String>,
}

/// Why nothing can be trusted because of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// It is no fingerprint.
    #[error("a fingerprint is 64 hexadecimal digits")]
    Fingerprint,
    /// It has no keys, or others.
    #[error("it has neither an Ed25519 public key as PEM nor the JSON of /audit/signing-keys")]
    Keys,
}

/// What `GET /audit/signing-keys` answers.
#[derive(Deserialize)]
struct SigningKeys {
    exports: Vec<Listed>,
    checkpoints: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    public_key: String,
    fingerprint: String,
}

impl TrustedKeys {
    /// Whether nobody said anything.
    pub fn is_empty(&self) -> bool {
        self.exports.is_empty() && self.checkpoints.is_empty()
    }

    /// Trusts the key with that fingerprint with documents of that kind, and with no others: who signs exports must not be
    /// able to make checkpoints. Colons, white space and capitals mean nothing.
    pub fn add_fingerprint(&mut self, kind: Kind, fingerprint: &str) -> Result<(), TrustError> {
        let is_no_separator = |character: &char| !character.is_whitespace() && *character != ':';
        let fingerprint = fingerprint.chars().filter(is_no_separator).collect::<String>().to_ascii_lowercase();
        hex::decode::<32>(&fingerprint).ok_or(TrustError::Fingerprint)?;
        match kind {
            Kind::Manifest => self.exports.insert(fingerprint),
            Kind::Checkpoint => self.checkpoints.insert(fingerprint),
        };
        Ok(())
    }

    /// Trusts the keys of a file: PEM, for exports; or the JSON of `/audit/signing-keys`, each for what it is listed for.
    pub fn add_file(&mut self, file: &[u8]) -> Result<(), TrustError> {
        let text = str::from_utf8(file).map_err(|_| TrustError::Keys)?;
        if !text.contains(PEM_BEGIN) {
            let keys: SigningKeys = serde_json::from_str(text).map_err(|_| TrustError::Keys)?;
            self.exports.extend(fingerprints(&keys.exports)?);
            self.checkpoints.extend(fingerprints(&keys.checkpoints)?);
            return Ok(());
        }
        for block in text.split(PEM_BEGIN).skip(1) {
            let (base64, _) = block.split_once(PEM_END).ok_or(TrustError::Keys)?;
            let der = STANDARD.decode(base64.split_whitespace().collect::<String>()).map_err(|_| TrustError::Keys)?;
            self.add_fingerprint(Kind::Manifest, &PublicKey::from_der(&der).ok_or(TrustError::Keys)?.fingerprint())?;
        }
        Ok(())
    }

    /// Whether a key is trusted with documents of that kind.
    pub(super) fn includes(&self, kind: Kind, key: PublicKey) -> bool {
        let fingerprints = match kind {
            Kind::Manifest => &self.exports,
            Kind::Checkpoint => &self.checkpoints,
        };
        fingerprints.contains(&key.fingerprint())
    }
}

fn fingerprints(listed: &[Listed]) -> Result<Vec<String>, TrustError> {
    let fingerprint = |Listed { public_key, fingerprint }: &Listed| {
        let bytes = <[u8; 32]>::try_from(STANDARD.decode(public_key).ok()?).ok()?;
        let actual = PublicKey::from_bytes(&bytes)?.fingerprint();
        (actual == *fingerprint).then_some(actual)
    };
    listed.iter().map(|listed| fingerprint(listed).ok_or(TrustError::Keys)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{TrustError, TrustedKeys};
    use crate::signature::{Kind, PublicKey, Signer};

    fn key(seed: u8) -> PublicKey {
        Signer::new("k1", &[seed; 32]).public_key()
    }

    #[test]
    fn a_key_is_trusted_by_its_fingerprint_however_it_is_typed() {
        let mut trusted = TrustedKeys::default();
        assert!(trusted.is_empty());
        let spoken: Vec<String> = key(1)
            .fingerprint()
            .to_uppercase()
            .as_bytes()
            .chunks(2)
            .map(|pair| String::from_utf8_lossy(pair).into_owned())
            .collect();
        trusted.add_fingerprint(Kind::Manifest, &spoken.join(":")).expect("a fingerprint");
        assert!(trusted.includes(Kind::Manifest, key(1)) && !trusted.includes(Kind::Checkpoint, key(1)));
        trusted.add_fingerprint(Kind::Checkpoint, &key(2).fingerprint()).expect("a fingerprint");
        assert!(!trusted.includes(Kind::Manifest, key(2)) && trusted.includes(Kind::Checkpoint, key(2)));
        assert_eq!(trusted.add_fingerprint(Kind::Manifest, &spoken[1..].join("")), Err(TrustError::Fingerprint));
    }

    #[test]
    fn keys_of_a_file_are_trusted_with_what_they_are_listed_for() {
        let mut trusted = TrustedKeys::default();
        trusted.add_file(format!("{}{}", key(1).to_pem(), key(2).to_pem()).as_bytes()).expect("two keys");
        assert!(trusted.includes(Kind::Manifest, key(1)) && trusted.includes(Kind::Manifest, key(2)));
        assert!(!trusted.includes(Kind::Checkpoint, key(2)));

        let listed = |seed| {
            let public_key = base64::Engine::encode(&super::STANDARD, key(seed).to_bytes());
            json!({"key_id": "k1", "algorithm": "Ed25519", "public_key": public_key, "fingerprint": key(seed).fingerprint()})
        };
        let mut trusted = TrustedKeys::default();
        let keys = json!({"exports": [listed(1)], "checkpoints": [listed(2), listed(3)]});
        trusted.add_file(keys.to_string().as_bytes()).expect("three keys");
        assert!(trusted.includes(Kind::Manifest, key(1)) && !trusted.includes(Kind::Checkpoint, key(1)));
        assert!(trusted.includes(Kind::Checkpoint, key(3)) && !trusted.includes(Kind::Manifest, key(3)));

        let mut wrong = keys;
        wrong["exports"][0]["fingerprint"] = json!(key(9).fingerprint());
        for file in [wrong.to_string().as_str(), "", "{}", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"]
        {
            assert_eq!(TrustedKeys::default().add_file(file.as_bytes()), Err(TrustError::Keys), "{file}");
        }
    }
}
