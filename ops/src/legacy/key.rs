//! The previous system's one key, in the forms that it took it in.

use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::Zeroizing;

use super::hex;

/// The length of a key, in bytes.
const LENGTH: usize = 32;

/// The previous system's key. It has no `Debug`.
pub(crate) struct LegacyKey {
    cipher: Aes256Gcm,
}

/// Why a text is no key. Shows nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LegacyKeyError {
    #[error("64 characters are taken for hexadecimal digits, and not all of them are")]
    NotHexadecimal,
    #[error("32 characters are taken as they are, and only ASCII ones make 32 bytes")]
    NotAscii,
    #[error("it looks like base64, in which the previous system could not encrypt: no record was made with such a key")]
    Base64,
    #[error("it has neither 64 hexadecimal digits nor 32 ASCII characters")]
    Length,
}

impl LegacyKey {
    /// Reads a key. Its form is told by how many characters there are, as the previous system did.
    pub(crate) fn parse(text: &str) -> Result<Self, LegacyKeyError> {
        let mut key = Zeroizing::new([0; LENGTH]);
        match text.chars().count() {
            64 => {
                let digits = hex::decode_any_case(text).ok_or(LegacyKeyError::NotHexadecimal)?;
                key.copy_from_slice(&digits);
            }
            LENGTH if text.is_ascii() => key.copy_from_slice(text.as_bytes()),
            LENGTH => return Err(LegacyKeyError::NotAscii),
            43 | 44 => return Err(LegacyKeyError::Base64),
            _ => return Err(LegacyKeyError::Length),
        }
        Ok(Self { cipher: Aes256Gcm::new((&*key).into()) })
    }

    pub(super) fn cipher(&self) -> &Aes256Gcm {
        &self.cipher
    }
}

#[cfg(test)]
mod tests {
    use super::{LegacyKey, LegacyKeyError};

    fn error_of(text: &str) -> Option<LegacyKeyError> {
        LegacyKey::parse(text).err()
    }

    #[test]
    fn e2_a_key_of_another_form_is_refused_at_once_and_not_shown() {
        assert_eq!(error_of(&"0f".repeat(32)), None);
        assert_eq!(error_of(&"0F".repeat(32)), None);
        assert_eq!(error_of(&"x".repeat(32)), None);
        for (text, reason) in [
            ("xy".repeat(32), LegacyKeyError::NotHexadecimal),
            (format!("{}é", "0".repeat(63)), LegacyKeyError::NotHexadecimal),
            ("é".repeat(32), LegacyKeyError::NotAscii),
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned(), LegacyKeyError::Base64),
            (format!("{}==", "A".repeat(42)), LegacyKeyError::Base64),
            ("A".repeat(43), LegacyKeyError::Base64),
            ("0".repeat(63), LegacyKeyError::Length),
            ("0".repeat(65), LegacyKeyError::Length),
            (String::new(), LegacyKeyError::Length),
        ] {
            assert_eq!(error_of(&text), Some(reason), "{text}");
            assert!(text.is_empty() || !reason.to_string().contains(&text), "{text}");
        }
    }
}
