//! The main job, in Chromium and with curl, on what `cargo dev up` runs.

use super::{Up, chromium::Chromium};

const EVENTS: &str = "//*[contains(@class, 'event')]//h3/a";

async fn sign_in(browser: &Chromium, up: &Up, email: &str) {
    browser.go(&format!("{}/sign-in", up.world.public_url)).await;
    assert!(browser.address().await.starts_with(&up.world.workos_url), "people sign in at WorkOS");
    browser.press(email).await;
}

async fn sign_out(browser: &Chromium) {
    browser.press("Sign out").await;
    assert_eq!(browser.heading().await, "Sign out");
    browser.press("Sign out").await;
}

async fn create(browser: &Chromium, name: &str) {
    browser.fill("name", name).await;
    browser.fill("duration_in_minutes", "50").await;
    browser.fill("price", "60").await;
    browser.press("Create event").await;
}

/// Every field has a label, every page one heading, nothing is wider than the window, and nothing needs a script.
pub(super) async fn assert_usable(browser: &Chromium) {
    let unlabelled = browser
        .evaluate(
            "return [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
               .filter(field => !field.labels.length).map(field => field.name)",
        )
        .await;
    assert_eq!(unlabelled, serde_json::json!([]), "{}", browser.address().await);
    let facts = browser
        .evaluate(
            "return [document.querySelectorAll('h1').length, document.scripts.length, document.documentElement.lang,
               document.documentElement.scrollWidth <= window.innerWidth,
               getComputedStyle(document.body).margin]",
        )
        .await;
    assert_eq!(facts, serde_json::json!([1, 0, "en", true, "0px"]), "{}", browser.address().await);
}

#[tokio::test]
async fn an_owner_does_the_main_job_in_chromium() {
    let up = Up::start("main-job", &[], &[]).await;
    let browser = Chromium::start("main-job", 1000).await;
    browser.go(&up.world.public_url).await;
    assert_usable(&browser).await;
    browser.picture("landing").await;

    sign_in(&browser, &up, "owner@aurora.example").await;
    assert_eq!(browser.heading().await, "Welcome, Olívia Moreira");
    assert_usable(&browser).await;
    browser.picture("dashboard").await;
    browser.press("Events").await;
    assert_usable(&browser).await;

    create(&browser, "Primeira consulta").await;
    create(&browser, "Sessão de acompanhamento").await;
    create(&browser, "Primeira consulta").await;
    let message = browser.text("//*[@id='slug-error']").await;
    assert_eq!(message, "Another event already uses this. Choose a different one.");
    browser.picture("conflict").await;
    browser.fill("slug", "consulta-curta").await;
    browser.press("Create event").await;
    assert_eq!(
        browser.texts(EVENTS).await,
        ["Primeira consulta", "Sessão de acompanhamento", "Primeira consulta"],
        "{}",
        browser.address().await
    );

    browser.go(&format!("{}/events", up.world.public_url)).await;
    browser.press("Move up Sessão de acompanhamento").await;
    assert_eq!(browser.texts(EVENTS).await[0], "Sessão de acompanhamento");
    browser.press("Deactivate Sessão de acompanhamento").await;
    assert_eq!(browser.text("//*[@class='badge']").await, "Deactivated");
    browser.go(&format!("{}/events", up.world.public_url)).await;
    browser.picture("events").await;
    browser.press("Sessão de acompanhamento").await;
    browser.fill("name", "Acompanhamento").await;
    assert_usable(&browser).await;
    browser.picture("edit").await;
    browser.press("Save").await;
    assert_eq!(browser.texts(EVENTS).await[0], "Acompanhamento");
    browser.press("Acompanhamento").await;
    browser.click("Delete this event").await;
    browser.press("Delete Acompanhamento").await;
    assert_eq!(browser.texts(EVENTS).await.len(), 2);

    let cookies = browser.evaluate("return document.cookie").await;
    assert_eq!(cookies, "", "a1: no token can be read in the browser");

    // With the keyboard alone.
    browser.tab_to("Sign out").await;
    browser.enter().await;
    assert_eq!(browser.heading().await, "Sign out");
    browser.press("Sign out").await;
    assert_eq!(browser.heading().await, "Bookings and medical records for independent health experts");
    browser.go(&format!("{}/events", up.world.public_url)).await;
    assert!(browser.address().await.starts_with(&up.world.workos_url), "signed out");

    // The other organization's owner sees none of it.
    browser.press("owner@norte.example").await;
    assert_eq!(browser.heading().await, "Events", "and is brought where they wanted to go");
    assert!(browser.text("//*[@class='empty']").await.starts_with("There are no events yet."));
    sign_out(&browser).await;
    browser.close().await;
    up.stop().await;
}

#[tokio::test]
async fn people_of_several_or_no_organizations_find_their_way_on_a_phone() {
    let up = Up::start("phone", &[], &[]).await;
    let browser = Chromium::start("phone", 500).await;

    sign_in(&browser, &up, "both@eleva.example").await;
    assert_eq!(browser.heading().await, "Choose an organization");
    browser.press("org_01SEEDAURORA").await;
    assert!(browser.text("//h2[@id='here']").await.contains("Clínica Aurora"));
    assert_usable(&browser).await;
    browser.picture("dashboard").await;
    browser.press("Switch to Centro Norte").await;
    assert!(browser.text("//h2[@id='here']").await.contains("Centro Norte"));
    assert!(browser.text("//dl").await.contains("Administrator"), "the role is that of the new organization");
    browser.press("Events").await;
    create(&browser, "Consulta em Norte").await;
    assert_usable(&browser).await;
    browser.picture("events").await;

    suspend(&up, "user_01SEEDBOTH", "org_01SEEDNORTE").await;
    browser.go(&format!("{}/dashboard", up.world.public_url)).await;
    assert_eq!(browser.heading().await, "No access to this organization");
    browser.picture("suspended").await;
    browser.press("Switch to Clínica Aurora").await;
    assert!(browser.text("//h2[@id='here']").await.contains("Clínica Aurora"));
    sign_out(&browser).await;

    for email in ["suspended@aurora.example", "invited@aurora.example"] {
        browser.go(&format!("{}/sign-in?organization_id=org_01SEEDAURORA", up.world.public_url)).await;
        browser.press(email).await;
        assert_eq!(browser.heading().await, "No access to this organization", "{email}");
        assert_usable(&browser).await;
    }

    browser.go(&format!("{}/sign-in?screen_hint=sign-up", up.world.public_url)).await;
    browser.fill("email", "new@person.example").await;
    browser.fill("first_name", "Nova").await;
    browser.press("Sign up").await;
    assert_eq!(browser.heading().await, "Welcome, Nova");
    assert_eq!(browser.text("//h2[@id='here']").await, "Nova's Account");
    browser.close().await;
    up.stop().await;
}

/// Suspends a membership in the database, as synchronization from WorkOS will.
async fn suspend(up: &Up, user_id: &str, organization_id: &str) {
    let (client, connection) = tokio_postgres::connect(&up.world.owner_database_url, tokio_postgres::NoTls)
        .await
        .expect("the database is there");
    tokio::spawn(connection);
    let changed = client
        .execute(
            "update user_org_memberships m set status = 'suspended'
             from organizations o
             where o.id = m.org_id and m.workos_user_id = $1 and o.workos_org_id = $2",
            &[&user_id, &organization_id],
        )
        .await
        .expect("the owner may");
    assert_eq!(changed, 1);
}
