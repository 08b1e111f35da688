//! A browser's cookies, by the rules of RFC 6265bis as Chromium applies them.

use std::time::{Duration, Instant};

use cookie::{Cookie, SameSite};
use url::Url;

/// The most bytes of name and value together; Chromium drops a larger cookie silently.
const LARGEST: usize = 4_096;

/// The cookies of one browser.
#[derive(Clone, Default)]
pub(crate) struct Jar(Vec<Kept>);

#[derive(Clone)]
struct Kept {
    host: String,
    name: String,
    value: String,
    path: String,
    secure: bool,
    same_site: SameSite,
    expires: Option<Instant>,
}

/// How a request came about, as far as `SameSite` cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sending {
    /// From the same site, or typed by the person.
    SameSite,
    /// A navigation by a safe method from another site: Lax cookies go with it.
    CrossSiteNavigation,
    /// Anything else from another site.
    CrossSite,
}

impl Jar {
    /// Takes a `Set-Cookie` of an answer from `url`; false when a browser would not.
    pub(crate) fn store(&mut self, url: &Url, set_cookie: &str) -> bool {
        let Ok(cookie) = Cookie::parse(set_cookie.to_owned()) else { return false };
        let host = url.host_str().unwrap_or_default().to_owned();
        let trustworthy = url.scheme() == "https" || matches!(host.as_str(), "localhost" | "127.0.0.1");
        let secure = cookie.secure() == Some(true);
        let rooted = cookie.path() == Some("/");
        let (name, value) = (cookie.name().to_owned(), cookie.value().to_owned());
        let acceptable = (!secure || trustworthy)
            && (!name.starts_with("__Host-") || (secure && rooted && cookie.domain().is_none()))
            && (!name.starts_with("__Secure-") || secure)
            && name.len() + value.len() <= LARGEST;
        if !acceptable {
            return false;
        }
        let path = cookie.path().filter(|path| path.starts_with('/')).unwrap_or_else(|| default_path(url)).to_owned();
        self.0.retain(|kept| (&kept.host, &kept.name, &kept.path) != (&host, &name, &path));
        let max_age = cookie.max_age().map(|age| age.whole_seconds());
        if max_age.is_none_or(|seconds| seconds > 0) {
            let expires = max_age.map(|seconds| Instant::now() + Duration::from_secs(seconds.unsigned_abs()));
            let same_site = cookie.same_site().unwrap_or(SameSite::Lax);
            self.0.push(Kept { host, name, value, path, secure, same_site, expires });
        }
        true
    }

    /// The `Cookie` header for a request to `url`, if any cookie goes with it.
    pub(crate) fn header(&self, url: &Url, sending: Sending) -> Option<String> {
        let pairs: Vec<String> = self
            .0
            .iter()
            .filter(|kept| kept.goes_to(url) && kept.goes_with(sending))
            .map(|kept| format!("{}={}", kept.name, kept.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The value of a cookie, whichever host it belongs to.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|kept| kept.name == name).map(|kept| kept.value.as_str())
    }

    /// Gives a cookie that is there another value: somebody edits it.
    pub(crate) fn edit(&mut self, name: &str, value: &str) {
        let kept = self.0.iter_mut().find(|kept| kept.name == name);
        kept.unwrap_or_else(|| panic!("there is no cookie {name}")).value = value.to_owned();
    }

    /// The names of the cookies that begin with `prefix`.
    pub(crate) fn names(&self, prefix: &str) -> Vec<&str> {
        self.0.iter().map(|kept| kept.name.as_str()).filter(|name| name.starts_with(prefix)).collect()
    }

    /// Removes every cookie of a host, as `Clear-Site-Data: "cookies"` does.
    pub(crate) fn clear(&mut self, url: &Url) {
        self.0.retain(|kept| Some(kept.host.as_str()) != url.host_str());
    }
}

impl Kept {
    fn goes_to(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let trustworthy = url.scheme() == "https" || matches!(host, "localhost" | "127.0.0.1");
        let path = url.path();
        let below = path == self.path
            || path.strip_prefix(&self.path).is_some_and(|rest| self.path.ends_with('/') || rest.starts_with('/'));
        host == self.host && below && (!self.secure || trustworthy) && self.expires.is_none_or(|at| at > Instant::now())
    }

    fn goes_with(&self, sending: Sending) -> bool {
        match sending {
            Sending::SameSite => true,
            Sending::CrossSiteNavigation => self.same_site != SameSite::Strict,
            Sending::CrossSite => self.same_site == SameSite::None && self.secure,
        }
    }
}

/// The folder of the address (RFC 6265, section 5.1.4).
fn default_path(url: &Url) -> &str {
    match url.path().rfind('/') {
        None | Some(0) => "/",
        Some(end) => &url.path()[..end],
    }
}

#[test]
fn a_browser_takes_only_well_formed_host_cookies() {
    let url: Url = "https://app.eleva.test/auth/callback".parse().expect("a URL");
    let taken = |line: &str| Jar::default().store(&url, line);
    assert!(taken("__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"));
    assert!(!taken("__Host-a=1; Path=/auth; Secure"));
    assert!(!taken("__Host-a=1; Path=/"));
    assert!(!taken("__Host-a=1; Path=/; Secure; Domain=eleva.test"));
    assert!(!taken(&format!("a={}; Path=/; Secure", "v".repeat(LARGEST))));
}

#[test]
fn a_cookie_goes_where_and_when_its_attributes_say() {
    let at = |url: &str| url.parse::<Url>().expect("a URL");
    let mut jar = Jar::default();
    jar.store(&at("https://app.eleva.test/x"), "lax=1; Path=/; Secure; SameSite=Lax");
    jar.store(&at("https://app.eleva.test/x"), "below=1; Path=/auth; SameSite=Strict");
    let header = |jar: &Jar, url: &str, sending| jar.header(&at(url), sending);
    assert_eq!(header(&jar, "https://app.eleva.test/auth/x", Sending::SameSite).as_deref(), Some("lax=1; below=1"));
    assert_eq!(header(&jar, "https://app.eleva.test/authx", Sending::SameSite).as_deref(), Some("lax=1"));
    assert_eq!(header(&jar, "https://app.eleva.test/auth/x", Sending::CrossSiteNavigation).as_deref(), Some("lax=1"));
    assert_eq!(header(&jar, "https://app.eleva.test/", Sending::CrossSite), None);
    assert_eq!(header(&jar, "http://app.eleva.test/", Sending::SameSite), None);
    assert_eq!(header(&jar, "https://other.eleva.test/", Sending::SameSite), None);
    jar.store(&at("https://app.eleva.test/"), "lax=; Path=/; Secure; Max-Age=0");
    assert_eq!(jar.names(""), ["below"]);
}
