//! Changes of clocks (hardening F12): a form gives what clocks show in a time zone; which moment that is, is asked of the
//! rules of that zone.

use super::{OWNER, book, meeting, path, starts};
use crate::{
    app::TestApp,
    events::create,
    web::{Browser, Page},
};

/// Fills in the form for a new meeting and sends it.
async fn send(browser: &Browser, reading: &str, timezone: &str) -> Page {
    let page = browser.get("/meetings").await;
    let form = page.form("#new-meeting");
    let event = page.attributes("#event_id option:not([value=''])", "value").remove(0);
    form.fill("event_id", &event)
        .fill("start_time", reading)
        .fill("timezone", timezone)
        .fill("guest_name", "Guida Lopes")
        .fill("guest_email", "guest@eleva.example")
        .submit()
        .await
}

#[tokio::test]
async fn f12_what_clocks_show_is_the_moment_at_which_they_do() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    let api = browser.api();
    create(&api, "Consulta").await;
    for (reading, timezone, moment) in [
        // Lisbon is at UTC in winter and an hour ahead in summer; Azores an hour behind Lisbon.
        ("2027-01-11T10:00", "Europe/Lisbon", "2027-01-11T10:00:00Z"),
        ("2027-07-11T10:00", "Europe/Lisbon", "2027-07-11T09:00:00Z"),
        ("2027-07-12T10:00", "Atlantic/Azores", "2027-07-12T10:00:00Z"),
        ("2027-01-13T10:00", "Asia/Kathmandu", "2027-01-13T04:15:00Z"),
        ("2027-01-14T23:30", "America/Los_Angeles", "2027-01-15T07:30:00Z"),
        ("2027-01-16T10:00", "Pacific/Kiritimati", "2027-01-15T20:00:00Z"),
        ("2027-01-17T10:00", "UTC", "2027-01-17T10:00:00Z"),
        // Clocks go back at 02:00 on 31 October 2027: from 01:00 to 02:00 they show everything twice.
        ("2027-10-31T00:59", "Europe/Lisbon", "2027-10-30T23:59:00Z"),
        // The first of the two, in both forms that `<input>` may send.
        ("2027-10-31T01:50:00", "Europe/Lisbon", "2027-10-31T00:50:00Z"),
        ("2027-11-07T01:30", "America/New_York", "2027-11-07T05:30:00Z"),
        // And forward at 01:00 on 28 March 2027; the last moment before, and the first after.
        ("2027-03-28T00:09", "Europe/Lisbon", "2027-03-28T00:09:00Z"),
        ("2027-03-28T02:00", "Europe/Lisbon", "2027-03-28T01:00:00Z"),
        // In the south it is the other way round; half an hour on Lord Howe Island.
        ("2027-04-04T01:45", "Australia/Lord_Howe", "2027-04-03T14:45:00Z"),
    ] {
        let page = send(&browser, reading, timezone).await;
        assert!(page.path().starts_with("/meetings/"), "{reading} {timezone}: {}", page.text());
        let stored = starts(&api, "/meetings?status=scheduled").await;
        assert_eq!(stored, [moment], "{reading} {timezone}");
        page.press("Cancel the meeting").await;
    }
}

#[tokio::test]
async fn f12_a_time_that_clocks_skip_is_refused_and_what_was_typed_is_kept() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    create(&browser.api(), "Consulta").await;
    for (reading, timezone) in [
        ("2027-03-28T01:00", "Europe/Lisbon"),
        ("2027-03-28T01:59", "Europe/Lisbon"),
        ("2027-03-14T02:30", "America/New_York"),
        ("2027-10-03T02:15", "Australia/Lord_Howe"),
        // Samoa went over the date line and had no such day.
        ("2011-12-30T12:00", "Pacific/Apia"),
    ] {
        let page = send(&browser, reading, timezone).await;
        assert_eq!(page.status(), 422, "{reading} {timezone}: {}", page.text());
        let error = page.texts("#start-error").concat();
        assert!(error.starts_with("Clocks skip this time"), "{reading} {timezone}: {error}");
        let form = page.form("#new-meeting");
        assert_eq!((form.value("start_time"), form.value("timezone")), (reading, timezone));
        assert_eq!(form.value("guest_name"), "Guida Lopes");
    }
    assert!(starts(&browser.api(), "/meetings").await.is_empty());
}

#[tokio::test]
async fn f12_a_meeting_is_moved_by_the_guest_s_clocks() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    let api = browser.api();
    let event = create(&api, "Consulta").await;
    let mut document = meeting(&event, "2027-07-11T09:00:00Z");
    document["timezone"] = "America/New_York".into();
    let booked = book(&api, &document).await;
    let page = browser.get(&path(&booked)).await;
    let form = page.form("#move-meeting");
    assert_eq!(form.value("start_time"), "2027-07-11T05:00");
    let page = form.fill("start_time", "2027-03-14T02:30").submit().await;
    assert_eq!(page.status(), 422);
    assert!(page.texts("#start-error").concat().starts_with("Clocks skip this time"), "{}", page.text());
    let page = page.form("#move-meeting").fill("start_time", "2027-11-07T01:30").submit().await;
    assert_eq!(page.status(), 200);
    assert_eq!(starts(&api, "/meetings").await, ["2027-11-07T05:30:00Z"]);
}

#[tokio::test]
async fn f12_a_form_that_is_sent_as_it_was_shown_moves_nothing() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    let api = browser.api();
    let event = create(&api, "Consulta").await;
    // The second 01:30 of that night in Lisbon, and seconds, which the field does not show.
    for start in ["2027-10-31T01:30:00Z", "2027-01-11T10:00:30Z"] {
        let booked = book(&api, &meeting(&event, start)).await;
        let page = browser.get(&path(&booked)).await.form("#move-meeting").submit().await;
        assert_eq!((page.status(), page.path()), (200, path(&booked).as_str()));
        let now = api.get_json(&path(&booked)).await;
        assert_eq!((&now["start_time"], &now["updated_at"]), (&booked["start_time"], &booked["updated_at"]));
    }
}
