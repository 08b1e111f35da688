//! The pages: a form and tables that need no script, and charts that are described.

use serde_json::json;
use tokio_postgres::types::Type;

use super::{AURORA, OWNER, Planted, Trail, days_ago};
use crate::{
    app::TestApp,
    web::{Browser, Page},
};

async fn signed_in(app: &TestApp) -> Browser {
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    browser
}

/// What a column of the table says, from top to bottom.
fn column(page: &Page, label: &str) -> Vec<String> {
    page.texts(&format!(".log [data-label='{label}']"))
}

/// Nothing that the policy of the site's pages forbids, and a label for every field.
fn assert_well_formed(page: &Page) {
    assert!(!page.has("script, style, [style], [onclick]"), "{}", page.source());
    for id in page.attributes("input:not([type=hidden]), select", "id") {
        assert!(page.has(&format!("label[for='{id}']")), "{id} has no label");
    }
    assert_eq!(page.attributes("nav a[aria-current=page]", "href"), ["/audit/logs"]);
    assert!(page.texts("table").len() == page.texts("table caption").len(), "every table has a caption");
    assert_eq!(page.attributes("th:not([scope])", "class"), [""; 0]);
}

#[tokio::test]
async fn the_way_to_the_log_is_shown_to_whoever_may_go_it() {
    let app = TestApp::start().await;
    let page = signed_in(&app).await.get("/dashboard").await;
    assert!(page.has("nav a[href='/audit/logs']") && page.has("main a[href='/audit/logs']"));
    assert_eq!(page.follow("Audit log").await.heading(), "Audit log");
    let browser = app.browser();
    let page = browser.sign_in_as("member@aurora.example").await;
    assert!(!page.has("a[href='/audit/logs']"));
    assert_eq!(browser.get("/audit/logs").await.status(), 403);
}

#[tokio::test]
async fn an_empty_log_says_so_and_how_to_go_on() {
    let app = TestApp::start().await;
    let browser = signed_in(&app).await;
    let page = browser.get("/audit/logs?to=2026-01-01&from=2025-12-01").await;
    assert_well_formed(&page);
    assert!(page.text().contains("Nothing was recorded in this time."), "{}", page.text());
    assert_eq!(page.form("#filter").value("from"), "2025-12-01T00:00:00");
    let page = page.form("#filter").fill("user_id", "user_01NOBODY").submit().await;
    assert!(page.text().contains("Nothing in this time matches."), "{}", page.text());
}

#[tokio::test]
async fn filters_are_a_form_that_keeps_what_was_chosen_also_on_older_pages() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    for number in 0..5 {
        trail.plant(&Planted::days_ago(number, 10 - number)).await;
        trail.plant(&Planted { action: "EVENT_UPDATED", user_id: None, ..Planted::days_ago(number, 10) }).await;
    }
    let browser = signed_in(&app).await;
    let page = browser.get("/audit/logs").await;
    let from = days_ago(20).to_string();
    let from = from.trim_end_matches('Z');
    let form = page.form("#filter").fill("action", "EVENT_CREATED").fill("user_id", "user_01SEEDAURORAOWNER");
    let page = form.fill("resource_type", "event").fill("from", from).submit().await;
    assert_well_formed(&page);
    assert_eq!(column(&page, "What"), ["Event created"; 5]);

    let page = browser.get(&format!("{}&limit=2", page.path())).await;
    let mut times = column(&page, "When");
    let mut page = page;
    while page.has("a[rel=next]") {
        page = page.follow("Older").await;
        assert_eq!(page.attributes("option[selected]", "value"), ["EVENT_CREATED", "event"]);
        let form = page.form("#filter");
        assert_eq!((form.value("user_id"), form.value("from")), ("user_01SEEDAURORAOWNER", from));
        assert!(column(&page, "What").iter().all(|what| what == "Event created"));
        times.extend(column(&page, "When"));
    }
    assert_eq!(times.len(), 5);
    // Of several actions each stays chosen.
    let page = browser.get("/audit/logs?action=EVENT_CREATED&action=EVENT_UPDATED").await;
    assert_eq!(column(&page.form("#filter").submit().await, "What").len(), 10);
}

#[tokio::test]
async fn an_entry_says_when_who_what_and_to_what() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let zone = "update organizations set timezone = 'America/New_York' where workos_org_id = 'org_01SEEDAURORA'";
    trail.owner().batch_execute(zone).await.expect("a time zone");
    let event = "0193fa6e-0000-7000-8000-000000000000";
    // In one second of winter and of summer time alike: what is shown is the zone's own.
    let at = days_ago(2);
    let local = "select to_char($1::timestamptz at time zone 'America/New_York', 'FMDD Mon YYYY, HH24:MI:SS')";
    let local: String = trail.owner().query_typed_one(local, &[(&at, Type::TIMESTAMPTZ)]).await.expect("a time").get(0);
    let planted = Planted { at, resource_id: Some(event.to_owned()), ..Planted::days_ago(1, 0) };
    trail.plant(&planted).await;
    trail.plant(&Planted { user_id: Some("user_01GONE"), ..Planted::days_ago(2, 3) }).await;
    trail.plant(&Planted { user_id: None, resource_type: "medical_record", ..Planted::days_ago(3, 4) }).await;
    trail.append(4, None, "SECURITY_ALERT_TRIGGERED", "security").await;
    let page = signed_in(&app).await.get("/audit/logs?action=EVENT_CREATED&action=SECURITY_ALERT_TRIGGERED").await;
    assert_well_formed(&page);
    assert_eq!(column(&page, "Who"), ["Operator", "Olívia Moreira", "user_01GONE", "System"]);
    assert_eq!(column(&page, "What")[0], "Security alert triggered");
    assert_eq!(column(&page, "Outcome"), ["Failure", "Success", "Success", "Success"]);
    assert_eq!(column(&page, "To what")[3], "Medical record");
    assert_eq!(page.attributes(".log a", "href"), [format!("/events/{event}")]);
    assert_eq!(page.attributes(".log time", "datetime")[1], at.to_string());
    assert_eq!(column(&page, "When")[1], local);
    assert!(page.text().contains("America/New_York"), "{}", page.text());
    assert!(page.texts(".details dd")[..].iter().any(|text| text == "192.0.2.7"), "{}", page.text());
}

#[tokio::test]
async fn what_changed_is_shown_as_text_and_never_as_markup() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let values = json!({"name": "<script>alert(1)</script>", "price": 6000});
    let append = "
        select app.audit_system(o.id, 'user_01SEEDAURORAOWNER', null, 'EVENT_UPDATED', 'event', '\"><b>x', 'success',
                 $1, $2, null, null, '<i>Browser</i>', null)
          from organizations o where o.workos_org_id = 'org_01SEEDAURORA'";
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
        [(&values, Type::JSONB), (&json!({"price": 6500}), Type::JSONB)];
    trail.owner().query_typed(append, &parameters).await.expect("an entry");
    let page = signed_in(&app).await.get("/audit/logs").await;
    assert_well_formed(&page);
    assert!(!page.has(".log b, .log i, .log script"), "{}", page.source());
    let details = page.texts(".details dd").join(" ");
    assert!(details.contains("<script>alert(1)</script>") && details.contains("6500"), "{details}");
    let name = page.texts(".details dt");
    assert!(name.contains(&"Before".to_owned()) && name.contains(&"After".to_owned()), "{name:?}");
}

#[tokio::test]
async fn a_report_has_its_numbers_as_tables_and_as_charts_that_are_described() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    for (number, days) in [(0, 1), (1, 1), (2, 1), (3, 5)] {
        trail.plant(&Planted::days_ago(number, days)).await;
    }
    trail.plant(&Planted { action: "PROFILE_VIEWED", user_id: None, ..Planted::days_ago(4, 5) }).await;
    let browser = signed_in(&app).await;
    let (from, to) = (&days_ago(9).to_string()[..10].to_owned(), &days_ago(0).to_string()[..10].to_owned());
    let page = browser.get("/audit/report").await.form("#range").fill("from", from).fill("to", to).submit().await;
    assert_eq!((page.status(), page.heading().as_str()), (200, "Audit report"));
    assert_well_formed(&page);
    assert!(page.texts(".total").concat().starts_with("5 entries"), "{}", page.text());

    let charts = page.attributes("svg[role=img]", "aria-labelledby");
    assert_eq!(charts.len(), 2);
    for id in charts.iter().flat_map(|ids| ids.split(' ')) {
        assert!(!page.texts(&format!("#{id}")).concat().is_empty(), "{id} says something");
    }
    assert_eq!(page.texts("svg.categories rect").len(), 8);
    let bars = page.attributes("svg.days rect", "height");
    assert_eq!(bars.len(), 9);
    assert_eq!(bars[8], "100.0", "three entries of three at most");
    let days: i64 = page.texts("section[aria-labelledby=days] td").iter().map(|n| n.parse::<i64>().expect("n")).sum();
    assert_eq!(days, 5);
    assert_eq!(page.texts("section[aria-labelledby=categories] .sum td").last().map(String::as_str), Some("5"));
    assert_eq!(page.texts("section[aria-labelledby=people] th[scope=row]"), ["Olívia Moreira", "System"]);

    let log = page.follow("Olívia Moreira").await;
    assert_eq!(column(&log, "Who"), ["Olívia Moreira"; 4]);
}
