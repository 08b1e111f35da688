//! The cursor of a list: where the previous page ended. Opaque to clients: base64url of a JSON array.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use eleva::http::Problem;
use jiff::Timestamp;
use uuid::Uuid;

use crate::event::Event;

/// The longest cursor that is looked at, in bytes.
const LONGEST: usize = 512;

/// The sort key of the last event of a page. It says nothing that its bearer has not just read, and chooses no rows
/// but by order; so it needs no signature.
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
        let key = (&self.workos_user_id, self.order, self.created_at.as_microsecond(), self.id);
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
        let (workos_user_id, order, microseconds, id): (String, i32, i64, Uuid) =
            serde_json::from_slice(&bytes).ok()?;
        // What Postgres would refuse to take as text or as timestamptz is not ours either.
        if workos_user_id.contains('\0') || microseconds < 0 {
            return None;
        }
        Some(Self { workos_user_id, order, created_at: Timestamp::from_microsecond(microseconds).ok()?, id })
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use jiff::Timestamp;
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
            encode(r#"["u\u0000",0,0,"00000000-0000-0000-0000-000000000007"]"#),
            encode(r#"["u",0,-1,"00000000-0000-0000-0000-000000000007"]"#),
            encode(r#"["u",0,9223372036854775807,"00000000-0000-0000-0000-000000000007"]"#),
            encode(r#"["u",2147483648,0,"00000000-0000-0000-0000-000000000007"]"#),
            encode(r#"["u",0,0,"x"]"#),
            encode(r#"["u",0,0,"00000000-0000-0000-0000-000000000007",1]"#),
        ] {
            assert_eq!(Cursor::decode(&text).expect_err("not ours").code(), "malformed", "{text:.80}");
        }
    }
}
