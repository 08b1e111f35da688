//! A browser without a window: it has cookies, follows redirects and reads pages.

use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use http::{Method, Response, header};
use url::Url;

use super::{
    api::ApiClient,
    jar::Jar,
    navigation::{Initiator, Navigation},
    network::Network,
    page::{Hop, Page},
};

/// The most redirects of one navigation; Chromium gives up after as many (`ERR_TOO_MANY_REDIRECTS`).
const MOST_REDIRECTS: usize = 20;

/// A browser. Its clones are tabs: they share the cookies. Every [`Page`] it shows can be used on its own.
#[derive(Clone)]
pub(crate) struct Browser {
    network: Arc<Network>,
    jar: Arc<Mutex<Jar>>,
}

impl Browser {
    /// A browser that was never used.
    pub(crate) fn new(network: Arc<Network>) -> Self {
        Self { network, jar: Arc::default() }
    }

    /// Types an address, or a path of our origin, and goes where it leads.
    pub(crate) async fn get(&self, address: &str) -> Page {
        let url = self.network.resolve(address);
        self.navigate(Navigation::new(Method::GET, url, None)).await
    }

    /// Follows a link on a page of another site.
    pub(crate) async fn get_from(&self, other_site: &str, address: &str) -> Page {
        let url = self.network.resolve(address);
        self.navigate(Navigation::new(Method::GET, url, Some(foreign(other_site)))).await
    }

    /// Has a page of another site send a form here.
    pub(crate) async fn post_from(&self, other_site: &str, address: &str, fields: &[(&str, &str)]) -> Page {
        let url = self.network.resolve(address);
        let mut navigation = Navigation::new(Method::POST, url, Some(foreign(other_site)));
        navigation.body = Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish());
        self.navigate(navigation).await
    }

    /// Types an address and stops at the first answer, even when it is a redirect.
    pub(crate) async fn get_once(&self, address: &str) -> Page {
        let url = self.network.resolve(address);
        self.navigate_once(Navigation::new(Method::GET, url, None)).await
    }

    /// Signs in by choosing the person of this e-mail address at the sign-in page; who has several organizations and
    /// is asked must use [`Browser::sign_in_to`].
    pub(crate) async fn sign_in_as(&self, email: &str) -> Page {
        let page = self.get("/sign-in").await.press_value(email).await;
        assert!(!asks_for_organization(&page), "{email} was asked for an organization:\n{}", page.text());
        page
    }

    /// Signs in and chooses the organization (WorkOS id) when asked.
    pub(crate) async fn sign_in_to(&self, email: &str, organization_id: &str) -> Page {
        let page = self.get("/sign-in").await.press_value(email).await;
        match asks_for_organization(&page) {
            true => page.press_value(organization_id).await,
            false => page,
        }
    }

    /// A client for JSON with a copy of this browser's cookies.
    pub(crate) fn api(&self) -> ApiClient {
        ApiClient::new(self.network.clone(), self.jar().clone())
    }

    /// Another browser with a copy of the cookies: what a thief would have.
    pub(crate) fn copied(&self) -> Self {
        Self { network: self.network.clone(), jar: Arc::new(Mutex::new(self.jar().clone())) }
    }

    /// The cookies, to look at or to edit.
    pub(crate) fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().expect("no other holder of the jar panicked")
    }

    /// Stops at the first answer to a navigation.
    pub(super) async fn navigate_once(&self, navigation: Navigation) -> Page {
        let response = self.exchange(&navigation).await;
        Page::new(self.clone(), navigation.url, response, Vec::new())
    }

    /// Goes where a navigation leads.
    pub(super) async fn navigate(&self, mut navigation: Navigation) -> Page {
        let mut hops = Vec::new();
        loop {
            let response = self.exchange(&navigation).await;
            let status = response.status().as_u16();
            let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            let (true, Some(location)) = (matches!(status, 301..=303 | 307 | 308), location) else {
                return Page::new(self.clone(), navigation.url, response, hops);
            };
            let to = navigation.url.join(location).unwrap_or_else(|error| panic!("{location} is no address: {error}"));
            hops.push(Hop { status, to: to.clone() });
            assert!(hops.len() <= MOST_REDIRECTS, "redirects without end: {hops:#?}");
            navigation.redirect(status, to);
        }
    }

    /// One request and its answer, whose cookies are kept.
    async fn exchange(&self, navigation: &Navigation) -> Response<Bytes> {
        let url = &navigation.url;
        let cookies = self.jar().header(url, navigation.sending());
        let response = self.network.send(url, navigation.request(cookies.as_deref())).await;
        let mut jar = self.jar();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            jar.store(url, cookie.to_str().expect("cookies are ASCII"));
        }
        let clears = response.headers().get("clear-site-data").and_then(|value| value.to_str().ok());
        if clears.is_some_and(|kinds| kinds.contains("\"cookies\"")) {
            jar.clear(url);
        }
        drop(jar);
        response
    }
}

/// Whether it is WorkOS's page, or ours, on which somebody chooses among several organizations.
fn asks_for_organization(page: &Page) -> bool {
    ["/user_management/authorize", "/auth/callback/organization"].contains(&page.url().path())
        && page.has("button[name=organization_id]")
}

fn foreign(site: &str) -> Initiator {
    let url: Url = site.parse().expect("another site's URL");
    Initiator { url, referrer_policy: String::new(), form_action: None }
}
