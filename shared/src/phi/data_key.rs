//! A data key: what an organization's values are sealed under.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use super::{
    envelope::{Envelope, NONCE_LENGTH, Undecryptable},
    place::Place,
};
use crate::{
    clock::{Entropy, EntropyError},
    keyring::KEY_LENGTH,
};

/// A data key, unwrapped. It has no `Debug`, and nothing of it is left in memory when it is dropped.
///
/// Nonces are random, so that a key may seal 2^32 values (NIST SP 800-38D, section 8.3): one a second for 136 years. Keys
/// are changed long before.
pub struct DataKey {
    number: i32,
    cipher: Aes256Gcm,
}

impl DataKey {
    pub(super) fn new(number: i32, secret: &[u8; KEY_LENGTH]) -> Self {
        Self { number, cipher: Aes256Gcm::new(secret.into()) }
    }

    /// Its number among the organization's.
    pub fn number(&self) -> i32 {
        self.number
    }

    /// Seals a value for its place: an envelope, [`super::OVERHEAD`] bytes longer.
    pub fn seal(&self, entropy: Entropy, place: &Place<'_>, plaintext: &[u8]) -> Result<Vec<u8>, EntropyError> {
        let nonce: [u8; NONCE_LENGTH] = entropy.bytes()?;
        let payload = Payload { msg: plaintext, aad: &place.additional_data(self.number) };
        // AES-GCM refuses nothing but 64 GiB and more.
        let ciphertext = self.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| EntropyError)?;
        Ok(Envelope::join(self.number, &nonce, &ciphertext))
    }

    /// Opens an envelope of this key.
    pub(super) fn open(&self, place: &Place<'_>, sealed: &Envelope<'_>) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
        let payload = Payload { msg: sealed.ciphertext, aad: &place.additional_data(self.number) };
        let opened = self.cipher.decrypt(&Nonce::from(sealed.nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| Undecryptable::NotAuthentic)
    }
}
