//! The `form-action` of a page's Content-Security-Policy, which browsers hold a form's redirects to as well.

use http::HeaderMap;
use url::Url;

/// Where the forms of a page may lead.
#[derive(Clone, Debug)]
pub(crate) struct FormAction {
    page: Url,
    sources: Option<Vec<String>>,
}

impl FormAction {
    /// From the headers of a page at `page`.
    pub(crate) fn of(page: &Url, headers: &HeaderMap) -> Self {
        let policy = headers.get("content-security-policy").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let sources = policy.split(';').find_map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            (words.next() == Some("form-action")).then(|| words.map(str::to_owned).collect())
        });
        Self { page: page.clone(), sources }
    }

    /// Whether a form of the page may lead to `target`, directly or by a redirect.
    pub(crate) fn allows(&self, target: &Url) -> bool {
        let Some(sources) = &self.sources else { return true };
        sources.iter().any(|source| match source.as_str() {
            "'self'" => target.origin() == self.page.origin(),
            source => source.parse::<Url>().is_ok_and(|source| source.origin() == target.origin()),
        })
    }
}

#[test]
fn only_the_listed_origins_are_allowed() {
    let at = |url: &str| url.parse::<Url>().expect("a URL");
    let page = at("https://app.eleva.test/events");
    let mut headers = HeaderMap::new();
    assert!(FormAction::of(&page, &headers).allows(&at("https://evil.example/")));
    let policy = "default-src 'none'; form-action 'self' https://api.workos.com";
    headers.insert("content-security-policy", policy.parse().expect("a value"));
    let form_action = FormAction::of(&page, &headers);
    assert!(form_action.allows(&at("https://app.eleva.test/x")));
    assert!(form_action.allows(&at("https://api.workos.com/user_management/authorize")));
    assert!(!form_action.allows(&at("https://login.example/")));
}
