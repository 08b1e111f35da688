//! Sealing: AES-256-GCM under a ring of keys, one derived key per purpose.
//!
//! A sealed text is `kid.base64url(nonce ‖ ciphertext ‖ tag)`. The derived key comes from HKDF-SHA-256 (RFC 5869) with
//! the purpose as info; the additional data names purpose, key id and whatever the caller binds besides. So a value
//! sealed for one purpose never opens for another.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    clock::{Entropy, EntropyError},
    keyring::{KEY_LENGTH, Key, Keyring},
};

const NONCE_LENGTH: usize = 12;

/// What a seal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The session cookie.
    Session,
    /// The cookie of one sign-in flow.
    Flow,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::Session => "eleva/session/1",
            Self::Flow => "eleva/flow/1",
        }
    }
}

/// Seals and opens for one purpose. Built once: the keys are derived at start.
pub struct Sealer {
    purpose: Purpose,
    ciphers: Vec<(String, Aes256Gcm)>,
}

impl Sealer {
    /// Derives this purpose's keys from a ring; without one, it seals nothing and opens nothing.
    pub fn new<'a>(purpose: Purpose, ring: impl Into<Option<&'a Keyring>>) -> Self {
        let keys = ring.into().into_iter().flat_map(Keyring::iter);
        let ciphers = keys.map(|key| (key.id().to_owned(), derive(purpose, key))).collect();
        Self { purpose, ciphers }
    }

    /// Seals under the ring's first key. `bound` must be given again to open.
    pub fn seal(&self, entropy: Entropy, bound: &[u8], plaintext: &[u8]) -> Result<String, EntropyError> {
        let (id, cipher) = self.ciphers.first().ok_or(EntropyError)?;
        let nonce: [u8; NONCE_LENGTH] = entropy.bytes()?;
        let aad = self.additional_data(id, bound);
        let ciphertext =
            cipher.encrypt(&Nonce::from(nonce), Payload { msg: plaintext, aad: &aad }).map_err(|_| EntropyError)?;
        let mut sealed = Vec::with_capacity(NONCE_LENGTH + ciphertext.len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(format!("{id}.{}", URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Opens what any key of the ring sealed for this purpose and `bound`; `None` for anything else.
    pub fn open(&self, bound: &[u8], sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (id, encoded) = sealed.split_once('.')?;
        let (_, cipher) = self.ciphers.iter().find(|(own, _)| own == id)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_LENGTH>()?;
        let aad = self.additional_data(id, bound);
        let payload = Payload { msg: ciphertext, aad: &aad };
        cipher.decrypt(&Nonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    /// Purpose, key id and bound data, separated by a byte that none of the first two contains.
    fn additional_data(&self, key_id: &str, bound: &[u8]) -> Vec<u8> {
        [self.purpose.label().as_bytes(), &[0], key_id.as_bytes(), &[0], bound].concat()
    }
}

fn derive(purpose: Purpose, key: &Key) -> Aes256Gcm {
    let mut derived = Zeroizing::new([0; KEY_LENGTH]);
    #[expect(clippy::expect_used, reason = "RFC 5869 allows 255 times the hash's length; a key is one")]
    Hkdf::<Sha256>::new(None, key.secret())
        .expand(purpose.label().as_bytes(), derived.as_mut_slice())
        .expect("32 bytes are within HKDF's limit");
    Aes256Gcm::new((&*derived).into())
}

#[cfg(test)]
mod tests {
    use super::{Purpose, Sealer};
    use crate::{clock::Entropy, keyring::Keyring};

    const OLD: &str = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "new:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn sealer(purpose: Purpose, ring: &str) -> Sealer {
        Sealer::new(purpose, &Keyring::parse(ring).expect("a ring"))
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_binding_only() {
        let session = sealer(Purpose::Session, OLD);
        let sealed = session.seal(Entropy::default(), b"1", b"content").expect("sealed");
        assert_eq!(session.open(b"1", &sealed).as_deref().map(Vec::as_slice), Some(&b"content"[..]));
        assert!(session.open(b"2", &sealed).is_none());
        assert!(sealer(Purpose::Flow, OLD).open(b"1", &sealed).is_none());
    }

    #[test]
    fn an_old_key_opens_after_rotation_and_not_once_it_is_gone() {
        let sealed = sealer(Purpose::Session, OLD).seal(Entropy::default(), b"", b"x").expect("sealed");
        assert!(sealer(Purpose::Session, &format!("{NEW},{OLD}")).open(b"", &sealed).is_some());
        assert!(sealer(Purpose::Session, NEW).open(b"", &sealed).is_none());
        let other_name = OLD.replace("old:", "new:");
        assert!(sealer(Purpose::Session, &other_name).open(b"", &sealed.replace("old.", "new.")).is_none());
    }
}
