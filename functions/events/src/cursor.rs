//! The cursor of a list: where the previous page ended.

use eleva::http::{Problem, cursor};
use jiff::Timestamp;
use uuid::Uuid;

use crate::event::Event;

/// The sort key of the last event of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) workos_user_id: String,
    pub(crate) order: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) id: Uuid,
}

impl Cursor {
    /// The cursor that goes on after this event.
    pub(crate) fn after(event: &Event) -> Self {
        let Event { workos_user_id, order, created_at, id, .. } = event.clone();
        Self { workos_user_id, order, created_at, id }
    }

    /// The cursor as clients get it.
    pub(crate) fn encode(&self) -> Result<String, Problem> {
        cursor::encode(&(&self.workos_user_id, self.order, self.created_at.as_microsecond(), self.id))
    }

    /// Reads a cursor back. Errors: `malformed` for what [`Cursor::encode`] did not give.
    pub(crate) fn decode(text: &str) -> Result<Self, Problem> {
        cursor::decode(text, |(workos_user_id, order, microseconds, id): (String, i32, i64, Uuid)| {
            // What Postgres would refuse to take as text or as timestamptz is not ours either.
            if workos_user_id.contains('\0') || microseconds < 0 {
                return None;
            }
            Some(Self { workos_user_id, order, created_at: Timestamp::from_microsecond(microseconds).ok()?, id })
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

    fn cursor() -> Cursor {
        Cursor {
            workos_user_id: "user_01ÄÖ\"".to_owned(),
            order: -3,
            created_at: Timestamp::from_microsecond(1_795_424_400_123_456).expect("a time"),
            id: Uuid::from_u128(7),
        }
    }

    #[test]
    fn a_cursor_comes_back_to_the_microsecond() {
        let encoded = cursor().encode().expect("encoded");
        assert_eq!(Cursor::decode(&encoded).expect("decoded"), cursor());
    }

    #[test]
    fn a_cursor_of_somebody_elses_making_is_malformed() {
        let id = Uuid::from_u128(7);
        for key in [
            json!(["u\0", 0, 0, id]),
            json!(["u", 0, -1, id]),
            json!(["u", 0, i64::MAX, id]),
            json!(["u", 2_147_483_648_i64, 0, id]),
            json!(["u", 0, 0, "x"]),
            json!(["u", 0, 0, id, 1]),
        ] {
            let text = encode(&key).expect("encoded");
            assert_eq!(Cursor::decode(&text).expect_err("not ours").code(), "malformed", "{key}");
        }
    }
}
