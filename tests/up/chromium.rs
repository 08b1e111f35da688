//! Chromium, driven through its driver: what a person sees and does, not what a page's source says.

use std::{
    fs,
    net::Ipv4Addr,
    path::PathBuf,
    time::{Duration, Instant},
};

use dev::{
    account::Account,
    child::{Child, StopSignal},
    ports,
};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element, key::Key};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::sleep};

use crate::app::world;

/// How long something may take to appear on a page.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser with a profile of its own. Dropped, it is killed with its driver.
pub(super) struct Chromium {
    client: Client,
    _driver: Child,
    folder: PathBuf,
}

impl Chromium {
    /// Starts one. `name` is the test's, for its folder; `width`: of the window, CSS pixels.
    pub(super) async fn start(name: &str, width: u32) -> Self {
        let folder = world().scratch.join("chromium").join(name);
        fs::create_dir_all(&folder).expect("a folder can be made");
        let port = ports::find_free().expect("a free port");
        let mut command = Account::own().command(&world().chromedriver, StopSignal::Terminate);
        command.arg(format!("--port={port}"));
        let mut driver = Child::start("chromedriver", command, &folder.join("driver.log"), StopSignal::Terminate)
            .expect("chromedriver can be started");
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
            driver.check().unwrap_or_else(|failure| panic!("{failure}"));
            sleep(Duration::from_millis(50)).await;
        }
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&folder, width))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        Self { client, _driver: driver, folder }
    }

    /// Goes to an address.
    pub(super) async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Presses the button with this value, or of this text, or follows the link of this text, and waits until the page
    /// has gone.
    pub(super) async fn press(&self, what: &str) {
        let page = self.find("/html").await;
        self.click(what).await;
        self.wait_until_gone(page, what).await;
    }

    /// The same for what leads nowhere else.
    pub(super) async fn click(&self, what: &str) {
        let (value, text) = (format!("//button[@value='{what}']"), format!("[normalize-space(.)='{what}']"));
        let xpath = format!("{value} | //button{text} | //a{text} | //summary{text}");
        self.find(&xpath).await.click().await.unwrap_or_else(|error| panic!("{what}: {error}"));
    }

    /// Replaces what a field holds.
    pub(super) async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("//*[@name='{name}' and not(@type='hidden')]")).await;
        field.clear().await.expect("a field can be emptied");
        field.send_keys(text).await.expect("a field can be filled in");
    }

    /// Presses Enter wherever the focus is, and waits until the page has gone.
    pub(super) async fn enter(&self) {
        let page = self.find("/html").await;
        self.type_keys(&char::from(Key::Enter).to_string()).await;
        self.wait_until_gone(page, "Enter").await;
    }

    async fn wait_until_gone(&self, page: Element, after: &str) {
        let started = Instant::now();
        while page.tag_name().await.is_ok() {
            assert!(started.elapsed() < PATIENCE, "{after} leads nowhere from {}", self.address().await);
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Types keys wherever the focus is.
    async fn type_keys(&self, keys: &str) {
        let active = self.client.active_element().await.expect("something has the focus");
        active.send_keys(keys).await.expect("keys can be typed");
    }

    /// Presses Tab until the focus is on a link or button of this text; panics when it never is.
    pub(super) async fn tab_to(&self, text: &str) {
        for _ in 0..60 {
            self.type_keys(&char::from(Key::Tab).to_string()).await;
            let active = self.client.active_element().await.expect("something has the focus");
            if active.text().await.expect("a text").trim() == text {
                return;
            }
        }
        panic!("the keyboard does not reach {text:?}");
    }

    /// The text of the page's first heading.
    pub(super) async fn heading(&self) -> String {
        self.text("//h1").await
    }

    /// The text of what an XPath finds.
    pub(super) async fn text(&self, xpath: &str) -> String {
        self.find(xpath).await.text().await.expect("a text")
    }

    /// The texts of everything that an XPath finds now.
    pub(super) async fn texts(&self, xpath: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for found in self.client.find_all(Locator::XPath(xpath)).await.expect("an XPath") {
            texts.push(found.text().await.expect("a text"));
        }
        texts
    }

    /// The address.
    pub(super) async fn address(&self) -> String {
        self.client.current_url().await.expect("an address").into()
    }

    /// What a script answers.
    pub(super) async fn evaluate(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("a script")
    }

    /// Keeps a picture of the window, to be looked at.
    pub(super) async fn picture(&self, name: &str) {
        let png = self.client.screenshot().await.expect("a picture");
        fs::write(self.folder.join(format!("{name}.png")), png).expect("a picture can be kept");
    }

    /// Ends the browser.
    pub(super) async fn close(self) {
        self.client.close().await.expect("Chromium ends");
    }

    async fn find(&self, xpath: &str) -> Element {
        let waiting = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(xpath)).await;
        match waiting {
            Ok(element) => element,
            Err(error) => panic!("no {xpath} on {}: {error}", self.address().await),
        }
    }
}

fn capabilities(folder: &std::path::Path, width: u32) -> serde_json::Map<String, Value> {
    let options = json!({
        "binary": world().chromium,
        "args": [
            "--headless=new",
            // Chromium's own sandbox does not start as root, nor in most containers.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            format!("--window-size={width},1000"),
            format!("--user-data-dir={}", folder.join("profile").display()),
        ],
    });
    let capabilities = json!({"browserName": "chrome", "goog:chromeOptions": options});
    capabilities.as_object().cloned().unwrap_or_default()
}
