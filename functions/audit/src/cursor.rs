//! The cursor of the list: where the previous page ended, and the range of the first one. Opaque to clients: base64url
//! of a JSON array.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use eleva::http::Problem;
use jiff::Timestamp;

use crate::{entry::LoggedEntry, instant, range::Range};

/// The longest cursor that is looked at, in bytes.
const LONGEST: usize = 512;

/// The sort key of the last entry of a page, and the range that was fixed with the first page: what happens while
/// somebody turns pages moves neither. It says nothing that its bearer has not just read, and narrows what a query
/// reaches; so it needs no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) range: Range,
    pub(crate) created_at: Timestamp,
    pub(crate) seq: i64,
}

impl Cursor {
    /// The cursor that goes on after this entry.
    pub(crate) fn after(entry: &LoggedEntry, range: Range) -> Self {
        Self { range, created_at: entry.created_at, seq: entry.seq }
    }

    /// The cursor as clients get it.
    pub(crate) fn encode(&self) -> Result<String, Problem> {
        let Self { range: Range { from, to }, created_at, seq } = self;
        let key = (from.as_microsecond(), to.as_microsecond(), created_at.as_microsecond(), seq);
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&key).map_err(Problem::internal)?))
    }

    /// Reads a cursor back. Errors: `malformed` for what [`Cursor::encode`] did not give.
    pub(crate) fn decode(text: &str) -> Result<Self, Problem> {
        Self::read(text)
            .ok_or_else(|| Problem::malformed("The cursor is not one of this list; begin again without it."))
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (from, to, created_at, seq): (i64, i64, i64, i64) = serde_json::from_slice(&bytes).ok()?;
        let range = Range { from: instant::from_microseconds(from)?, to: instant::from_microseconds(to)? };
        let created_at = instant::from_microseconds(created_at)?;
        (range.from <= created_at && created_at < range.to && seq >= 1).then_some(Self { range, created_at, seq })
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use jiff::Timestamp;

    use super::Cursor;
    use crate::range::Range;

    fn cursor() -> Cursor {
        let moment = |microseconds| Timestamp::from_microsecond(microseconds).expect("a time");
        let range = Range { from: moment(1_793_367_414_000_000), to: moment(1_795_959_414_000_000) };
        Cursor { range, created_at: moment(1_795_424_400_123_456), seq: 41 }
    }

    #[test]
    fn a_cursor_comes_back_to_the_microsecond() {
        let encoded = cursor().encode().expect("encoded");
        assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert_eq!(Cursor::decode(&encoded).expect("decoded"), cursor());
    }

    #[test]
    fn a_half_typed_cursor_is_malformed() {
        let encoded = cursor().encode().expect("encoded");
        for end in 0..encoded.len() {
            assert_eq!(Cursor::decode(&encoded[..end]).expect_err("half a cursor").code(), "malformed", "{end}");
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
            encode("[0,2,1]"),
            encode("[0,2,1,0]"),
            encode("[0,2,2,1]"),
            encode("[1,2,0,1]"),
            encode("[0,9223372036854775807,1,1]"),
            encode("[-9223372036854775808,2,1,1]"),
            encode("[-300000000000000000,2,1,1]"),
            encode("[0,2,1,9223372036854775808]"),
            encode("[0,2,1,1,1]"),
            encode(r#"["0",2,1,1]"#),
        ] {
            assert_eq!(Cursor::decode(&text).expect_err("not ours").code(), "malformed", "{text:.80}");
        }
    }
}
