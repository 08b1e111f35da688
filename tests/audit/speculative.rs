//! What browsers fetch before anybody wants it is neither shown nor recorded, and nobody takes a file by another site's
//! doing.

use serde_json::json;
use uuid::Uuid;

use super::{AURORA, OWNER, Trail, exports::finished};
use crate::app::{PUBLIC_URL, TestApp};

/// Everything below `/audit` that records who has seen it.
fn recorded(id: Uuid) -> [String; 8] {
    let export = format!("/audit/exports/{id}");
    let [download, left_out, manifest] = files(id);
    let lists = ["/audit/logs", "/audit/report", "/audit/portal", "/audit/exports"].map(str::to_owned);
    let [logs, report, portal, exports] = lists;
    [logs, report, portal, exports, export, download, left_out, manifest]
}

fn files(id: Uuid) -> [String; 3] {
    ["download", "left-out", "manifest"].map(|file| format!("/audit/exports/{id}/{file}"))
}

#[tokio::test]
async fn d7_what_a_browser_fetches_ahead_is_refused_and_nobody_is_said_to_have_seen_it() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let paths = recorded(finished(&app, AURORA).await);
    let before = trail.length().await;
    for path in &paths {
        for (header, purpose) in
            [("sec-purpose", "prefetch"), ("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch")]
        {
            for accept in ["application/json", "text/html"] {
                let call = client.call("GET", path).header(header, purpose).header("accept", accept);
                let answer = client.send(call).await;
                assert_eq!(answer.status(), 503, "{path} {purpose}: {answer:?}");
                // No cache keeps it for the moment when somebody goes there.
                assert_eq!(answer.header("cache-control"), Some("private, no-store"));
                assert!(answer.header("retry-after").is_some(), "{answer:?}");
                assert!(accept == "text/html" || answer.problem() == (503, "speculative".to_owned()), "{answer:?}");
            }
        }
    }
    assert_eq!(trail.length().await, before, "nothing was seen, and nobody was refused what they may have");
    for path in &paths {
        assert!(client.get(path).await.status() < 400, "{path}: somebody goes there");
    }
    assert_eq!(trail.length().await, before + paths.len() as i64);
    let keys = client.call("GET", "/audit/signing-keys").header("sec-purpose", "prefetch");
    assert_eq!(client.send(keys).await.status(), 200, "that somebody has seen the keys is not recorded");
}

#[tokio::test]
async fn d5_another_site_s_link_to_a_file_leads_to_the_page_of_the_export() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    let id = finished(&app, AURORA).await;
    for path in files(id) {
        let page = browser.get_from("https://evil.example", &path).await;
        assert_eq!((page.status(), page.path()), (200, &*format!("/audit/exports/{id}")), "{path}");
        assert_eq!(page.hops().iter().map(|hop| hop.status).collect::<Vec<_>>(), [302], "{path}");
        assert!(page.has(&format!("a[href='{path}']")), "from there it is a click");
    }
    assert!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.is_empty(), "nobody has taken a file");
    let [download, ..] = files(id);
    let typed = browser.api().call("GET", &download).header("sec-fetch-site", "none");
    assert_eq!(browser.api().send(typed).await.status(), 200, "an address that somebody typed");
    assert_eq!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.len(), 1);
}

#[tokio::test]
async fn d5_what_else_another_site_has_a_browser_fetch_gets_no_file_and_says_so_in_the_trail() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let client = app.client_of(OWNER).await;
    let id = finished(&app, AURORA).await;
    for path in files(id) {
        for site in ["cross-site", "same-site"] {
            let call = client.call("GET", &path).header("sec-fetch-site", site);
            assert_eq!(client.send(call).await.problem(), (403, "cross_site".to_owned()), "{path} {site}");
        }
        let own = client.call("GET", &path).header("sec-fetch-site", "same-origin");
        assert_eq!(client.send(own).await.status(), 200, "{path}");
    }
    assert_eq!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.len(), 3);
    let refusals = trail.stored("UNAUTHORIZED_ACCESS_ATTEMPT").await;
    let [refusal] = refusals.as_slice() else { panic!("one a minute: {refusals:#?}") };
    assert_eq!(refusal["metadata"]["code"], json!("cross_site"));
}

#[tokio::test]
async fn who_signs_in_on_the_way_to_a_file_comes_to_the_page_of_its_export() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    // Whoever signs in for the first time is asked for no organization.
    app.client_of("admin@aurora.example").await;
    let id = finished(&app, AURORA).await;
    let [download, ..] = files(id);
    let browser = app.browser();
    let page = browser.get(&download).await.press_value(OWNER).await;
    assert_eq!(page.url().as_str(), format!("{PUBLIC_URL}/audit/exports/{id}"));
    assert_eq!(page.heading(), "Export of the audit log");
    assert!(trail.stored("AUDIT_LOG_EXPORT_DOWNLOADED").await.is_empty());
}
