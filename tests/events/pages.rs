//! Events as pages: forms without a script, errors beside their fields, empty states.

use super::create;
use crate::{
    app::TestApp,
    web::{Browser, Page},
};

async fn events_page(browser: &Browser) -> Page {
    let page = browser.get("/events").await;
    assert_eq!((page.status(), page.heading().as_str()), (200, "Events"));
    page
}

async fn add(page: &Page, name: &str) -> Page {
    page.form("#new-event").fill("name", name).fill("duration_in_minutes", "50").fill("price", "60").submit().await
}

/// The names on a list page, in their order.
fn listed(page: &Page) -> Vec<String> {
    page.texts(".event h3 a")
}

#[tokio::test]
async fn an_owner_makes_edits_deactivates_and_deletes_an_event() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let page = events_page(&browser).await;
    assert!(page.text().contains("There are no events yet. Make the first one below."));

    let page = add(&page, "Primeira consulta").await;
    assert_eq!(page.hops().iter().map(|hop| hop.status).collect::<Vec<_>>(), [303]);
    assert_eq!(listed(&page), ["Primeira consulta"]);
    assert!(page.text().contains("50 min · €60.00 · primeira-consulta"), "{}", page.text());

    let edit = page.follow("Primeira consulta").await;
    let form = edit.form("#edit-event");
    assert_eq!((form.value("name"), form.value("price")), ("Primeira consulta", "60.00"));
    let page = form.fill("name", "Consulta").fill("price", "45,50").fill("description", "Um\nplano.").submit().await;
    assert_eq!(listed(&page), ["Consulta"]);
    assert!(page.text().contains("€45.50"));

    let page = page.press("Deactivate Consulta").await;
    assert!(page.has(".event .badge"), "{}", page.text());
    let page = page.press("Activate Consulta").await;
    assert!(!page.has(".event .badge"));

    let edit = page.follow("Consulta").await;
    assert_eq!(edit.form("#edit-event").value("description"), "Um\nplano.");
    let page = edit.press("Delete Consulta").await;
    assert_eq!((page.path(), listed(&page).len()), ("/events", 0));
}

#[tokio::test]
async fn a_second_event_of_one_name_gets_the_message_beside_the_address_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let page = add(&events_page(&browser).await, "Consulta").await;
    let refused = add(&page, "Consulta").await;
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.texts("#slug-error"), ["Another event already uses this. Choose a different one."]);
    assert_eq!(refused.attributes("#slug", "aria-describedby"), ["slug-error slug-hint"]);
    let form = refused.form("#new-event");
    assert_eq!((form.value("name"), form.value("slug"), form.value("price")), ("Consulta", "consulta", "60"));
    let page = form.fill("slug", "consulta-2").submit().await;
    assert_eq!(listed(&page), ["Consulta", "Consulta"]);
}

#[tokio::test]
async fn every_wrong_field_has_its_message_and_nothing_typed_is_lost() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let page = events_page(&browser).await;
    let refused = page
        .form("#new-event")
        .fill("name", "  ")
        .fill("slug", "Não!")
        .fill("duration_in_minutes", "an hour")
        .fill("price", "1.250,00")
        .fill("description", "<b>bold</b> & \"quoted\"")
        .tick("is_active", false)
        .submit()
        .await;
    assert_eq!(refused.status(), 422);
    for id in ["name-error", "slug-error", "duration-error", "price-error"] {
        assert_eq!(refused.texts(&format!("#{id}")).len(), 1, "{id}");
        let fields = refused.attributes("[aria-invalid=true]", "aria-describedby");
        assert!(fields.iter().any(|ids| ids.split(' ').any(|own| own == id)), "a screen reader reads out {id}");
    }
    assert!(refused.has("[role=alert]"));
    assert_eq!(refused.attributes("[autofocus]", "name"), ["name"], "the page opens where the first correction is due");
    let form = refused.form("#new-event");
    assert_eq!(form.value("duration_in_minutes"), "an hour");
    assert_eq!(form.value("description"), "<b>bold</b> & \"quoted\"");
    assert!(!refused.has("#is_active[checked]"));
    assert!(!refused.source().contains("<b>bold"), "what was typed is text and no markup");
}

#[tokio::test]
async fn an_expert_moves_their_own_events_up_and_down() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let mut page = events_page(&browser).await;
    for name in ["A", "B", "C"] {
        page = add(&page, name).await;
    }
    let page = page.press("Move up C").await;
    assert_eq!(listed(&page).concat(), "ACB");
    let page = page.press("Move down A").await;
    assert_eq!(listed(&page).concat(), "CAB");
    assert!(page.has("button[value^=up][disabled]") && page.has("button[value^=down][disabled]"), "the ends stay");
}

#[tokio::test]
async fn a_member_is_offered_only_what_is_theirs() {
    let app = TestApp::start().await;
    let of_owner = create(&app.client_of("owner@aurora.example").await, "Of the owner").await;
    let browser = app.browser();
    browser.sign_in_as("member@aurora.example").await;
    let page = add(&events_page(&browser).await, "My own").await;
    assert_eq!(listed(&page), ["My own", "Of the owner"]);
    assert!(page.has("a.button[href^='/events/']"));
    assert_eq!(page.texts(".event .actions").len(), 1, "only one's own has buttons");
    let page = page.follow("Of the owner").await;
    assert!(page.path().ends_with(of_owner["id"].as_str().expect("an id")));
    assert!(!page.has("#edit-event") && page.text().contains("Olívia Moreira"), "{}", page.text());
}

#[tokio::test]
async fn filters_are_a_form_and_an_empty_answer_says_how_to_go_on() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let page = add(&events_page(&browser).await, "Consulta").await;
    let page = page.form(".filter").fill("active", "false").submit().await;
    assert_eq!(page.path(), "/events?active=false&expert=");
    assert!(page.text().contains("No events match."));
    let page = page.follow("Show all events").await;
    let page = page.form(".filter").fill("expert", "user_01SEEDAURORAOWNER").submit().await;
    assert_eq!(listed(&page), ["Consulta"]);
    assert!(page.has("option[value=user_01SEEDAURORAOWNER][selected]"));
}

#[tokio::test]
async fn a_long_list_goes_on_on_the_next_page() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    for name in ["A", "B", "C"] {
        create(&browser.api(), name).await;
    }
    let page = browser.get("/events?limit=2").await;
    assert_eq!(listed(&page).concat(), "AB");
    let page = page.follow("Next page").await;
    assert_eq!(listed(&page).concat(), "C");
    assert!(!page.has("[rel=next]"));
}

#[tokio::test]
async fn a_form_that_was_made_for_another_organization_is_refused() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_to("both@eleva.example", "org_01SEEDAURORA").await;
    let old_tab = events_page(&browser).await;
    browser.get("/dashboard").await.press("Switch to Centro Norte").await;
    let refused = add(&old_tab, "Planted").await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().contains("organization_changed"), "{}", refused.text());
    assert!(listed(&events_page(&browser).await).is_empty());
}

#[tokio::test]
async fn a_form_that_does_not_say_for_whom_it_was_made_is_refused() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let call = client.call("POST", "/events").header("sec-fetch-site", "same-origin").form(&[
        ("name", "Planted"),
        ("duration_in_minutes", "5"),
        ("price", "0"),
    ]);
    assert_eq!(client.send(call).await.problem(), (400, "malformed".to_owned()));
}
