//! The keys that sign exports and checkpoints: rings of seeds for who signs, rings of public keys for everybody.

use evidence::signature::{PublicKey, Signer};

use crate::keyring::Keyring;

/// The public keys that signed, or sign, what auditors get; the ones in force first. A key that signs no longer stays
/// here for as long as anything that it signed is kept.
pub struct VerifyingKeys {
    /// Of manifests, by key id.
    pub exports: Vec<(String, PublicKey)>,
    /// Of checkpoints, by key id.
    pub checkpoints: Vec<(String, PublicKey)>,
}

/// The key that signs, the first one of a ring of seeds (RFC 8032, section 5.1.5), and those that did before.
pub(super) fn signer(ring: &Keyring) -> Signer {
    let key = ring.first();
    ring.iter().skip(1).fold(Signer::new(key.id(), key.secret()), |signer, earlier| signer.after(earlier.secret()))
}

/// The keys of a ring of public ones.
pub(super) fn public_keys(ring: &Keyring) -> Result<Vec<(String, PublicKey)>, String> {
    let key = |(number, key): (usize, &crate::keyring::Key)| {
        let public = PublicKey::from_bytes(key.secret());
        public.map(|public| (key.id().to_owned(), public)).ok_or(format!("entry {number} is no Ed25519 public key"))
    };
    (1..).zip(ring.iter()).map(key).collect()
}
