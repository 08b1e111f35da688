//! Where one ends up after signing in: a path of ours, whatever the link said.

use crate::app::{PUBLIC_URL, TestApp};

fn start(return_to: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
    // With the organization, nobody is asked for one who has several since the first sign-in.
    format!("/sign-in?return_to={encoded}&organization_id=org_01SEEDAURORA")
}

#[tokio::test]
async fn a3_a_return_path_that_leads_elsewhere_ends_at_the_dashboard() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for trick in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "https://app.eleva.test.evil.example/",
        "https://app.eleva.test@evil.example/",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/%2fevil.example",
        "%2f%2fevil.example",
        "/%5cevil.example",
        "/%09/evil.example",
        "/x%0d%0aLocation:%20https://evil.example",
        "/..//evil.example",
        "/./\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/auth/sign-out",
        "/sign-in?return_to=/sign-in",
        "/é",
        "",
    ] {
        let callback = browser.code_in_hand(&start(trick), "owner@aurora.example").await;
        let first = browser.get_once(&callback).await;
        assert_eq!(first.location(), format!("{PUBLIC_URL}/dashboard"), "{trick:?}");
    }
}

#[tokio::test]
async fn a3_a_path_of_ours_is_kept_with_its_query() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let stopped = browser.get("/events?active=true&cursor=").await;
    assert_eq!(stopped.url().path(), "/user_management/authorize", "a stranger is sent to sign in");
    let page = stopped.press_value("owner@aurora.example").await;
    assert_eq!((page.status(), page.path()), (200, "/events?active=true&cursor="));
}

#[tokio::test]
async fn a3_the_pages_that_explain_and_ask_lead_to_paths_of_ours_only() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    for trick in ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\"><script>"] {
        let pages = [
            browser.get(&format!("{}&error=failed", start(trick))).await,
            browser.get(&format!("{}&ended=1", start(trick))).await,
            browser.get_from("https://evil.example/", &start(trick)).await,
        ];
        for page in pages {
            assert_eq!(page.url().path(), "/sign-in");
            for href in page.attributes("main a", "href") {
                let to = page.url().join(&href).expect("a link is an address");
                assert_eq!(to.origin(), page.url().origin(), "{trick:?}: {href}");
            }
            assert!(!page.source().contains("<script"), "{}", page.source());
        }
    }
}
