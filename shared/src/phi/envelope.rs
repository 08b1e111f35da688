//! The envelope: format (1 byte) ‖ number of the data key (u32, big-endian) ‖ nonce (12) ‖ ciphertext ‖ tag (16).

/// The one format there is.
pub(super) const FORMAT: u8 = 1;

/// The length of a nonce, in bytes (NIST SP 800-38D, section 8.2.2: 96 random bits).
pub(super) const NONCE_LENGTH: usize = 12;

const TAG_LENGTH: usize = 16;
const HEADER_LENGTH: usize = 1 + 4 + NONCE_LENGTH;

/// How many bytes an envelope is longer than what it holds.
pub const OVERHEAD: usize = HEADER_LENGTH + TAG_LENGTH;

/// Why something did not open. Says nothing of what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecryptable {
    /// It is no envelope of a known format, or what was sealed is not what the field holds.
    #[error("the envelope is malformed")]
    Malformed,
    /// The organization has no data key of that number.
    #[error("the data key is unknown")]
    UnknownKey,
    /// The data key does not open: it was changed, or is not the organization's.
    #[error("the data key cannot be unwrapped")]
    WrappedKey,
    /// It was changed, or written for another place.
    #[error("the envelope is not authentic here")]
    NotAuthentic,
}

impl Undecryptable {
    /// The name in the audit trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown_key",
            Self::WrappedKey => "wrapped_key",
            Self::NotAuthentic => "not_authentic",
        }
    }
}

/// An envelope, taken apart.
pub(super) struct Envelope<'a> {
    pub(super) key_no: i32,
    pub(super) nonce: [u8; NONCE_LENGTH],
    /// With the tag at its end.
    pub(super) ciphertext: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Takes bytes apart. Whatever is shorter than an envelope of nothing, is none: so a tag always has its 16 bytes.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Undecryptable> {
        let (format, rest) = bytes.split_first().ok_or(Undecryptable::Malformed)?;
        let (key_no, rest) = rest.split_first_chunk().ok_or(Undecryptable::Malformed)?;
        let (nonce, ciphertext) = rest.split_first_chunk().ok_or(Undecryptable::Malformed)?;
        if *format != FORMAT || ciphertext.len() < TAG_LENGTH {
            return Err(Undecryptable::Malformed);
        }
        Ok(Self { key_no: i32::from_be_bytes(*key_no), nonce: *nonce, ciphertext })
    }

    /// Puts an envelope together.
    pub(super) fn join(key_no: i32, nonce: &[u8; NONCE_LENGTH], ciphertext: &[u8]) -> Vec<u8> {
        [&[FORMAT], &key_no.to_be_bytes()[..], nonce, ciphertext].concat()
    }
}
