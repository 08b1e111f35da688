//! Signed documents: JSON objects of two members, what is said and its signature.
//!
//! Signed (Ed25519, RFC 8032) are the purpose, a zero byte, and the bytes of what is said exactly as they stand in the
//! file, so that no two programs have to agree on how JSON is written. A document that was written anew, or only
//! indented, is another one.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature as Ed25519, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::hex;

/// What comes before an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, section 10.1).
const SUBJECT_PUBLIC_KEY_INFO: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

const ALGORITHM: &str = "Ed25519";

/// What a document is; a signature of one kind is none of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`crate::manifest::Manifest`].
    Manifest,
    /// [`crate::checkpoint::Checkpoint`].
    Checkpoint,
}

/// A key that signs. No `Debug`: it is secret.
pub struct Signer {
    key_id: String,
    key: SigningKey,
    /// The public halves of keys that signed before.
    earlier: Vec<PublicKey>,
}

/// A public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A document that was signed by the key that it names. Whether that key is to be trusted is another question.
#[derive(Clone, Debug)]
pub struct Signed<'a> {
    /// What is said, as it stands in the file.
    pub said: &'a str,
    /// The signer's name for the key.
    pub key_id: String,
    /// The key.
    pub public_key: PublicKey,
}

/// Why a document is not one that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It is not a signed document of that kind.
    #[error("it is not a signed {0}")]
    Form(Kind),
    /// It is signed in a way that this version does not know.
    #[error("it is signed with an algorithm that this version does not know")]
    Algorithm,
    /// The bytes are not those that were signed.
    #[error("the signature is not one of these bytes: they were changed, or the file was written anew")]
    Signature,
}

#[derive(Serialize, Deserialize)]
struct Signature {
    algorithm: String,
    key_id: String,
    public_key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    #[serde(borrow)]
    manifest: Option<&'a RawValue>,
    #[serde(borrow)]
    checkpoint: Option<&'a RawValue>,
    signature: Signature,
}

impl Kind {
    /// The member that has what is said.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Checkpoint => "checkpoint",
        }
    }

    /// What comes before the bytes that are signed.
    fn purpose(self) -> &'static [u8] {
        match self {
            Self::Manifest => b"eleva-export-manifest-1\0",
            Self::Checkpoint => b"eleva-checkpoint-1\0",
        }
    }

    fn message(self, said: &str) -> Vec<u8> {
        [self.purpose(), said.as_bytes()].concat()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Signer {
    /// The key of a seed (RFC 8032, section 5.1.5), by the name that it is to have in documents.
    pub fn new(key_id: &str, seed: &[u8; 32]) -> Self {
        Self { key_id: key_id.to_owned(), key: SigningKey::from_bytes(seed), earlier: Vec::new() }
    }

    /// The same, and the key of this seed signed before.
    #[must_use]
    pub fn after(mut self, seed: &[u8; 32]) -> Self {
        self.earlier.push(PublicKey(SigningKey::from_bytes(seed).verifying_key()));
        self
    }

    /// Whether a document was signed by this key or by one that signed before.
    pub fn has_signed(&self, document: &Signed<'_>) -> bool {
        document.public_key == self.public_key() || self.earlier.contains(&document.public_key)
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.key.verifying_key())
    }

    /// The file of a document that says `value`. Errors: the value cannot be written as JSON.
    pub fn sign(&self, kind: Kind, value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
        let said = serde_json::to_string_pretty(value)?;
        let signature = Signature {
            algorithm: ALGORITHM.to_owned(),
            key_id: self.key_id.clone(),
            public_key: STANDARD.encode(self.key.verifying_key()),
            value: STANDARD.encode(self.key.sign(&kind.message(&said)).to_bytes()),
        };
        let signature = serde_json::to_string_pretty(&signature)?;
        Ok(format!("{{\"{kind}\":{said},\n\"signature\":{signature}}}\n").into_bytes())
    }
}

impl PublicKey {
    /// The key of 32 bytes (RFC 8032, section 5.1.2); `None` when they are no point of the curve, or one of a small
    /// order, with which anything could be signed.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(bytes).ok()?;
        (!key.is_weak()).then_some(Self(key))
    }

    /// The key of a SubjectPublicKeyInfo, DER ([`PublicKey::to_der`]).
    pub fn from_der(der: &[u8]) -> Option<Self> {
        Self::from_bytes(der.strip_prefix(&SUBJECT_PUBLIC_KEY_INFO)?.try_into().ok()?)
    }

    /// The 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The key as OpenSSL reads it: SubjectPublicKeyInfo, DER.
    pub fn to_der(self) -> Vec<u8> {
        [SUBJECT_PUBLIC_KEY_INFO.as_slice(), self.0.as_bytes()].concat()
    }

    /// The same as PEM (RFC 7468, section 13).
    pub fn to_pem(self) -> String {
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(self.to_der()))
    }

    /// What is read out over the telephone: the SHA-256 of [`PublicKey::to_der`], in hexadecimal digits.
    pub fn fingerprint(self) -> String {
        hex::encode(&Sha256::digest(self.to_der()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({})", self.fingerprint())
    }
}

/// What a signed document says, once its signature holds.
pub fn open(kind: Kind, file: &[u8]) -> Result<Signed<'_>, SignatureError> {
    let form = SignatureError::Form(kind);
    let document: Document<'_> = serde_json::from_slice(file).map_err(|_| form)?;
    let said = match (kind, document.manifest, document.checkpoint) {
        (Kind::Manifest, Some(said), None) | (Kind::Checkpoint, None, Some(said)) => said.get(),
        _ => return Err(form),
    };
    let Signature { algorithm, key_id, public_key, value } = document.signature;
    if algorithm != ALGORITHM {
        return Err(SignatureError::Algorithm);
    }
    let bytes = |text: &str| STANDARD.decode(text).map_err(|_| form);
    let public_key = <[u8; 32]>::try_from(bytes(&public_key)?).map_err(|_| form)?;
    let public_key = PublicKey::from_bytes(&public_key).ok_or(form)?;
    let value = Ed25519::from_slice(&bytes(&value)?).map_err(|_| form)?;
    public_key.0.verify_strict(&kind.message(said), &value).map_err(|_| SignatureError::Signature)?;
    Ok(Signed { said, key_id, public_key })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Kind, PublicKey, SignatureError, Signer, open};

    fn signer() -> Signer {
        Signer::new("k1", &[7; 32])
    }

    #[test]
    fn what_was_signed_is_opened_and_names_its_key() {
        let file = signer().sign(Kind::Manifest, &json!({"rows": 1})).expect("a document");
        let signed = open(Kind::Manifest, &file).expect("it is signed");
        assert_eq!(signed.said.split_whitespace().collect::<String>(), "{\"rows\":1}");
        assert_eq!((signed.key_id.as_str(), signed.public_key), ("k1", signer().public_key()));
    }

    #[test]
    fn a_key_knows_what_it_and_those_before_it_signed() {
        let file = signer().sign(Kind::Manifest, &json!({})).expect("a document");
        let signed = open(Kind::Manifest, &file).expect("it is signed");
        assert!(signer().has_signed(&signed));
        assert!(Signer::new("k2", &[8; 32]).after(&[7; 32]).has_signed(&signed));
        assert!(!Signer::new("k2", &[8; 32]).after(&[9; 32]).has_signed(&signed));
    }

    #[test]
    fn no_byte_of_a_document_can_be_changed() {
        let file = signer().sign(Kind::Manifest, &json!({"rows": 1})).expect("a document");
        let unsigned = file.windows(6).position(|bytes| bytes == b"key_id").expect("a key's name");
        for position in 0..file.len() {
            // The key's name is for people, and white space between members means nothing.
            if file[position].is_ascii_whitespace() || (unsigned + 10..unsigned + 12).contains(&position) {
                continue;
            }
            let mut changed = file.clone();
            changed[position] ^= 1;
            assert!(open(Kind::Manifest, &changed).is_err(), "byte {position}");
        }
    }

    #[test]
    fn a_document_of_one_kind_is_none_of_another() {
        let file = signer().sign(Kind::Checkpoint, &json!({})).expect("a document");
        assert_eq!(open(Kind::Manifest, &file).err(), Some(SignatureError::Form(Kind::Manifest)));
        let renamed = String::from_utf8(file).expect("text").replace("checkpoint", "manifest");
        assert_eq!(open(Kind::Manifest, renamed.as_bytes()).err(), Some(SignatureError::Signature));
    }

    #[test]
    fn a_fingerprint_is_that_of_openssl() {
        // openssl pkey -inform DER -pubout -outform DER | sha256sum, of the seed with its PKCS 8 prefix
        let key = PublicKey::from_bytes(&signer().public_key().to_bytes()).expect("a key");
        assert_eq!(key.to_der().len(), 44);
        assert_eq!(key.fingerprint(), FINGERPRINT);
        assert!(PublicKey::from_bytes(&[0; 32]).is_none(), "a key of small order is none");
    }

    const FINGERPRINT: &str = "324be2dea8bc44461b0233e51fa48902ed6b1cc671e7739af2551e0bfe68f54e";
}
