//! The fields of a posted form.

use percent_encoding::percent_decode;

/// A decoded `application/x-www-form-urlencoded` body.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

/// The field that names the method a POST stands for.
pub const METHOD: &str = "_method";
/// The field that names the organization (WorkOS id, empty without one) a form was made for.
pub const ORGANIZATION: &str = "_org";
/// The field that names the user (WorkOS id) a form was made for.
pub const USER: &str = "_user";

impl Form {
    /// Decodes a body; `None` when it is not UTF-8.
    pub fn parse(body: &[u8]) -> Option<Self> {
        // The parser makes U+FFFD of what is not UTF-8; storing that would lose what was sent. The separators are ASCII,
        // so that the body is UTF-8 as a whole if every part of it is.
        percent_decode(body).decode_utf8().ok()?;
        Some(Self(form_urlencoded::parse(body).into_owned().collect()))
    }

    /// The first value of a field, exactly as sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field that may repeat.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// A text field with browsers' CRLF line ends folded to LF and surrounding space removed.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.replace("\r\n", "\n").trim().to_owned())
    }
}

/// Percent-encodes a value for a query.
pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn fields_are_decoded_and_broken_encodings_refused() {
        let form = Form::parse(b"name=Caf%C3%A9+1&id=a&id=b&text=+x%0D%0Ay+").expect("a form");
        assert_eq!(form.get("name"), Some("Café 1"));
        assert_eq!(form.all("id").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(form.text("text").as_deref(), Some("x\ny"));
        assert!(Form::parse(b"name=%FF").is_none());
        assert!(Form::parse(&[0xff]).is_none());
        assert!(Form::parse(b"name=%C3&id=%A9").is_none());
        let replaced = Form::parse(b"text=%EF%BF%BD").expect("a form");
        assert_eq!(replaced.get("text"), Some("\u{fffd}"), "which somebody may have typed");
    }
}
