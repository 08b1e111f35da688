//! The session cookie: what it holds, and how it fits into cookies.
//!
//! `__Host-eleva-session` holds `parts.kid.base64url(…)`. Browsers drop a cookie above 4,096 bytes silently, so a value
//! over 3,800 bytes continues in `__Host-eleva-session.1`, and no further: the gateway refuses more than 10,240 bytes
//! of headers, and a sign-in flow must fit beside it ([`super::Flow::evictions`]). The number of parts is bound into the
//! seal, so cutting or adding a part ends the session.

use serde::{Deserialize, Serialize};

use super::sealed::Sealer;
use crate::{
    clock::{Entropy, EntropyError},
    http::{Cookies, Found, SetCookie},
};

/// The name of the first part.
pub const COOKIE_NAME: &str = "__Host-eleva-session";
/// The name of the second part.
const SECOND_NAME: &str = "__Host-eleva-session.1";
/// The most bytes of one part's value.
const PART_LENGTH: usize = 3_800;
/// Every name that a session's parts may have had.
const NAMES: [&str; 2] = [COOKIE_NAME, SECOND_NAME];

/// The content of a session cookie. No `Debug`: it holds tokens.
#[derive(Clone, Serialize, Deserialize)]
pub struct SessionCookie {
    /// WorkOS's access token, a JWT.
    #[serde(rename = "a")]
    pub access_token: String,
    /// WorkOS's refresh token, single-use.
    #[serde(rename = "r")]
    pub refresh_token: String,
    /// When the person signed in, seconds since the Unix epoch. Resealing keeps it.
    #[serde(rename = "s")]
    pub started_at: i64,
    /// When a request was last seen, seconds since the Unix epoch.
    #[serde(rename = "n")]
    pub seen_at: i64,
}

/// Why a session was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Two cookies do not hold it.
    #[error("the session does not fit into two cookies: the access token is too large")]
    TooLarge,
    /// No nonce could be made.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// What a request's cookies hold.
pub enum Opened {
    /// No session cookie at all.
    Nothing,
    /// Something that is not a session of ours.
    Broken,
    /// A session, before its limits and its token are checked.
    Session(Box<SessionCookie>),
}

impl SessionCookie {
    /// Seals the session into the cookies to set, `max_age` in seconds. A surplus second part is removed.
    pub fn seal(&self, sealer: &Sealer, entropy: Entropy, max_age: i64) -> Result<[SetCookie; 2], SealError> {
        let plaintext = zeroize::Zeroizing::new(serde_json::to_vec(self).map_err(|_| SealError::TooLarge)?);
        // How many parts there will be must be known before sealing, since it is bound: seal once to measure.
        let measured = sealer.seal(entropy, b"1", &plaintext)?;
        let sealed = match measured.len() + 2 {
            length if length <= PART_LENGTH => format!("1.{measured}"),
            length if length <= 2 * PART_LENGTH => format!("2.{}", sealer.seal(entropy, b"2", &plaintext)?),
            _ => return Err(SealError::TooLarge),
        };
        let (first, second) = sealed.split_at(sealed.len().min(PART_LENGTH));
        let second = match second.is_empty() {
            true => SetCookie::removal(SECOND_NAME),
            false => SetCookie::new(SECOND_NAME, second, max_age),
        };
        Ok([SetCookie::new(COOKIE_NAME, first, max_age), second])
    }

    /// Opens the session of a request.
    pub fn open(sealer: &Sealer, cookies: &Cookies) -> Opened {
        let first = match cookies.find(COOKIE_NAME) {
            Found::One(value) => value,
            Found::Several => return Opened::Broken,
            Found::Nothing if cookies.find(SECOND_NAME) == Found::Nothing => return Opened::Nothing,
            Found::Nothing => return Opened::Broken,
        };
        let Some((parts, rest)) = first.split_once('.') else { return Opened::Broken };
        let plaintext = match (parts, cookies.find(SECOND_NAME)) {
            // A surplus second part is left over from a larger session; the seal covers the first alone.
            ("1", Found::Nothing | Found::One(_)) => sealer.open(b"1", rest),
            ("2", Found::One(second)) => sealer.open(b"2", &[rest, second].concat()),
            _ => None,
        };
        match plaintext.and_then(|plaintext| serde_json::from_slice(&plaintext).ok()) {
            Some(session) => Opened::Session(Box::new(session)),
            None => Opened::Broken,
        }
    }

    /// The cookies that remove a session, whatever parts it has.
    pub fn removal() -> [SetCookie; 2] {
        NAMES.map(SetCookie::removal)
    }

    /// Whether a request carries any part of a session.
    pub fn is_present(cookies: &Cookies) -> bool {
        NAMES.iter().any(|name| cookies.find(name) != Found::Nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::{COOKIE_NAME, Opened, PART_LENGTH, SECOND_NAME, SessionCookie};
    use crate::{
        clock::Entropy,
        http::{Cookies, SetCookie},
        keyring::Keyring,
        session::sealed::{Purpose, Sealer},
    };

    fn sealer() -> Sealer {
        let ring = Keyring::parse("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").expect("a ring");
        Sealer::new(Purpose::Session, &ring)
    }

    fn session(token_length: usize) -> SessionCookie {
        SessionCookie {
            access_token: "t".repeat(token_length),
            refresh_token: "refresh".to_owned(),
            started_at: 1,
            seen_at: 2,
        }
    }

    fn cookies(set: &[SetCookie]) -> Vec<String> {
        set.iter().map(|cookie| cookie.header()).collect()
    }

    fn value(header: &str) -> &str {
        header.split(';').next().expect("a pair")
    }

    fn opens(headers: &[&str]) -> bool {
        matches!(SessionCookie::open(&sealer(), &Cookies::parse(headers.iter().copied())), Opened::Session(_))
    }

    #[test]
    fn a13_a_session_too_large_for_one_cookie_takes_two_and_no_more() {
        let small = cookies(&session(1_000).seal(&sealer(), Entropy::default(), 60).expect("sealed"));
        assert!(opens(&[value(&small[0])]));
        assert!(small[1].contains("Max-Age=0"), "a surplus part is removed");

        let large = cookies(&session(4_000).seal(&sealer(), Entropy::default(), 60).expect("sealed"));
        assert!(large.iter().all(|header| value(header).len() <= PART_LENGTH + SECOND_NAME.len() + 1));
        assert!(opens(&[value(&large[0]), value(&large[1])]));
        assert!(!opens(&[value(&large[0])]), "half a session is none");
        assert!(!opens(&[value(&large[1])]));

        assert!(session(8_000).seal(&sealer(), Entropy::default(), 60).is_err());
    }

    #[test]
    fn a1_parts_of_two_sessions_do_not_mix() {
        let one = cookies(&session(4_000).seal(&sealer(), Entropy::default(), 60).expect("sealed"));
        let two = cookies(&session(4_000).seal(&sealer(), Entropy::default(), 60).expect("sealed"));
        assert!(!opens(&[value(&one[0]), value(&two[1])]));
        assert!(!opens(&[value(&one[0]), value(&one[1]), value(&two[1])]), "duplicates are refused");
        let twice = format!("{COOKIE_NAME}=planted");
        assert!(!opens(&[value(&one[0]), value(&one[1]), &twice]));
    }

    #[test]
    fn the_number_of_parts_cannot_be_changed() {
        let small = cookies(&session(100).seal(&sealer(), Entropy::default(), 60).expect("sealed"));
        let as_two = value(&small[0]).replacen("=1.", "=2.", 1);
        let cut = as_two.len() - 20;
        let second = format!("{SECOND_NAME}={}", &as_two[cut..]);
        assert!(!opens(&[&as_two[..cut], &second]));
    }
}
