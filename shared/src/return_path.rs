//! Where a browser may be sent after sign-in: a path of this site, nothing else.

/// The longest return path kept, in bytes: it travels in a sealed cookie.
const LONGEST: usize = 512;

/// A same-origin path with an optional query, safe to put after the public origin in a `Location`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// Where one goes when nothing better is known.
    pub const DEFAULT: &'static str = "/dashboard";

    /// Accepts `text` when a browser would read it as a path of this origin, and gives the dashboard otherwise.
    ///
    /// Browsers treat `\` as `/` and drop tabs and newlines (WHATWG URL, "URL parsing"), so `//evil`, `/\evil`
    /// and `/<tab>/evil` all name another host; encoded forms of them are refused too, because what decodes
    /// the value once more on the way would turn them back. A path below `/auth` or `/sign-in` would loop.
    pub fn sanitize(text: &str) -> Self {
        let decoded_prefix = text.to_ascii_lowercase().replace("%2f", "/").replace("%5c", "\\");
        let acceptable = text.len() <= LONGEST
            && text.starts_with('/')
            && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'\\' && byte != b'"')
            && !decoded_prefix.starts_with("//")
            && !decoded_prefix.starts_with("/\\")
            && !["%09", "%0a", "%0d", "%00", "%5c"].iter().any(|trick| text.to_ascii_lowercase().contains(trick))
            && !has_dot_segment(text)
            && !starts_with_segment(text, "/auth")
            && !starts_with_segment(text, "/sign-in");
        Self(if acceptable { text } else { Self::DEFAULT }.to_owned())
    }

    /// The path with its query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnPath {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

/// Whether the path has a `.` or `..` segment, plain or encoded: a browser resolves them (RFC 3986, section 5.2.4).
fn has_dot_segment(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Whether `path` is `segment` or lies below it.
fn starts_with_segment(path: &str, segment: &str) -> bool {
    path.strip_prefix(segment).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use super::ReturnPath;

    #[test]
    fn a3_paths_of_this_site_are_kept() {
        for path in ["/", "/events", "/events?active=true&cursor=a%20b", "/events/1#top", "/authors", "/sign-in-help"] {
            assert_eq!(ReturnPath::sanitize(path).as_str(), path);
        }
    }

    #[test]
    fn a3_anything_else_becomes_the_dashboard() {
        let too_long = format!("/{}", "a".repeat(512));
        for text in [
            "",
            "events",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https://evil.example/",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/%2fevil.example",
            "/%2F/evil.example",
            "%2f%2fevil.example",
            "/%5cevil.example",
            "/%09/evil.example",
            "/a%0d%0aSet-Cookie:x",
            "javascript:alert(1)",
            "/é",
            "/a b",
            "/./auth/sign-out",
            "/x/../auth/sign-out",
            "/x/%2E%2e/auth/sign-out",
            "/auth/sign-out",
            "/auth",
            "/sign-in?return_to=/",
            "/events\"",
            too_long.as_str(),
        ] {
            assert_eq!(ReturnPath::sanitize(text).as_str(), ReturnPath::DEFAULT, "{text:?}");
        }
    }
}
