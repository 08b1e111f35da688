//! Ids and tokens.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// Crockford's base 32, which ULIDs are written in.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The letters of 128 bits.
const LETTERS: u32 = 26;

/// A new id as WorkOS forms them: prefix, underscore, ULID.
pub(super) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", new_ulid())
}

/// A new ULID. Later ones sort after earlier ones.
pub(super) fn new_ulid() -> String {
    let bits = Uuid::now_v7().as_u128();
    let letter = |position: u32| char::from(ALPHABET[(bits >> (5 * position)) as usize & 31]);
    (0..LETTERS).rev().map(letter).collect()
}

/// A new secret, fit for an address: two UUIDs, which hold 244 random bits.
pub(super) fn new_secret() -> String {
    let bytes = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::{new_id, new_secret};

    #[test]
    fn ids_are_ulids_behind_their_prefix() {
        let (first, second) = (new_id("org"), new_id("org"));
        assert_eq!(first.len(), "org_".len() + 26);
        assert!(first.starts_with("org_0"), "{first}");
        assert!(first < second, "{first} {second}");
    }

    #[test]
    fn secrets_do_not_repeat() {
        assert_ne!(new_secret(), new_secret());
        assert_eq!(new_secret().len(), 43);
    }
}
