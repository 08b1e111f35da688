//! Cookies, in and out (RFC 6265).

/// The cookies of a request.
#[derive(Clone, Debug, Default)]
pub struct Cookies(Vec<(String, String)>);

/// What a name stands for among a request's cookies.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// No cookie of that name.
    Nothing,
    /// Exactly one.
    One(&'a str),
    /// Two or more: somebody planted one, and which is ours cannot be told.
    Several,
}

impl Cookies {
    /// Parses the pairs `name=value` of one or more Cookie headers.
    pub fn parse<'a>(headers: impl IntoIterator<Item = &'a str>) -> Self {
        let pairs = headers
            .into_iter()
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self(pairs)
    }

    /// The cookie of exactly this name.
    pub fn find(&self, name: &str) -> Found<'_> {
        let mut values = self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (None, _) => Found::Nothing,
            (Some(value), None) => Found::One(value),
            (Some(_), Some(_)) => Found::Several,
        }
    }

    /// Every name and value that begins with `prefix`.
    pub fn starting_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter(move |(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A `Set-Cookie` of ours: always Secure, HttpOnly, SameSite=Lax, Path=/ and with the `__Host-` prefix in its name,
/// which makes a browser refuse it from a subdomain or over plain http (RFC 6265bis, section 4.1.3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetCookie {
    name: String,
    value: String,
    max_age: i64,
}

impl SetCookie {
    /// A cookie that lives `max_age` seconds. `name` carries the prefix.
    pub fn new(name: impl Into<String>, value: impl Into<String>, max_age: i64) -> Self {
        let name = name.into();
        debug_assert!(name.starts_with("__Host-"));
        Self { name, value: value.into(), max_age }
    }

    /// A cookie that removes the one of that name.
    pub fn removal(name: impl Into<String>) -> Self {
        Self::new(name, "", 0)
    }

    /// The name, prefix included.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes it adds to the headers of the requests to come; none when it removes.
    pub fn bytes(&self) -> usize {
        if self.max_age == 0 { 0 } else { Self::weight(&self.name, &self.value) }
    }

    /// The bytes of a cookie in a Cookie header, `=` and `; ` included.
    pub fn weight(name: &str, value: &str) -> usize {
        name.len() + value.len() + 3
    }

    /// The header's value.
    pub fn header(&self) -> String {
        let Self { name, value, max_age } = self;
        format!("{name}={value}; Max-Age={max_age}; Path=/; Secure; HttpOnly; SameSite=Lax")
    }
}

#[cfg(test)]
mod tests {
    use super::{Cookies, Found, SetCookie};

    #[test]
    fn names_are_compared_exactly_and_duplicates_are_seen() {
        let cookies = Cookies::parse(["a=1; __Host-a=2", "a=3;b", "c=x=y"]);
        assert_eq!(cookies.find("a"), Found::Several);
        assert_eq!(cookies.find("__Host-a"), Found::One("2"));
        assert_eq!(cookies.find("c"), Found::One("x=y"));
        assert_eq!(cookies.find("A"), Found::Nothing);
        assert_eq!(cookies.find("b"), Found::Nothing);
    }

    #[test]
    fn a13_every_cookie_has_every_attribute() {
        assert_eq!(
            SetCookie::new("__Host-x", "v", 60).header(),
            "__Host-x=v; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
    }
}
