//! The query of a request.

use jiff::Timestamp;

use super::{instant, problem::Problem};

/// A parsed query string, in order, percent-decoded.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Parses a raw query string (`application/x-www-form-urlencoded`, WHATWG URL).
    pub fn parse(raw: &str) -> Self {
        Self(form_urlencoded::parse(raw.as_bytes()).into_owned().collect())
    }

    /// The value of a parameter that may stand once; an empty value counts as absent. Twice is `malformed`, and so is what
    /// is not UTF-8, which the parser has turned into U+FFFD.
    pub fn optional(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let first = values.next().filter(|value| !value.is_empty());
        match values.next() {
            None if first.is_some_and(|value| value.contains('\u{fffd}')) => {
                Err(Problem::malformed(format!("The query parameter {name} is not valid UTF-8.")))
            }
            None => Ok(first),
            Some(_) => Err(Problem::malformed(format!("The query parameter {name} may be given once."))),
        }
    }

    /// The same, read by `parse`; what that does not take is `malformed`.
    pub fn parsed<'a, T>(&'a self, name: &str, parse: impl FnOnce(&'a str) -> Option<T>) -> Result<Option<T>, Problem> {
        let unreadable = || Problem::malformed(format!("The query parameter {name} cannot be read."));
        self.optional(name)?.map(|text| parse(text).ok_or_else(unreadable)).transpose()
    }

    /// The moment that a parameter names, as [`instant::parse`] reads it.
    pub fn moment(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let unreadable = || {
            let what = "a time of RFC 3339 such as 2026-11-28T14:05:00Z";
            Problem::malformed(format!("The query parameter {name} cannot be read: give {what}."))
        };
        self.optional(name)?.map(|text| instant::parse(text).ok_or_else(unreadable)).transpose()
    }

    /// The values of a parameter that may repeat, without the empty ones, which a form sends for what is not chosen.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, value)| own == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}
