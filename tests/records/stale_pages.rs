//! Two tabs with one record: neither text is lost (hardening E4).

use super::{AURORA, OWNER, OWNER_ID, change, meeting, path, write};
use crate::{
    app::TestApp,
    trail::{rows, rows_since},
};

#[tokio::test]
async fn e4_a_stale_form_comes_back_beside_the_newer_version_and_saving_it_again_is_deliberate() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    let record = write(&browser.api(), meeting, "Versão 1").await;
    let old_tab = browser.get(&path(&record)).await;
    browser.api().put(&path(&record), &change("Versão 2", 1)).await;

    let before = rows(&app).await.len();
    let stale = old_tab.form("#edit-record").fill("content", "A minha\nversão").submit().await;
    assert_eq!((stale.status(), stale.heading().as_str()), (409, "Changed in the meantime"));
    assert_eq!(stale.texts("#newer-content"), ["Versão 2"]);
    let form = stale.form("#edit-record");
    assert_eq!((form.value("content"), form.value("version")), ("A minha\nversão", "2"));
    assert_eq!(stale.header("cache-control"), Some("private, no-store"));
    let seen = rows_since(&app, before).await;
    let [row] = seen.as_slice() else { panic!("{seen:#?}") };
    assert_eq!((row.action.as_str(), row.resource_id.as_deref()), ("MEDICAL_RECORD_VIEWED", record["id"].as_str()));
    assert_eq!(browser.api().get_json(&path(&record)).await["content"], "Versão 2", "nothing was stored");

    // And once more in between.
    browser.api().put(&path(&record), &change("Versão 3", 2)).await;
    let stale = form.submit().await;
    assert_eq!((stale.status(), stale.texts("#newer-content")), (409, vec!["Versão 3".to_owned()]));
    let saved = stale.form("#edit-record").submit().await;
    assert_eq!((saved.status(), saved.path()), (200, path(&record).as_str()));
    assert_eq!(saved.form("#edit-record").value("content"), "A minha\nversão");
    assert_eq!(saved.texts(".history a"), ["Version 4", "Version 3", "Version 2", "Version 1"]);
    for (number, content) in [(1, "Versão 1"), (2, "Versão 2"), (3, "Versão 3")] {
        let version = browser.api().get_json(&format!("{}/versions/{number}", path(&record))).await;
        assert_eq!(version["content"], content, "no version is lost");
    }
}

#[tokio::test]
async fn e6_what_was_typed_stays_also_where_the_newer_version_does_not_open() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    let record = write(&browser.api(), meeting, "Versão 1").await;
    let old_tab = browser.get(&path(&record)).await;
    browser.api().put(&path(&record), &change("Versão 2", 1)).await;
    let corrupt = "update records set encrypted_content = sha256('x')";
    app.owner().await.batch_execute(corrupt).await.expect("it is broken");
    let before = rows(&app).await.len();
    let stale = old_tab.form("#edit-record").fill("content", "A minha").submit().await;
    assert_eq!(stale.status(), 409);
    assert!(stale.text().contains("It cannot be decrypted."), "{}", stale.text());
    assert_eq!(stale.form("#edit-record").value("content"), "A minha");
    let actions: Vec<String> = rows_since(&app, before).await.into_iter().map(|row| row.action).collect();
    assert_eq!(actions, ["MEDICAL_RECORD_VIEWED", "RECORD_UNDECRYPTABLE"]);
    let saved = stale.form("#edit-record").submit().await;
    assert_eq!(saved.form("#edit-record").value("content"), "A minha");
}
