//! A navigation: what a browser sends when a link is followed, an address typed, or a form sent.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use url::{Origin, Url};

use super::{content_security::FormAction, jar::Sending};

/// The user agent that is stated: Chromium's.
const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";

/// A navigation on its way, redirects included.
pub(crate) struct Navigation {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// The form, `application/x-www-form-urlencoded`.
    pub(crate) body: Option<String>,
    /// The page that it starts from; none when the person typed the address.
    pub(crate) initiator: Option<Initiator>,
    /// Every address of the chain so far: one cross-site hop makes the whole chain cross-site.
    chain: Vec<Url>,
}

/// The page that a navigation starts from.
#[derive(Clone)]
pub(crate) struct Initiator {
    pub(crate) url: Url,
    pub(crate) referrer_policy: String,
    /// For a form: where its page lets forms lead.
    pub(crate) form_action: Option<FormAction>,
}

impl Navigation {
    pub(crate) fn new(method: Method, url: Url, initiator: Option<Initiator>) -> Self {
        Self { method, chain: vec![url.clone()], url, body: None, initiator }
    }

    /// Goes on to where a redirect leads.
    pub(crate) fn redirect(&mut self, status: u16, to: Url) {
        if let Some(form_action) = self.initiator.as_ref().and_then(|initiator| initiator.form_action.as_ref()) {
            assert!(form_action.allows(&to), "the page's form-action does not let a form be redirected to {to}");
        }
        let repeats = matches!(status, 307 | 308) || matches!(self.method, Method::GET | Method::HEAD);
        if !repeats {
            (self.method, self.body) = (Method::GET, None);
        }
        self.chain.push(to.clone());
        self.url = to;
    }

    /// `Sec-Fetch-Site` (Fetch Metadata, section 2.4).
    pub(crate) fn site(&self) -> &'static str {
        let Some(initiator) = &self.initiator else { return "none" };
        let all = |is: fn(&Url, &Url) -> bool| self.chain.iter().all(|url| is(&initiator.url, url));
        match (all(is_same_origin), all(is_same_site)) {
            (true, _) => "same-origin",
            (false, true) => "same-site",
            (false, false) => "cross-site",
        }
    }

    /// Which cookies may go with it.
    pub(crate) fn sending(&self) -> Sending {
        match (self.site(), &self.method) {
            ("none" | "same-origin" | "same-site", _) => Sending::SameSite,
            (_, &Method::GET | &Method::HEAD) => Sending::CrossSiteNavigation,
            _ => Sending::CrossSite,
        }
    }

    /// The request as Chromium writes it, with these cookies.
    pub(crate) fn request(&self, cookies: Option<&str>) -> Request<Bytes> {
        let mut headers = HeaderMap::new();
        let mut set = |name: header::HeaderName, value: &str| {
            headers.insert(name, HeaderValue::from_str(value).expect("a header's value"));
        };
        set(header::ACCEPT, ACCEPT);
        set(header::ACCEPT_LANGUAGE, "en-GB,en;q=0.9");
        set(header::USER_AGENT, USER_AGENT);
        set(header::UPGRADE_INSECURE_REQUESTS, "1");
        set(header::HeaderName::from_static("sec-fetch-dest"), "document");
        set(header::HeaderName::from_static("sec-fetch-mode"), "navigate");
        set(header::HeaderName::from_static("sec-fetch-site"), self.site());
        set(header::HeaderName::from_static("sec-fetch-user"), "?1");
        if let Some(referrer) = self.initiator.as_ref().and_then(|initiator| initiator.referrer(&self.url)) {
            set(header::REFERER, &referrer);
        }
        if let Some(origin) = self.origin() {
            set(header::ORIGIN, &origin);
        }
        if let Some(body) = &self.body {
            set(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            set(header::CONTENT_LENGTH, &body.len().to_string());
        }
        if let Some(cookies) = cookies {
            set(header::COOKIE, cookies);
        }
        let mut request = Request::new(Bytes::from(self.body.clone().unwrap_or_default()));
        (*request.method_mut(), *request.headers_mut()) = (self.method.clone(), headers);
        request
    }

    /// `Origin`, sent with unsafe methods. Where the policy hides the referrer, it is `null`.
    fn origin(&self) -> Option<String> {
        let initiator = self.initiator.as_ref()?;
        if matches!(self.method, Method::GET | Method::HEAD) {
            return None;
        }
        let hidden = match initiator.referrer_policy.as_str() {
            "no-referrer" => true,
            "same-origin" => !is_same_origin(&initiator.url, &self.url),
            _ => false,
        };
        Some(if hidden { "null".to_owned() } else { initiator.url.origin().ascii_serialization() })
    }
}

impl Initiator {
    /// `Referer` (Referrer Policy, section 8.3), for the policies that matter here.
    fn referrer(&self, target: &Url) -> Option<String> {
        let mut whole = self.url.clone();
        whole.set_fragment(None);
        match (self.referrer_policy.as_str(), is_same_origin(&self.url, target)) {
            ("no-referrer", _) | ("same-origin", false) => None,
            (_, true) => Some(whole.into()),
            // The default, strict-origin-when-cross-origin.
            (_, false) => Some(format!("{}/", self.url.origin().ascii_serialization())),
        }
    }
}

fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
}

/// Same scheme and host; no two hosts of the tests share a registrable domain without being equal.
fn is_same_site(one: &Url, other: &Url) -> bool {
    match (one.origin(), other.origin()) {
        (Origin::Tuple(scheme, host, _), Origin::Tuple(other_scheme, other_host, _)) => {
            scheme == other_scheme && host == other_host
        }
        _ => false,
    }
}

#[test]
fn one_cross_site_hop_makes_the_chain_cross_site() {
    let at = |url: &str| url.parse::<Url>().expect("a URL");
    let page = Initiator { url: at("https://app.eleva.test/"), referrer_policy: String::new(), form_action: None };
    let mut navigation = Navigation::new(Method::POST, at("https://app.eleva.test/sign-in"), Some(page));
    assert_eq!((navigation.site(), navigation.sending()), ("same-origin", Sending::SameSite));
    navigation.redirect(303, at("http://127.0.0.1:9/authorize"));
    navigation.redirect(302, at("https://app.eleva.test/auth/callback"));
    assert_eq!((navigation.site(), navigation.sending()), ("cross-site", Sending::CrossSiteNavigation));
    assert_eq!(navigation.method, Method::GET);
}

#[test]
fn a_referrer_policy_of_same_origin_hides_page_and_origin_from_others() {
    let at = |url: &str| url.parse::<Url>().expect("a URL");
    let page = || Initiator {
        url: at("https://app.eleva.test/events?a=1#top"),
        referrer_policy: "same-origin".to_owned(),
        form_action: None,
    };
    let own = Navigation::new(Method::POST, at("https://app.eleva.test/events"), Some(page())).request(None);
    assert_eq!(own.headers()["referer"], "https://app.eleva.test/events?a=1");
    assert_eq!(own.headers()["origin"], "https://app.eleva.test");
    let foreign = Navigation::new(Method::POST, at("http://127.0.0.1:9/"), Some(page())).request(None);
    assert!(foreign.headers().get("referer").is_none());
    assert_eq!(foreign.headers()["origin"], "null");
}
