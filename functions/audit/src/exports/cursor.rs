//! The cursor of the list: where the previous page ended.

use eleva::http::{Problem, cursor, instant};
use jiff::Timestamp;
use uuid::Uuid;

use super::export::Export;

/// The sort key of the last export of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) created_at: Timestamp,
    pub(crate) id: Uuid,
}

impl Cursor {
    /// The cursor that goes on after this export.
    pub(crate) fn after(export: &Export) -> Self {
        Self { created_at: export.created_at, id: export.id }
    }

    /// The cursor as clients get it.
    pub(crate) fn encode(&self) -> Result<String, Problem> {
        cursor::encode(&(self.created_at.as_microsecond(), self.id))
    }

    /// Reads a cursor back. Errors: `malformed` for what [`Cursor::encode`] did not give.
    pub(crate) fn decode(text: &str) -> Result<Self, Problem> {
        cursor::decode(text, |(created_at, id): (i64, Uuid)| {
            Some(Self { created_at: instant::from_microseconds(created_at)?, id })
        })
    }
}

#[cfg(test)]
mod tests {
    use eleva::http::cursor::encode;
    use jiff::Timestamp;
    use serde_json::json;
    use uuid::Uuid;

    use super::Cursor;

    #[test]
    fn a_cursor_comes_back_to_the_microsecond() {
        let created_at = Timestamp::from_microsecond(1_795_424_400_123_456).expect("a time");
        let cursor = Cursor { created_at, id: Uuid::from_u128(7) };
        assert_eq!(Cursor::decode(&cursor.encode().expect("encoded")).expect("decoded"), cursor);
    }

    #[test]
    fn a_cursor_of_somebody_elses_making_is_malformed() {
        let id = Uuid::from_u128(7);
        for key in [json!([i64::MAX, id]), json!([0, "x"]), json!([0, id, 1]), json!(["0", id])] {
            let text = encode(&key).expect("encoded");
            assert_eq!(Cursor::decode(&text).expect_err("not ours").code(), "malformed", "{key}");
        }
    }
}
