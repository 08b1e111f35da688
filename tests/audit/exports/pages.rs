//! The pages of exports: a table, a form that loses nothing, and how to verify.

use serde_json::json;

use super::{AURORA, NORTE, OWNER, Trail, change, finished, path, paths, queued};
use crate::{
    app::TestApp,
    web::{Browser, Page},
};

const PAGE: &str = "/audit/exports";

async fn signed_in(app: &TestApp) -> Browser {
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    browser
}

fn column(page: &Page, label: &str) -> Vec<String> {
    page.texts(&format!(".log [data-label='{label}']"))
}

/// Nothing that the policy of the site's pages forbids, nothing that reloads itself, and a label for every field.
fn assert_well_formed(page: &Page) {
    assert!(!page.has("script, style, [style], [onclick], meta[http-equiv]"), "{}", page.source());
    for id in page.attributes("input:not([type=hidden]), select, textarea", "id") {
        assert!(page.has(&format!("label[for='{id}']")), "{id} has no label");
    }
    for id in page.attributes("[aria-describedby]", "aria-describedby").iter().flat_map(|ids| ids.split(' ')) {
        assert!(page.has(&format!("#{id}")), "{id} describes something and is not there");
    }
    assert_eq!(page.attributes("nav a[aria-current=page]", "href"), ["/audit/logs"]);
    assert_eq!(page.texts("table").len(), page.texts("table caption").len(), "every table has a caption");
    assert_eq!(page.attributes("th:not([scope])", "class"), [""; 0]);
    let ids = page.attributes("[id]", "id");
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len(), "{ids:?}");
}

#[tokio::test]
async fn the_way_to_exports_is_shown_to_whoever_may_go_it() {
    let app = TestApp::start().await;
    let browser = signed_in(&app).await;
    for from in ["/dashboard", "/audit/logs"] {
        let page = browser.get(from).await.follow("Exports").await;
        assert_eq!((page.status(), page.heading().as_str()), (200, "Exports of the audit log"), "{from}");
    }
    let member = app.browser();
    let page = member.sign_in_as("member@aurora.example").await;
    assert!(!page.has("a[href='/audit/exports']"));
    assert_eq!(member.get(PAGE).await.status(), 403);
}

#[tokio::test]
async fn an_export_is_asked_for_with_a_form_and_shown_on_a_page_of_its_own() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let browser = signed_in(&app).await;
    let page = browser.get(PAGE).await;
    assert_well_formed(&page);
    assert!(page.text().contains("Nothing was exported yet."), "{}", page.text());
    let form = page.form("#new-export");
    let month = |value: &str| value.get(4..).map(str::to_owned);
    assert!(form.value("from").ends_with("-01T00:00:00") && form.value("to").ends_with("-01T00:00:00"));
    assert_ne!(month(form.value("from")), month(form.value("to")), "last month");
    let form = form.fill("from", "2026-10-01T00:00").fill("to", "2026-11-01T00:00").fill("format", "csv");
    let form = form.fill("actions", "EVENT_CREATED").fill("resource_types", "event");
    let page = form.fill("reason", "The <b>yearly</b> audit").submit().await;
    assert_eq!(page.hops().iter().map(|hop| hop.status).collect::<Vec<_>>(), [303]);
    assert_well_formed(&page);
    assert_eq!(page.heading(), "Export of the audit log");
    let facts = page.texts("dd");
    for said in ["Waiting to begin", "Event created", "Event", "CSV", "The <b>yearly</b> audit"] {
        assert!(facts.iter().any(|fact| fact == said), "{said}: {facts:?}");
    }
    assert!(page.has(&format!("main a[href='{}']", page.path())), "it can be reloaded");
    assert!(!page.has("a[href$='/download']"));

    let list = page.follow("Exports").await;
    assert_well_formed(&list);
    assert_eq!(column(&list, "Of what"), ["CSV, Event created, of Event"]);
    let [whom] = column(&list, "For whom").try_into().expect("one");
    assert!(whom.starts_with("Olívia Moreira, ") && whom.ends_with("The <b>yearly</b> audit"), "{whom}");
    assert_eq!(column(&list, "State"), ["Waiting to begin"]);
    assert_eq!(column(&list, "Period"), ["1 Oct 2026, 00:00 – 1 Nov 2026, 00:00"]);
    assert_eq!(list.follow("Reload").await.status(), 200);
    assert_eq!(trail.stored("AUDIT_LOG_EXPORTED").await.len(), 1);
    assert_eq!(trail.stored("AUDIT_LOG_VIEWED").await.len(), 4, "each look is recorded");
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed() {
    let app = TestApp::start().await;
    let browser = signed_in(&app).await;
    let form = browser.get(PAGE).await.form("#new-export");
    let form = form.fill("from", "2026-11-01T00:00").fill("to", "2026-10-01T00:00").fill("format", "csv");
    let page = form.fill("actions", "EVENT_CREATED").fill("reason", "no").submit().await;
    assert_eq!((page.status(), page.path()), (422, PAGE));
    assert_well_formed(&page);
    assert_eq!(
        page.texts(".error"),
        ["Give a time after the beginning of the period.", "Say in 3 to 500 characters what the export is for."]
    );
    assert_eq!(page.attributes("[aria-invalid]", "id"), ["to", "reason"]);
    assert_eq!(page.attributes("[autofocus]", "id"), ["to"]);
    let form = page.form("#new-export");
    assert_eq!((form.value("from"), form.value("to")), ("2026-11-01T00:00", "2026-10-01T00:00"));
    assert_eq!((form.value("format"), form.value("reason"), form.value("actions")), ("csv", "no", "EVENT_CREATED"));
    let page = form.fill("to", "2026-12-01T00:00").fill("reason", "An audit").submit().await;
    assert_eq!(page.heading(), "Export of the audit log");

    let owner = app.owner().await;
    for _ in 0..19 {
        queued(&owner, AURORA).await;
    }
    let form = browser.get(PAGE).await.form("#new-export");
    let page = form.fill("reason", "One more").submit().await;
    assert_eq!(page.status(), 409);
    assert!(page.texts("[role=alert]").concat().contains("20 exports that are not finished"), "{}", page.text());
    assert_eq!(page.form("#new-export").value("reason"), "One more");
}

#[tokio::test]
async fn a_form_of_another_organization_is_refused() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_to("both@eleva.example", NORTE).await;
    let form = browser.get(PAGE).await.form("#new-export").fill("reason", "An audit");
    browser.get("/dashboard").await;
    let other = browser.api().post("/auth/switch-organization", &json!({"organization_id": AURORA})).await;
    assert_eq!(other.status(), 200);
    for cookie in other.set_cookies() {
        browser.jar().store(&url::Url::parse(crate::app::PUBLIC_URL).expect("a URL"), cookie);
    }
    assert_eq!(form.submit().await.status(), 409);
    let count = app.owner().await.query_one("select count(*) from audit_log_exports", &[]).await.expect("a count");
    assert_eq!(count.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn the_table_says_how_far_each_is_and_has_the_files_of_what_is_done() {
    let app = TestApp::start().await;
    let browser = signed_in(&app).await;
    let owner = app.owner().await;
    let done = finished(&app, AURORA).await;
    let bare = finished(&app, AURORA).await;
    change(&owner, bare, "left_out_key = null, record_count = 1").await;
    let failed = queued(&owner, AURORA).await;
    change(&owner, failed, "status = 'failed', error_code = 'store_denied'").await;
    let running = queued(&owner, AURORA).await;
    let half = "status = 'running', record_count = 50, first_seq = 11, last_seq = 20, next_seq = 16, head_seq = 20";
    change(&owner, running, half).await;
    let waiting = queued(&owner, AURORA).await;
    let later = "attempt = 2, error_code = 'store_unavailable', next_attempt_at = now() + interval '1 hour'";
    change(&owner, waiting, later).await;
    let page = browser.get(PAGE).await;
    assert_well_formed(&page);
    let state = |id: uuid::Uuid| page.texts(&format!("#export-{id} [data-label=State]")).concat();
    assert!(state(done).ends_with(": 812 rows, 10 bytes"), "{}", state(done));
    assert!(state(bare).contains(": 1 row,"), "{}", state(bare));
    assert!(state(running).contains("50%, 50 rows so far"), "{}", state(running));
    assert_eq!(page.attributes("progress", "value"), ["50"]);
    assert!(state(waiting).contains("(store_unavailable) and is tried again at"), "{}", state(waiting));
    let said = state(failed);
    assert!(said.starts_with("Failed. Its files may not be stored.") && said.contains("(store_denied)"), "{said}");
    let links = |id: uuid::Uuid| page.attributes(&format!("#export-{id} .files a"), "href");
    let [download, left_out, manifest, _] = paths(done);
    assert_eq!(links(done), [download, left_out, manifest]);
    assert_eq!(links(bare), [format!("{}/download", path(bare)), format!("{}/manifest", path(bare))]);
    assert!([failed, running, waiting].into_iter().all(|id| links(id).is_empty()));

    let one = browser.get(&path(done)).await;
    assert_well_formed(&one);
    assert_eq!(one.attributes(".files a", "href").len(), 3);
    assert!(one.text().contains("1 to 906, 94 rows left out") && !one.text().contains("dropped"), "{}", one.text());
    assert!(!one.has(&format!("main a[href='{}']", path(done))), "nothing is going to change");
    change(&owner, done, "record_count = 810").await;
    let one = browser.get(&path(done)).await;
    assert!(one.text().contains("94 rows left out; 2 rows had been dropped because of their age"), "{}", one.text());
}

#[tokio::test]
async fn the_pages_say_how_to_verify_with_the_key_in_force() {
    let app = TestApp::start().await;
    let browser = signed_in(&app).await;
    let keys = app.client().get("/audit/signing-keys").await.json();
    let fingerprint = keys["exports"][0]["fingerprint"].as_str().expect("a fingerprint");
    let id = finished(&app, AURORA).await;
    for path in [PAGE.to_owned(), path(id)] {
        let page = browser.get(&path).await;
        let steps = page.texts("section[aria-labelledby=verify] li");
        assert_eq!(steps.len(), 3, "{path}");
        assert!(steps[1].contains(fingerprint), "{steps:?}");
        assert!(steps[2].contains("eleva-verify FOLDER --fingerprint FINGERPRINT"), "nobody copies it: {steps:?}");
        assert_eq!(page.follow("all keys").await.heading(), "Keys that sign");
    }
}

#[tokio::test]
async fn older_exports_are_on_further_pages() {
    let app = TestApp::start().await;
    let browser = signed_in(&app).await;
    let owner = app.owner().await;
    for _ in 0..5 {
        queued(&owner, AURORA).await;
    }
    let mut page = browser.get(&format!("{PAGE}?limit=2")).await;
    let mut ids = page.attributes(".entry", "id");
    while page.has("a[rel=next]") {
        page = page.follow("Older").await;
        ids.extend(page.attributes(".entry", "id"));
    }
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 5, "{ids:?}");
    assert_eq!(ids.len(), 5);
}
