//! A fact about a database: one line of the manifest.

use std::fmt;

/// Something that a database has, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    /// What it is, in one word: `table`, `grant`.
    pub(super) kind: String,
    /// Which one, unique among its kind: `public.events`, `select on table public.events to authenticated`.
    pub(super) object: String,
    /// How it is, in parts with `; ` between them; empty where that it exists says all.
    pub(super) value: String,
}

impl Fact {
    /// A fact from the database. Names and expressions may hold line ends; a line must not.
    pub(super) fn new(kind: &str, object: &str, value: &str) -> Self {
        Self { kind: one_line(kind), object: one_line(object), value: one_line(value) }
    }

    /// Reads a line of the manifest.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (subject, value) = line.split_once(": ").unwrap_or((line, ""));
        let (kind, object) = subject.split_once(' ')?;
        Some(Self { kind: kind.to_owned(), object: object.to_owned(), value: value.to_owned() })
    }

    /// The parts of the value.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        self.value.split("; ").filter(|part| !part.is_empty())
    }

    /// Whether it belongs to the schema `auth`, which an extension may bring as well.
    pub(super) fn is_of_auth(&self) -> bool {
        match self.kind.as_str() {
            "schema" => self.object == "auth",
            "grant" => self.object.contains(" on schema auth to ") || self.object.contains(" on function auth."),
            _ => self.object.starts_with("auth."),
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.object)?;
        if !self.value.is_empty() {
            write!(formatter, ": {}", self.value)?;
        }
        Ok(())
    }
}

/// Each line end, with what indents around it, becomes a space; any other control character as well.
fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ").replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::Fact;

    #[test]
    fn a_line_says_what_the_fact_says() {
        for (line, parts) in [
            ("table public.events: owned by owner; row security disabled", 2),
            ("grant delete on table public.events to authenticated", 0),
            ("policy a on public.b: using ((c = 'd: e'::text))", 1),
        ] {
            let fact = Fact::parse(line).expect("a fact");
            assert_eq!(fact.to_string(), line);
            assert_eq!(fact.parts().count(), parts, "{line}");
        }
        assert_eq!(Fact::parse("nonsense"), None);
    }

    #[test]
    fn what_the_server_wrote_in_lines_is_one_line() {
        let fact = Fact::new("table", "public.\"two\nlines\"", "CHECK (\nCASE\n    WHEN a\tTHEN b\nEND)");
        assert_eq!(fact.to_string(), "table public.\"two lines\": CHECK ( CASE WHEN a THEN b END)");
    }

    #[test]
    fn what_belongs_to_the_schema_auth_is_known() {
        let is_of_auth = |line| Fact::parse(line).expect("a fact").is_of_auth();
        for line in [
            "schema auth: owned by owner",
            "function auth.session(): stable",
            "grant usage on schema auth to authenticated",
            "grant execute on function auth.user_id() to authenticated",
        ] {
            assert!(is_of_auth(line), "{line}");
        }
        for line in [
            "schema authority: owned by owner",
            "grant usage on schema app to authenticated",
            "grant execute on function app.auth(text) to authenticated",
            "role authenticated: nologin",
        ] {
            assert!(!is_of_auth(line), "{line}");
        }
    }
}
