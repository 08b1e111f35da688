//! Meetings as pages: forms without a script, errors beside their fields, empty states.

use serde_json::json;

use super::{MEMBER, NOTES, OWNER, book, claim, meeting, path};
use crate::{
    app::TestApp,
    events::create,
    web::{Browser, Page},
};

async fn signed_in(app: &TestApp, email: &str) -> Browser {
    let browser = app.browser();
    browser.sign_in_as(email).await;
    browser
}

async fn meetings_page(browser: &Browser) -> Page {
    let page = browser.get("/meetings").await;
    assert_eq!((page.status(), page.heading().as_str()), (200, "Meetings"));
    page
}

/// What the cards of a list page say.
fn listed(page: &Page) -> Vec<String> {
    page.texts(".meeting h2")
}

#[tokio::test]
async fn an_expert_books_moves_and_completes_a_meeting() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    let page = meetings_page(&browser).await;
    assert!(page.text().contains("There are no meetings ahead."), "{}", page.text());
    assert!(page.text().contains("There is no event that you could book for a guest."));
    let event = create(&browser.api(), "Consulta").await;

    let page = meetings_page(&browser).await;
    let form = page.form("#new-meeting");
    assert_eq!(form.value("timezone"), "Europe/Lisbon", "the organization's");
    let page = form
        .fill("event_id", event["id"].as_str().expect("an id"))
        .fill("start_time", "2027-07-12T15:30")
        .fill("guest_name", "Guida Lopes")
        .fill("guest_email", "guest@eleva.example")
        .fill("guest_notes", NOTES)
        .submit()
        .await;
    assert_eq!(page.hops().iter().map(|hop| hop.status).collect::<Vec<_>>(), [303]);
    assert_eq!(page.heading(), "Mon 12 Jul 2027, 15:30–16:20");
    for fact in ["Consulta", "Olívia Moreira", "Guida Lopes, guest@eleva.example", "€60.00", "Scheduled"] {
        assert!(page.text().contains(fact), "{fact}: {}", page.text());
    }
    assert_eq!(page.texts("#notes ~ .text").concat(), NOTES.replace('\n', " "), "its expert reads the notes");

    let page = page.form("#move-meeting").fill("start_time", "2027-07-13T09:00").submit().await;
    assert_eq!(page.heading(), "Tue 13 Jul 2027, 09:00–09:50");
    let page = page.form("#place-meeting").fill("meeting_url", "https://meet.example/x?a=1&b=2").submit().await;
    assert_eq!(page.attributes("dd a", "href"), ["https://meet.example/x?a=1&b=2"]);
    let page = page.press("It took place").await;
    assert_eq!(page.heading(), "Tue 13 Jul 2027, 09:00–09:50 Completed");
    assert!(!page.has("#move-meeting") && !page.has("#end-meeting") && page.has("#place-meeting"));

    app.owner().await.batch_execute("update meetings set currency = 'usd'").await.expect("another currency");
    assert!(browser.get(page.path()).await.text().contains("USD 60.00"));

    let page = meetings_page(&browser).await;
    assert_eq!(listed(&page), ["Tue 13 Jul 2027, 09:00–09:50 Completed"]);
    assert!(page.text().contains("Consulta · Guida Lopes with Olívia Moreira"), "{}", page.text());
    assert!(!page.source().contains("agulhas"), "a list has no notes");
}

#[tokio::test]
async fn every_wrong_field_has_its_message_and_nothing_typed_is_lost() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    create(&browser.api(), "Consulta").await;
    let typed = [
        ("start_time", "tomorrow"),
        ("timezone", "Lisboa\u{7f}"),
        ("guest_name", "  "),
        ("guest_email", "guida at example"),
        ("guest_notes", "<b>bold</b> & \u{1}"),
    ];
    let page = meetings_page(&browser).await;
    let form = typed.iter().fold(page.form("#new-meeting"), |form, (name, value)| form.fill(name, value));
    let refused = form.submit().await;
    assert_eq!(refused.status(), 422);
    for id in ["event-error", "start-error", "timezone-error", "name-error", "email-error", "notes-error"] {
        assert_eq!(refused.texts(&format!("#{id}")).len(), 1, "{id}");
        let fields = refused.attributes("[aria-invalid=true]", "aria-describedby");
        assert!(fields.iter().any(|ids| ids.split(' ').any(|own| own == id)), "a screen reader reads out {id}");
    }
    assert!(refused.has("[role=alert]"));
    assert_eq!(refused.attributes("[autofocus]", "name"), ["event_id"], "the page opens at the first correction");
    let form = refused.form("#new-meeting");
    for (name, value) in typed {
        assert_eq!(form.value(name), value);
    }
    assert!(!refused.source().contains("<b>bold"), "what was typed is text and no markup");
}

#[tokio::test]
async fn c5_a_time_that_is_taken_is_said_beside_the_field() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    let event = create(&browser.api(), "Consulta").await;
    book(&browser.api(), &meeting(&event, "2027-01-11T10:00:00Z")).await;
    let later = book(&browser.api(), &meeting(&event, "2027-01-11T12:00:00Z")).await;
    let page = meetings_page(&browser).await;
    let form = page.form("#new-meeting").fill("event_id", event["id"].as_str().expect("an id"));
    let refused = form
        .fill("start_time", "2027-01-11T10:30")
        .fill("guest_name", "Rui")
        .fill("guest_email", "rui@eleva.example")
        .submit()
        .await;
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.texts("#start-error").len(), 1);
    let form = refused.form("#new-meeting");
    assert_eq!((form.value("guest_name"), form.value("event_id")), ("Rui", event["id"].as_str().expect("an id")));

    let page = browser.get(&path(&later)).await;
    let refused = page.form("#move-meeting").fill("start_time", "2027-01-11T10:30").submit().await;
    assert_eq!((refused.status(), refused.texts("#start-error").len()), (409, 1));
    assert_eq!(refused.form("#move-meeting").value("start_time"), "2027-01-11T10:30");
    let refused = refused.form("#place-meeting").fill("meeting_url", "http://meet.example").submit().await;
    assert_eq!((refused.status(), refused.texts("#url-error").len()), (422, 1));
    assert_eq!(refused.form("#place-meeting").value("meeting_url"), "http://meet.example");
}

#[tokio::test]
async fn a_form_that_comes_too_late_says_how_the_meeting_stands() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    let event = create(&browser.api(), "Consulta").await;
    let booked = book(&browser.api(), &meeting(&event, "2027-01-11T10:00:00Z")).await;
    let old_tab = browser.get(&path(&booked)).await;
    browser.api().patch(&path(&booked), &json!({"status": "cancelled"})).await;
    let refused = old_tab.press("It took place").await;
    assert_eq!(refused.status(), 422);
    assert!(refused.texts("#status-error").concat().contains("cancelled, and that is final"), "{}", refused.text());
}

#[tokio::test]
async fn a_member_is_offered_only_what_is_theirs() {
    let app = TestApp::start().await;
    let (owner, member) = (signed_in(&app, OWNER).await, signed_in(&app, MEMBER).await);
    let of_owner = create(&owner.api(), "Of the owner").await;
    create(&member.api(), "My own").await;
    let booked = book(&owner.api(), &meeting(&of_owner, "2027-01-11T10:00:00Z")).await;
    let page = meetings_page(&member).await;
    assert_eq!(page.texts("#event_id option"), ["Choose one", "My own (50 min, €60.00)"]);
    let page = page.follow("Mon 11 Jan 2027, 10:00–10:50").await;
    assert_eq!(page.path(), path(&booked));
    assert!(!page.has("main form") && !page.has("#notes") && !page.text().contains("Records of this meeting"));

    let page = meetings_page(&owner).await;
    let offered = page.texts("#event_id option");
    assert_eq!(offered, ["Choose one", "Of the owner (50 min, €60.00)", "My own of Marta Leal (50 min, €60.00)"]);
    let page = page.follow("Mon 11 Jan 2027, 10:00–10:50").await;
    assert_eq!(page.attributes("main a.button", "href"), [format!("{}/records", path(&booked))]);
}

#[tokio::test]
async fn b13_a_guest_finds_their_meetings_and_reads_their_own_notes() {
    let app = TestApp::start().await;
    let owner = app.client_of(OWNER).await;
    let event = create(&owner, "Consulta").await;
    let booked = book(&owner, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    claim(&app, &booked, "user_01SEEDNORTEMEMBER").await;
    let browser = signed_in(&app, "member@norte.example").await;
    let page = meetings_page(&browser).await.follow("Show those in which you are the guest").await;
    assert!(page.has("option[value=guest][selected]") && page.text().contains("You are the guest"));
    let page = page.follow("Mon 11 Jan 2027, 10:00–10:50").await;
    assert_eq!(page.texts("#notes ~ .text").concat(), NOTES.replace('\n', " "));
    assert!(!page.has("main form") && !page.text().contains("Former member"), "{}", page.text());
}

#[tokio::test]
async fn filters_are_a_form_and_what_is_ahead_comes_first() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    let event = create(&browser.api(), "Consulta").await;
    for start in ["2020-01-10T10:00:00Z", "2027-01-11T10:00:00Z", "2027-01-12T10:00:00Z", "2027-01-13T10:00:00Z"] {
        book(&browser.api(), &meeting(&event, start)).await;
    }
    assert_eq!(listed(&meetings_page(&browser).await).len(), 3, "what is over is not ahead");
    let page = browser.get("/meetings?limit=2").await.follow("Next page").await;
    assert_eq!(listed(&page), ["Wed 13 Jan 2027, 10:00–10:50"]);
    assert!(!page.has("[rel=next]"));
    let page = meetings_page(&browser).await.form(".filter").fill("to", "2020-01-10T10:01").submit().await;
    assert_eq!(listed(&page), ["Fri 10 Jan 2020, 10:00–10:50"]);
    assert_eq!(page.form(".filter").value("to"), "2020-01-10T10:01:00", "and is not widened when it is applied again");
    let page = page.form(".filter").fill("status", "no_show").fill("as", "expert").submit().await;
    assert!(page.text().contains("No meetings match."));
    let page = page.follow("Show what is ahead").await;
    assert_eq!(listed(&page).len(), 3);
    for (field, value) in [("status", "scheduled"), ("as", "expert")] {
        let page = page.form(".filter").fill(field, value).submit().await;
        assert_eq!(listed(&page).len(), 4, "whoever chooses a {field} means all times");
    }
}

#[tokio::test]
async fn a_meeting_under_way_is_ahead_until_it_is_over_and_one_that_is_over_is_a_link_away() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    let event = create(&browser.api(), "Consulta").await;
    let now = jiff::Timestamp::now();
    let minutes_ago = |minutes| now - jiff::SignedDuration::from_mins(minutes);
    let over = book(&browser.api(), &meeting(&event, &minutes_ago(51).to_string())).await;
    let under_way = book(&browser.api(), &meeting(&event, &minutes_ago(1).to_string())).await;
    book(&browser.api(), &meeting(&event, &minutes_ago(31 * 24 * 60).to_string())).await;
    let page = meetings_page(&browser).await;
    assert_eq!(page.attributes(".meeting h2 a", "href"), [path(&under_way)]);
    let page = page.follow("Show the last 30 days").await;
    assert_eq!(page.attributes(".meeting h2 a", "href"), [path(&over), path(&under_way)]);
}

#[tokio::test]
async fn more_events_than_can_be_chosen_are_said_to_be_there_and_the_chosen_one_stays() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    let last = create(&browser.api(), "Last").await;
    let id = last["id"].as_str().expect("an id");
    let copies = |range: &str| {
        format!(
            "insert into events (org_id, workos_user_id, name, slug, duration_in_minutes, \"order\", price)
             select org_id, workos_user_id, 'Copy ' || n, 'copy-' || n, 50, 0, 0
             from events, generate_series({range}) n
             where id = '{id}'"
        )
    };
    app.owner().await.batch_execute("update events set \"order\" = 1000").await.expect("the last");
    app.owner().await.batch_execute(&copies("1, 499")).await.expect("copies");
    let all = meetings_page(&browser).await;
    assert_eq!((all.texts("#event_id option").len(), all.has("#event-more")), (501, false));
    app.owner().await.batch_execute(&copies("500, 510")).await.expect("copies");
    let page = meetings_page(&browser).await;
    assert_eq!((page.texts("#event_id option").len(), page.has("#event-more")), (501, true));
    assert!(!page.texts("#event_id option").iter().any(|option| option.starts_with("Last")));
    let refused = all.form("#new-meeting").fill("event_id", id).fill("start_time", "soon").submit().await;
    assert_eq!((refused.status(), refused.form("#new-meeting").value("event_id")), (422, id));
}

#[tokio::test]
async fn a_form_brings_notes_of_the_greatest_length_whatever_their_characters() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    let event = create(&browser.api(), "Consulta").await;
    let notes = "🩺".repeat(5_000);
    let page = meetings_page(&browser)
        .await
        .form("#new-meeting")
        .fill("event_id", event["id"].as_str().expect("an id"))
        .fill("start_time", "2027-07-12T15:30")
        .fill("guest_name", &"🩺".repeat(200))
        .fill("guest_email", &format!("{}@eleva.example", "é".repeat(300)))
        .fill("guest_notes", &notes)
        .submit()
        .await;
    assert_eq!(page.status(), 200, "{}", page.text());
    assert_eq!(page.texts("#notes ~ .text").concat(), notes);
}

#[tokio::test]
async fn a_meeting_elsewhere_shows_both_clocks() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    let event = create(&browser.api(), "Consulta").await;
    let mut document = meeting(&event, "2027-07-12T23:30:00Z");
    document["timezone"] = json!("Asia/Tokyo");
    let booked = book(&browser.api(), &document).await;
    let page = browser.get(&path(&booked)).await;
    assert_eq!(page.heading(), "Tue 13 Jul 2027, 00:30–01:20");
    assert!(page.text().contains("Tue 13 Jul 2027, 08:30–09:20 (Asia/Tokyo)"), "{}", page.text());
}

#[tokio::test]
async fn notes_that_do_not_open_are_said_to() {
    let app = TestApp::start().await;
    let browser = signed_in(&app, OWNER).await;
    let event = create(&browser.api(), "Consulta").await;
    let booked = book(&browser.api(), &meeting(&event, "2027-01-11T10:00:00Z")).await;
    app.owner().await.batch_execute("delete from org_keys").await.expect("the keys are gone");
    let page = browser.get(&path(&booked)).await;
    assert_eq!((page.status(), page.texts("#notes-unreadable").len()), (200, 1));
}

#[tokio::test]
async fn a_form_that_was_made_for_another_organization_is_refused() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_to("both@eleva.example", "org_01SEEDAURORA").await;
    let event = create(&browser.api(), "Consulta").await;
    let booked = book(&browser.api(), &meeting(&event, "2027-01-11T10:00:00Z")).await;
    let old_tab = browser.get(&path(&booked)).await;
    browser.get("/dashboard").await.press("Switch to Centro Norte").await;
    let refused = old_tab.press("Cancel the meeting").await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().contains("organization_changed"), "{}", refused.text());
}
