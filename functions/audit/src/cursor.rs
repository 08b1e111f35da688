//! The cursor of the list: where the previous page ended, and the range of the first one.

use eleva::http::{Problem, cursor, instant};
use jiff::Timestamp;

use crate::{entry::LoggedEntry, range::Range};

/// The sort key of the last entry of a page, and the range that was fixed with the first page: what happens while
/// somebody turns pages moves neither. The range narrows what a query reaches.
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
        cursor::encode(&(from.as_microsecond(), to.as_microsecond(), created_at.as_microsecond(), seq))
    }

    /// Reads a cursor back. Errors: `malformed` for what [`Cursor::encode`] did not give.
    pub(crate) fn decode(text: &str) -> Result<Self, Problem> {
        cursor::decode(text, |(from, to, created_at, seq): (i64, i64, i64, i64)| {
            let range = Range { from: instant::from_microseconds(from)?, to: instant::from_microseconds(to)? };
            let created_at = instant::from_microseconds(created_at)?;
            (range.from <= created_at && created_at < range.to && seq >= 1).then_some(Self { range, created_at, seq })
        })
    }
}

#[cfg(test)]
mod tests {
    use eleva::http::cursor::encode;
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::Cursor;
    use crate::range::Range;

    fn cursor() -> Cursor {
        let moment = |microseconds| Timestamp::from_microsecond(microseconds).expect("a time");
        let range = Range { from: moment(1_793_367_414_000_000), to: moment(1_795_959_414_000_000) };
        Cursor { range, created_at: moment(1_795_424_400_123_456), seq: 41 }
    }

    fn refused(key: &Value) -> &'static str {
        Cursor::decode(&encode(key).expect("encoded")).expect_err("not ours").code()
    }

    #[test]
    fn a_cursor_comes_back_to_the_microsecond() {
        let encoded = cursor().encode().expect("encoded");
        assert_eq!(Cursor::decode(&encoded).expect("decoded"), cursor());
    }

    #[test]
    fn a_cursor_of_somebody_elses_making_is_malformed() {
        for key in [
            json!([0, 2, 1]),
            json!([0, 2, 1, 0]),
            json!([0, 2, 2, 1]),
            json!([1, 2, 0, 1]),
            json!([0, i64::MAX, 1, 1]),
            json!([i64::MIN, 2, 1, 1]),
            json!([-300_000_000_000_000_000_i64, 2, 1, 1]),
            json!([0, 2, 1, u64::MAX]),
            json!([0, 2, 1, 1, 1]),
            json!(["0", 2, 1, 1]),
        ] {
            assert_eq!(refused(&key), "malformed", "{key}");
        }
    }
}
