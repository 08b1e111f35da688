//! Meetings in Chromium, on what `cargo dev up` seeds: an expert's and their patient's.

use super::{Up, chromium::Chromium, main_job::assert_usable};

const CARDS: &str = "//li[contains(@class, 'meeting')]//a[contains(@href, '/meetings/')]";

async fn sign_in(browser: &Chromium, up: &Up, email: &str) {
    browser.go(&format!("{}/sign-in", up.world.public_url)).await;
    browser.press(email).await;
}

#[tokio::test]
async fn an_expert_books_and_a_patient_finds_their_meeting_in_chromium() {
    let up = Up::start("meetings", &[], &[]).await;
    let expert = Chromium::start("meetings", 1000).await;
    sign_in(&expert, &up, "expert@practice.example").await;
    assert_eq!(expert.heading().await, "Welcome, Teresa Brandão");
    assert_usable(&expert).await;
    assert_eq!(expert.texts(CARDS).await.len(), 3, "what is ahead");
    expert.picture("dashboard").await;
    expert.press("Meetings").await;
    assert_eq!(expert.heading().await, "Meetings");
    assert_usable(&expert).await;
    expert.picture("list").await;

    // As the field itself gives what is chosen in it.
    expert
        .evaluate(
            "document.querySelector('#event_id').selectedIndex = 1;
             document.querySelector('#start_time').value = '2030-03-31T01:30'",
        )
        .await;
    expert.fill("guest_name", "Nuno Pinto").await;
    expert.fill("guest_email", "nuno@guests.example").await;
    expert.fill("guest_notes", "Prefiro falar em inglês.").await;
    expert.press("Book").await;
    assert!(expert.text("//*[@id='start-error']").await.starts_with("Clocks skip this time"));
    assert_usable(&expert).await;
    expert.picture("skipped").await;
    expert.evaluate("document.querySelector('#start_time').value = '2030-03-31T10:30'").await;
    expert.press("Book").await;
    assert_eq!(expert.heading().await, "Sun 31 Mar 2030, 10:30–11:20");
    assert_usable(&expert).await;
    expert.picture("meeting").await;
    assert!(expert.text("//main").await.contains("Prefiro falar em inglês."));
    expert.press("It took place").await;
    assert_eq!(expert.text("//*[@class='badge']").await, "Completed");
    expert.close().await;

    let patient = Chromium::start("meetings-phone", 500).await;
    sign_in(&patient, &up, "patient@eleva.example").await;
    assert_eq!(patient.text("//h2[@id='here']").await, "Rita Marques's Account");
    assert_usable(&patient).await;
    let next = patient.texts(CARDS).await;
    assert_eq!(next.len(), 1, "{next:?}");
    patient.picture("dashboard").await;
    patient.press(&next[0]).await;
    assert_eq!(patient.heading().await, next[0]);
    assert_usable(&patient).await;
    patient.picture("meeting").await;
    assert!(patient.text("//main").await.contains("You, Rita Marques"));
    patient.press("Meetings").await;
    patient.press("Show those in which you are the guest").await;
    let own = patient.texts(CARDS).await;
    assert_eq!((own.len(), own.last()), (2, next.first()), "what was and what is ahead: {own:?}");
    assert_usable(&patient).await;
    patient.picture("list").await;
    patient.close().await;
    up.stop().await;
}
