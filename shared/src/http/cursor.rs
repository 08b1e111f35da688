//! Cursors of lists: where a page ended. Opaque to clients: base64url of a JSON array.
//!
//! A cursor says nothing that its bearer has not just read, and chooses no rows but by order; so it needs no signature.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use super::problem::Problem;

/// The longest cursor that is looked at, in bytes.
const LONGEST: usize = 512;

/// A cursor as clients get it, of a tuple that holds the sort key of a page's last item.
pub fn encode(key: &impl Serialize) -> Result<String, Problem> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).map_err(Problem::internal)?))
}

/// Reads a cursor back; `accept` makes of its tuple what the list needs, or refuses what [`encode`] was never given.
///
/// Errors: `malformed` for what is not a cursor of this list.
pub fn decode<K: DeserializeOwned, T>(text: &str, accept: impl FnOnce(K) -> Option<T>) -> Result<T, Problem> {
    read(text)
        .and_then(accept)
        .ok_or_else(|| Problem::malformed("The cursor is not one of this list; begin again without it."))
}

fn read<K: DeserializeOwned>(text: &str) -> Option<K> {
    if text.len() > LONGEST {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::{decode, encode};

    type Key = (String, i64);

    fn key() -> Key {
        ("user_01ÄÖ\"".to_owned(), 1_795_424_400_123_456)
    }

    #[test]
    fn a_cursor_comes_back_and_fits_into_a_query() {
        let encoded = encode(&key()).expect("encoded");
        assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert_eq!(decode(&encoded, |read: Key| Some(read)).expect("decoded"), key());
    }

    #[test]
    fn a_half_typed_cursor_is_malformed() {
        let encoded = encode(&key()).expect("encoded");
        for end in 0..encoded.len() {
            let outcome = decode(&encoded[..end], |read: Key| Some(read));
            assert_eq!(outcome.expect_err("half a cursor").code(), "malformed", "{end}");
        }
    }

    #[test]
    fn a_cursor_of_somebody_elses_making_is_malformed() {
        let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
        for text in [
            "!".to_owned(),
            "a".repeat(100_000),
            encode("[]"),
            encode("{}"),
            encode(r#"["u"]"#),
            encode(r#"["u",0,1]"#),
            encode(r#"["u","0"]"#),
            encode(r#"["u",9223372036854775808]"#),
            encode(r#"["refused",0]"#),
        ] {
            let outcome = decode(&text, |read: Key| (read.0 != "refused").then_some(read));
            assert_eq!(outcome.expect_err("not ours").code(), "malformed", "{text:.80}");
        }
    }
}
