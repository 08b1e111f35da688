//! Ids in paths and in fields.

use uuid::Uuid;

/// The id that a text names: a uuid in its hyphenated form (RFC 9562, section 4), in either case. Anything else names
/// nothing.
pub fn parse_id(text: &str) -> Option<Uuid> {
    match text.len() {
        36 => Uuid::try_parse(text).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse_id;

    #[test]
    fn f4_an_id_has_one_spelling() {
        assert!(parse_id("0b7a1f0c-6f0e-4d5c-9a57-3c1f6f1f7a01").is_some());
        for odd in [
            "",
            "order",
            "0b7a1f0c6f0e4d5c9a573c1f6f1f7a01",
            "{0b7a1f0c-6f0e-4d5c-9a57-3c1f6f1f7a01}",
            "urn:uuid:0b7a1f0c-6f0e-4d5c-9a57-3c1f6f1f7a01",
            "0b7a1f0c-6f0e-4d5c-9a57-3c1f6f1f7a0g",
            "0b7a1f0c-6f0e-4d5c-9a57-3c1f6f1f7a0.",
        ] {
            assert_eq!(parse_id(odd), None, "{odd}");
        }
    }
}
