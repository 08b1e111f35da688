//! What a browser shows.

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::{
    browser::Browser,
    content_security::FormAction,
    form::Form,
    navigation::{Initiator, Navigation},
};

/// The answer that a navigation ended with.
pub(crate) struct Page {
    browser: Browser,
    url: Url,
    status: u16,
    headers: HeaderMap,
    body: String,
    hops: Vec<Hop>,
}

/// A redirect on the way to a page.
#[derive(Debug)]
pub(crate) struct Hop {
    /// 301, 302, 303, 307 or 308.
    pub(crate) status: u16,
    /// Where it led.
    pub(crate) to: Url,
}

impl Page {
    pub(super) fn new(browser: Browser, url: Url, response: Response<Bytes>, hops: Vec<Hop>) -> Self {
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.to_vec()).expect("pages are UTF-8");
        Self { browser, url, status: parts.status.as_u16(), headers: parts.headers, body, hops }
    }

    /// The status.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// The address.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The address without its origin.
    pub(crate) fn path(&self) -> &str {
        &self.url[url::Position::BeforePath..url::Position::AfterQuery]
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("our headers are ASCII"))
    }

    /// Where a redirect leads, for a page that was stopped at.
    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| panic!("no redirect but {} at {}", self.status, self.url))
    }

    /// The redirects on the way here, the first one first.
    pub(crate) fn hops(&self) -> &[Hop] {
        &self.hops
    }

    /// The document as it came.
    pub(crate) fn source(&self) -> &str {
        &self.body
    }

    /// The text of the whole page, white space folded.
    pub(crate) fn text(&self) -> String {
        self.texts("body").join(" ")
    }

    /// The text of the first heading.
    pub(crate) fn heading(&self) -> String {
        self.texts("h1").into_iter().next().unwrap_or_else(|| panic!("no heading on {}:\n{}", self.url, self.body))
    }

    /// The texts of everything that matches a CSS selector, white space folded.
    pub(crate) fn texts(&self, css: &str) -> Vec<String> {
        self.document().select(&selector(css)).map(text_of).collect()
    }

    /// Whether anything matches a CSS selector.
    pub(crate) fn has(&self, css: &str) -> bool {
        self.document().select(&selector(css)).next().is_some()
    }

    /// The values of an attribute of everything that matches a CSS selector.
    pub(crate) fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        self.document().select(&selector(css)).filter_map(|found| found.attr(name)).map(str::to_owned).collect()
    }

    /// The form that a CSS selector matches, or that is around what it matches.
    pub(crate) fn form(&self, css: &str) -> Form {
        let document = self.document();
        let found = document.select(&selector(css)).next();
        let found = found.unwrap_or_else(|| panic!("no {css} on {}:\n{}", self.url, self.body));
        self.form_around(&document, found)
            .unwrap_or_else(|| panic!("{css} is not in a form on {}:\n{}", self.url, self.body))
    }

    /// Presses the button with this text.
    pub(crate) async fn press(&self, text: &str) -> Page {
        let form = {
            let document = self.document();
            let buttons = selector("button, input[type=submit]");
            let is_meant = |button: &ElementRef<'_>| text_of(*button) == text || button.attr("value") == Some(text);
            let found = document.select(&buttons).find(is_meant);
            let found = found.unwrap_or_else(|| panic!("no button {text:?} on {}:\n{}", self.url, self.body));
            self.form_around(&document, found).unwrap_or_else(|| panic!("the button {text:?} is not in a form"))
        };
        form.press(text).await
    }

    /// Presses the button whose value this is, or sends the form that has a field of this value.
    pub(crate) async fn press_value(&self, value: &str) -> Page {
        let form = {
            let document = self.document();
            let controls = selector("button, input");
            let found = document.select(&controls).find(|control| control.attr("value") == Some(value));
            let found = found.unwrap_or_else(|| panic!("nothing of value {value:?} on {}:\n{}", self.url, self.body));
            self.form_around(&document, found)
                .unwrap_or_else(|| panic!("what has the value {value:?} is not in a form"))
        };
        form.press_value(value).await
    }

    /// Follows the link with this text.
    pub(crate) async fn follow(&self, text: &str) -> Page {
        let href = {
            let document = self.document();
            let found = document.select(&selector("a[href]")).find(|link| text_of(*link) == text);
            let href = found.and_then(|link| link.attr("href"));
            href.unwrap_or_else(|| panic!("no link {text:?} on {}:\n{}", self.url, self.body)).to_owned()
        };
        let url = self.url.join(&href).unwrap_or_else(|error| panic!("{href} is no address: {error}"));
        self.browser.navigate(Navigation::new(Method::GET, url, Some(self.initiator()))).await
    }

    /// The form that an element is in, or that it names as its own (HTML, "form owner").
    fn form_around(&self, document: &Html, element: ElementRef<'_>) -> Option<Form> {
        let form = match element.attr("form") {
            Some(id) => document.select(&selector(&format!("form#{id}"))).next()?,
            None => {
                let around = element.ancestors().filter_map(ElementRef::wrap);
                std::iter::once(element).chain(around).find(|element| element.value().name() == "form")?
            }
        };
        let buttons = selector("button[form]");
        let elsewhere = document.select(&buttons).filter(|button| button.attr("form") == form.attr("id"));
        let initiator = Initiator { form_action: Some(FormAction::of(&self.url, &self.headers)), ..self.initiator() };
        Some(Form::read(self.browser.clone(), initiator, form, elsewhere))
    }

    fn initiator(&self) -> Initiator {
        let referrer_policy = self.header("referrer-policy").unwrap_or_default().to_owned();
        Initiator { url: self.url.clone(), referrer_policy, form_action: None }
    }

    /// Parsed anew each time: the parser's tree cannot be kept across an await.
    fn document(&self) -> Html {
        Html::parse_document(&self.body)
    }
}

pub(super) fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("{css} is no CSS selector: {error}"))
}

pub(super) fn text_of(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A page of our origin that no function has made, for tests of what reads pages.
pub(super) fn rehearsed(path: &str, source: &'static str) -> Page {
    let routes = dev::gateway::Routes::new(Default::default()).expect("no routes");
    let gateway = dev::gateway::Gateway::new(routes, []);
    let network = std::sync::Arc::new(super::network::Network::new(crate::app::PUBLIC_URL, gateway.into()));
    let url = network.resolve(path);
    Page::new(Browser::new(network), url, Response::new(Bytes::from_static(source.as_bytes())), Vec::new())
}

#[test]
fn a_page_is_read_as_a_person_reads_it() {
    let source = "<title>T</title><h1> Your\n events </h1><ul><li class=a>One</li><li class=a>Two</li></ul>\
                  <a href=/x?y=1>Next <b>page</b></a>";
    let page = rehearsed("/events?a=1", source);
    assert_eq!((page.path(), page.heading().as_str()), ("/events?a=1", "Your events"));
    assert_eq!(page.texts("li.a"), ["One", "Two"]);
    assert_eq!(page.attributes("a", "href"), ["/x?y=1"]);
    assert_eq!(page.text(), "Your events One Two Next page");
    assert!(page.has("b") && !page.has("form"));
}
