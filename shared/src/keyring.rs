//! Rings of symmetric keys, as settings hold them: `kid:base64,kid:base64,…`.
//!
//! The first key makes new seals and signatures, every key of the ring accepts old ones. Rotation is
//! therefore: put the new key first, wait until nothing made with the old one is alive, drop it.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// The length of every key, in bytes (AES-256, HMAC-SHA-256).
pub const KEY_LENGTH: usize = 32;

/// One key of a ring. It has no `Debug`, so it cannot reach a log by accident.
pub struct Key {
    id: String,
    secret: Zeroizing<[u8; KEY_LENGTH]>,
}

impl Key {
    /// The key id: 1 to 16 letters, digits, `-` or `_`. Public; it is written beside what the key made.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key itself.
    pub fn secret(&self) -> &[u8; KEY_LENGTH] {
        &self.secret
    }
}

/// A ring of at least one key, ids unique.
pub struct Keyring {
    keys: Vec<Key>,
}

/// Why a ring's text was refused. Never holds key material.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyringError {
    /// No entry at all.
    #[error("holds no key; expected kid:base64,…")]
    Empty,
    /// An entry without a colon, or with a key id outside `[A-Za-z0-9_-]{1,16}`.
    #[error("entry {0} does not have the form kid:base64 with a key id of 1 to 16 letters, digits, - or _")]
    Form(usize),
    /// An entry whose key is not the base64 of 32 bytes.
    #[error("entry {0} is not the base64 (RFC 4648, section 4) of 32 bytes")]
    Length(usize),
    /// Two entries with one id.
    #[error("entry {0} repeats the id of an earlier entry")]
    Duplicate(usize),
}

impl Keyring {
    /// Parses `kid:base64,…`. Errors count entries from 1.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        if text.trim().is_empty() {
            return Err(KeyringError::Empty);
        }
        let mut keys: Vec<Key> = Vec::new();
        for (index, entry) in text.split(',').enumerate() {
            let number = index + 1;
            let (id, encoded) = entry.trim().split_once(':').ok_or(KeyringError::Form(number))?;
            let id_is_valid = (1..=16).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            if !id_is_valid {
                return Err(KeyringError::Form(number));
            }
            if keys.iter().any(|key| key.id == id) {
                return Err(KeyringError::Duplicate(number));
            }
            let decoded = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| KeyringError::Length(number))?);
            let secret = <[u8; KEY_LENGTH]>::try_from(decoded.as_slice()).map_err(|_| KeyringError::Length(number))?;
            keys.push(Key { id: id.to_owned(), secret: Zeroizing::new(secret) });
        }
        Ok(Self { keys })
    }

    /// The key that seals and signs.
    pub fn first(&self) -> &Key {
        &self.keys[0]
    }

    /// The key with this id.
    pub fn get(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// Every key, the first one first.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{Keyring, KeyringError};

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn error_of(text: &str) -> KeyringError {
        Keyring::parse(text).err().expect("the ring is refused")
    }

    #[test]
    fn the_first_key_comes_first_and_all_are_found() {
        let ring = Keyring::parse(&format!("new:{KEY}, old:{KEY}")).expect("a ring");
        assert_eq!(ring.first().id(), "new");
        assert_eq!(ring.get("old").expect("the old key").secret()[1], 1);
        assert!(ring.get("other").is_none());
        assert_eq!(ring.iter().count(), 2);
    }

    #[test]
    fn bad_rings_are_refused_by_entry() {
        assert_eq!(error_of(" "), KeyringError::Empty);
        assert_eq!(error_of(KEY), KeyringError::Form(1));
        assert_eq!(error_of(&format!("a:{KEY},b c:{KEY}")), KeyringError::Form(2));
        assert_eq!(error_of("a:AAEC"), KeyringError::Length(1));
        assert_eq!(error_of(&format!("a:{KEY},a:{KEY}")), KeyringError::Duplicate(2));
        assert_eq!(error_of(&format!("a:{KEY},")), KeyringError::Form(2));
    }
}
