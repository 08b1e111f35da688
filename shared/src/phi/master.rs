//! The master keys, which wrap the organizations' data keys.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    data_key::DataKey,
    envelope::{FORMAT, NONCE_LENGTH},
    organization::WrappedKey,
    place::length_prefixed,
};
use crate::{
    clock::{Entropy, EntropyError},
    credentials::Credentials,
    keyring::{KEY_LENGTH, Keyring},
};

/// The ring of master keys: the first one wraps, every one unwraps what it wrapped. No `Debug`.
pub struct MasterKeys {
    ciphers: Vec<(String, Aes256Gcm)>,
    credentials: Credentials,
}

/// Why a data key cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyUnavailable {
    /// It was wrapped by a master key that the ring does not have.
    #[error("a data key was wrapped by a master key that is not in ENCRYPTION_KEYS")]
    UnknownMaster,
    /// It was changed, or wrapped for another organization or under another number.
    #[error("a wrapped data key is not authentic")]
    NotAuthentic,
    /// It cannot be wrapped anew.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl MasterKeys {
    /// The keys of a ring (`ENCRYPTION_KEYS`).
    pub fn new(ring: &Keyring) -> Self {
        Self::noting(ring, Credentials::default())
    }

    /// The same, noting where a key is asked for that the ring does not have: it may have been rotated in.
    pub(crate) fn noting(ring: &Keyring, credentials: Credentials) -> Self {
        let ciphers = ring.iter().map(|key| (key.id().to_owned(), Aes256Gcm::new(key.secret().into()))).collect();
        Self { ciphers, credentials }
    }

    /// The id of the key that wraps.
    pub fn first_id(&self) -> &str {
        // A ring has at least one key.
        self.ciphers.first().map_or("", |(id, _)| id)
    }

    /// Makes a data key for an organization, and wraps it.
    pub fn generate(&self, entropy: Entropy, org_id: Uuid, key_no: i32) -> Result<(DataKey, WrappedKey), EntropyError> {
        let secret = Zeroizing::new(entropy.bytes::<KEY_LENGTH>()?);
        let wrapped = self.wrap(entropy, org_id, key_no, &secret)?;
        Ok((DataKey::new(key_no, &secret), wrapped))
    }

    /// Unwraps a data key of an organization.
    pub fn unwrap(&self, org_id: Uuid, wrapped: &WrappedKey) -> Result<DataKey, KeyUnavailable> {
        Ok(DataKey::new(wrapped.key_no, &*self.secret(org_id, wrapped)?))
    }

    /// Wraps a data key anew, under the ring's first key.
    pub fn rewrap(&self, entropy: Entropy, org_id: Uuid, wrapped: &WrappedKey) -> Result<WrappedKey, KeyUnavailable> {
        let secret = self.secret(org_id, wrapped)?;
        let rewrapped = self.wrap(entropy, org_id, wrapped.key_no, &secret)?;
        Ok(WrappedKey { is_retired: wrapped.is_retired, ..rewrapped })
    }

    /// Format (1 byte) ‖ nonce (12) ‖ the key, encrypted (32) ‖ tag (16).
    fn wrap(
        &self,
        entropy: Entropy,
        org_id: Uuid,
        key_no: i32,
        secret: &[u8; KEY_LENGTH],
    ) -> Result<WrappedKey, EntropyError> {
        let (id, cipher) = self.ciphers.first().ok_or(EntropyError)?;
        let nonce: [u8; NONCE_LENGTH] = entropy.bytes()?;
        let payload = Payload { msg: secret, aad: &additional_data(id, org_id, key_no) };
        let encrypted = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| EntropyError)?;
        let wrapped_key = [&[FORMAT], &nonce[..], &encrypted].concat();
        Ok(WrappedKey { key_no, wrapped_key, wrapped_by: id.clone(), is_retired: false })
    }

    fn secret(&self, org_id: Uuid, wrapped: &WrappedKey) -> Result<Zeroizing<[u8; KEY_LENGTH]>, KeyUnavailable> {
        let Some((id, cipher)) = self.ciphers.iter().find(|(id, _)| *id == wrapped.wrapped_by) else {
            self.credentials.refuse();
            return Err(KeyUnavailable::UnknownMaster);
        };
        let (format, rest) = wrapped.wrapped_key.split_first().ok_or(KeyUnavailable::NotAuthentic)?;
        let (nonce, encrypted) = rest.split_first_chunk::<NONCE_LENGTH>().ok_or(KeyUnavailable::NotAuthentic)?;
        if *format != FORMAT {
            return Err(KeyUnavailable::NotAuthentic);
        }
        let payload = Payload { msg: encrypted, aad: &additional_data(id, org_id, wrapped.key_no) };
        let opened = cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| KeyUnavailable::NotAuthentic)?;
        let opened = Zeroizing::new(opened);
        let secret = opened.as_slice().try_into().map_err(|_| KeyUnavailable::NotAuthentic)?;
        Ok(Zeroizing::new(secret))
    }
}

/// What a wrapped key is bound to: that it is one, the master key, the organization and the number.
fn additional_data(master_id: &str, org_id: Uuid, key_no: i32) -> Vec<u8> {
    length_prefixed(&[b"org_keys", &[FORMAT], master_id.as_bytes(), org_id.as_bytes(), &key_no.to_be_bytes()])
}
