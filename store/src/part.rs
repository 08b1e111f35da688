//! The parts of a file, and what its bytes hash to.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use evidence::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::StoreError;

/// How many parts S3 takes.
const MOST: i32 = 10_000;

/// A part that is in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which one, from 1.
    pub number: i32,
    /// How many bytes it has.
    pub size: u64,
    /// What they hash to.
    #[serde(with = "hex")]
    pub sha256: [u8; 32],
    /// S3's name for it.
    pub etag: Option<String>,
}

/// What bytes hash to.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A hash as S3 writes it.
pub(crate) fn checksum(sha256: &[u8; 32]) -> String {
    STANDARD.encode(sha256)
}

/// What S3 says that a file of these parts hashes to: the hash of their hashes.
pub(crate) fn composite_checksum(parts: &[Part]) -> String {
    let hashes: Vec<u8> = parts.iter().flat_map(|part| part.sha256).collect();
    format!("{}-{}", checksum(&sha256(&hashes)), parts.len())
}

/// Refuses a number that no part has.
pub(crate) fn check_number(number: i32) -> Result<(), StoreError> {
    match (1..=MOST).contains(&number) {
        true => Ok(()),
        false => Err(StoreError::Denied("there is no part of that number".to_owned())),
    }
}

/// Refuses parts that are no file: none, or out of order.
pub(crate) fn check_order(parts: &[Part]) -> Result<(), StoreError> {
    match !parts.is_empty() && parts.is_sorted_by(|one, next| one.number < next.number) {
        true => Ok(()),
        false => Err(StoreError::Denied("these parts are no file".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, check_number, check_order, composite_checksum, sha256};

    fn part(number: i32) -> Part {
        Part { number, size: 1, sha256: sha256(&[0]), etag: None }
    }

    #[test]
    fn a_file_has_parts_in_order_and_each_once() {
        for numbers in [vec![1], vec![1, 2], vec![3, 10_000]] {
            assert_eq!(check_order(&numbers.iter().map(|&number| part(number)).collect::<Vec<_>>()), Ok(()));
        }
        for numbers in [vec![], vec![1, 1], vec![2, 1]] {
            let parts: Vec<Part> = numbers.iter().map(|&number| part(number)).collect();
            assert!(check_order(&parts).is_err(), "{numbers:?}");
        }
        assert!([i32::MIN, 0, 10_001].into_iter().all(|number| check_number(number).is_err()));
    }

    /// As `printf` of the two hashes into `openssl dgst -sha256 -binary | base64` gives it.
    #[test]
    fn a_file_of_parts_hashes_to_the_hash_of_their_hashes() {
        assert_eq!(composite_checksum(&[part(1), part(2)]), "soneqSylq6Xy4YkaGvEb4nkUxIhU2w/ltLuVwTfg8tY=-2");
    }
}
