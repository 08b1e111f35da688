//! What the previous system stored: a JSON object of ciphertext, iv and tag.
//!
//! AES-256-GCM without additional data: a text opens wherever it lies, so that nothing here says that it lies where it
//! was written.

use aes_gcm::{
    Nonce,
    aead::{Aead, Payload},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{hex, key::LegacyKey};

const IV_LENGTH: usize = 12;
/// The previous system took shorter tags, too, which somebody could find by trying.
const TAG_LENGTH: usize = 16;

/// Why a stored text does not open. Says nothing of what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LegacyError {
    #[error("it is not a JSON object of the texts encryptedContent, iv and tag alone")]
    NotSealed,
    #[error("it is not written in lower-case hexadecimal digits")]
    NotHexadecimal,
    #[error("its iv does not have 12 bytes")]
    Iv,
    #[error("its tag does not have 16 bytes")]
    Tag,
    #[error("it is not authentic: another key made it, or it was changed")]
    NotAuthentic,
    #[error("what it holds is not UTF-8")]
    NotText,
    #[error("what it holds is not JSON")]
    NotJson,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(rename = "encryptedContent")]
    encrypted_content: String,
    iv: String,
    tag: String,
}

/// Opens a stored text.
pub(crate) fn open(key: &LegacyKey, stored: &str) -> Result<Zeroizing<String>, LegacyError> {
    let Stored { encrypted_content, iv, tag } = serde_json::from_str(stored).map_err(|_| LegacyError::NotSealed)?;
    let decode = |digits: &str| hex::decode(digits).ok_or(LegacyError::NotHexadecimal);
    let (mut sealed, iv, tag) = (decode(&encrypted_content)?, decode(&iv)?, decode(&tag)?);
    let iv: [u8; IV_LENGTH] = iv.as_slice().try_into().map_err(|_| LegacyError::Iv)?;
    if tag.len() != TAG_LENGTH {
        return Err(LegacyError::Tag);
    }
    sealed.extend_from_slice(&tag);
    let payload = Payload { msg: &sealed, aad: &[] };
    let opened = key.cipher().decrypt(&Nonce::from(iv), payload).map_err(|_| LegacyError::NotAuthentic)?;
    match String::from_utf8(opened) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(LegacyError::NotText)
        }
    }
}

/// Opens stored metadata, which is JSON.
pub(crate) fn open_metadata(key: &LegacyKey, stored: &str) -> Result<Zeroizing<String>, LegacyError> {
    let text = open(key, stored)?;
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(LegacyError::NotJson),
    }
}

#[cfg(test)]
mod tests {
    use super::{LegacyError, LegacyKey, open, open_metadata};

    const IV: &str = "a0a1a2a3a4a5a6a7a8a9aaab";
    const CONTENT: &str = "a974bf8c69eb66d0070bf3b627140264509d79f212236202f37a47a61cc7b6acbc1f249e";
    const TAG: &str = "e4f94f1aa2426ad5904e0beec1c1c500";

    fn k1() -> LegacyKey {
        let digits: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
        LegacyKey::parse(&digits).expect("a key")
    }

    fn stored(content: &str, iv: &str, tag: &str) -> String {
        format!(r#"{{"encryptedContent":"{content}","iv":"{iv}","tag":"{tag}"}}"#)
    }

    #[test]
    fn what_the_previous_system_encrypted_opens() {
        let opened = open(&k1(), &stored(CONTENT, IV, TAG)).expect("it opens");
        assert_eq!(opened.as_str(), "Olá, doente nº 1 — nota clínica");

        let key = LegacyKey::parse("abcdefghijklmnopqrstuvwxyz012345").expect("a key");
        let metadata = stored("5a72efbf0fc86fbbec598cc96dbf51902806c093", IV, "cf4f25416baf5add3a98003ccc398077");
        assert_eq!(open_metadata(&key, &metadata).expect("it opens").as_str(), r#"{"tags":["a"],"n":1}"#);

        let empty = stored("", IV, "5c699625af4b93a0f8220a2a6119c5d0");
        assert_eq!(open(&k1(), &empty).expect("it opens").as_str(), "");
        assert_eq!(open_metadata(&k1(), &empty).err(), Some(LegacyError::NotJson));
    }

    #[test]
    fn e3_anything_else_is_refused_a_short_tag_among_it() {
        let spaced = stored(CONTENT, IV, TAG).replace(',', " , ");
        assert!(open(&k1(), &spaced).is_ok(), "how JSON is spaced says nothing");
        let longer = format!("{IV}00");
        for (text, reason) in [
            (stored(CONTENT, IV, &TAG[..8]), LegacyError::Tag),
            (stored(CONTENT, IV, ""), LegacyError::Tag),
            (stored(CONTENT, IV, &format!("{TAG}00")), LegacyError::Tag),
            (stored(CONTENT, &longer, TAG), LegacyError::Iv),
            (stored(CONTENT, &IV[2..], TAG), LegacyError::Iv),
            (stored(&CONTENT.to_uppercase(), IV, TAG), LegacyError::NotHexadecimal),
            (stored(&CONTENT[1..], IV, TAG), LegacyError::NotHexadecimal),
            (stored("é", IV, TAG), LegacyError::NotHexadecimal),
            (stored(&CONTENT.replace("a9", "a8"), IV, TAG), LegacyError::NotAuthentic),
            (stored("", IV, TAG), LegacyError::NotAuthentic),
            (stored(CONTENT, IV, TAG).replace('}', r#","tag":"00"}"#), LegacyError::NotSealed),
            (stored(CONTENT, IV, TAG).replace('}', r#","x":1}"#), LegacyError::NotSealed),
            (format!("{} ", stored(CONTENT, IV, TAG)).replace("iv", "IV"), LegacyError::NotSealed),
            ("Olá".to_owned(), LegacyError::NotSealed),
            (String::new(), LegacyError::NotSealed),
        ] {
            assert_eq!(open(&k1(), &text).err(), Some(reason), "{text}");
        }
        let other = LegacyKey::parse(&"0".repeat(32)).expect("a key");
        assert_eq!(open(&other, &stored(CONTENT, IV, TAG)).err(), Some(LegacyError::NotAuthentic));
    }
}
