//! Records as pages: forms without a script, errors beside their fields, nothing lost that was typed.

use super::{AURORA, OWNER, OWNER_ID, meeting, path, records_of, write};
use crate::{
    app::TestApp,
    trail::{rows, rows_since},
    web::{Browser, Page},
};

async fn signed_in(app: &TestApp) -> Browser {
    let browser = app.browser();
    browser.sign_in_as(OWNER).await;
    browser
}

/// Nothing that the policy of the site's pages forbids, and a label for every field.
fn assert_well_formed(page: &Page) {
    assert!(!page.has("script, style, [style], [onclick]"), "{}", page.source());
    for id in page.attributes("input:not([type=hidden]), select, textarea", "id") {
        assert!(page.has(&format!("label[for='{id}']")), "{id} has no label");
    }
    assert_eq!(page.attributes("nav a[aria-current=page]", "href"), ["/records"]);
    let titles = page.texts("title");
    assert!(!titles.concat().contains("Rita"), "history keeps titles: {titles:?}");
}

#[tokio::test]
async fn an_expert_writes_reads_and_changes_a_record() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let browser = signed_in(&app).await;
    let page = browser.get("/dashboard").await.follow("Records").await;
    assert_well_formed(&page);
    assert!(page.text().contains("You have no records yet."), "{}", page.text());

    let page = browser.get(&records_of(meeting)).await;
    assert_well_formed(&page);
    assert_eq!(page.heading(), "Records of the meeting with Rita Gomes");
    assert!(page.text().contains("Write the first one below."), "{}", page.text());
    let page = page.form("#new-record").fill("content", "\n  Dorme melhor.\n<b>2</b> ").submit().await;
    assert_eq!(page.hops().iter().map(|hop| hop.status).collect::<Vec<_>>(), [303]);
    assert_well_formed(&page);
    assert_eq!(page.heading(), "Record about Rita Gomes");
    let form = page.form("#edit-record");
    assert_eq!((form.value("content"), form.value("version")), ("\n  Dorme melhor.\n<b>2</b> ", "1"));
    assert!(!page.source().contains("<b>2"), "what was typed is text and no markup");

    let page = form.fill("content", "Dorme bem.").fill("metadata", " {\"scale\": 3}\n").submit().await;
    let form = page.form("#edit-record");
    assert_eq!(
        (form.value("content"), form.value("metadata"), form.value("version")),
        ("Dorme bem.", "{\"scale\":3}", "2")
    );
    assert!(page.has("details[open] #metadata"), "metadata that is there is in sight");
    assert_eq!(page.texts(".history a"), ["Version 2", "Version 1"]);

    let version = page.follow("Version 1").await;
    assert_well_formed(&version);
    assert_eq!(
        (version.heading().as_str(), version.texts("#content").concat().as_str()),
        ("Version 1", "Dorme melhor. <b>2</b>")
    );
    let page = browser.get(&records_of(meeting)).await;
    assert_eq!(
        (page.texts(".written"), page.texts(".record pre")),
        (vec!["Dorme bem.".into()], vec!["{\"scale\":3}".into()])
    );
    let list = browser.get("/records").await;
    assert_well_formed(&list);
    assert_eq!(list.texts(".record h2"), ["Rita Gomes"]);
    assert!(!list.source().contains("Dorme"), "a list says nothing of what they say");
}

#[tokio::test]
async fn d2_a_page_with_content_is_recorded_as_a_document_is() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let browser = signed_in(&app).await;
    let record = write(&browser.api(), meeting, "Segredo.").await;
    write(&browser.api(), meeting, "Outro.").await;
    for (target, count) in [
        ("/records".to_owned(), 0),
        (path(&record), 1),
        (records_of(meeting), 2),
        (format!("{}/versions/1", path(&record)), 1),
    ] {
        let before = rows(&app).await.len();
        let page = browser.get(&target).await;
        assert_eq!(page.status(), 200, "{target}");
        let seen = rows_since(&app, before).await;
        assert_eq!(seen.len(), count, "{target}: {seen:#?}");
        assert!(seen.iter().all(|row| row.action == "MEDICAL_RECORD_VIEWED"), "{target}: {seen:#?}");
    }
}

#[tokio::test]
async fn what_needs_correcting_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let browser = signed_in(&app).await;
    let page = browser.get(&records_of(meeting)).await;
    let refused =
        page.form("#new-record").fill("content", "Longo texto.\n").fill("metadata", "{escala: 3").submit().await;
    assert_eq!(refused.status(), 422);
    assert_well_formed(&refused);
    let form = refused.form("#new-record");
    assert_eq!((form.value("content"), form.value("metadata")), ("Longo texto.\n", "{escala: 3"));
    assert_eq!(refused.texts("#metadata-error").len(), 1);
    assert_eq!(refused.attributes("[aria-invalid=true]", "aria-describedby"), ["metadata-error metadata-hint"]);
    assert_eq!(refused.attributes("[autofocus]", "name"), ["metadata"]);
    assert!(refused.has("[role=alert]") && refused.has("details[open] #metadata"));

    let saved = form.fill("metadata", "").submit().await;
    let before = rows(&app).await.len();
    let long = "x".repeat(262_145);
    let refused = saved.form("#edit-record").fill("content", &long).submit().await;
    assert_eq!(refused.status(), 413);
    assert!(refused.form("#edit-record").value("content") == long);
    assert_eq!(refused.texts("#content-error"), ["Give at most 262144 bytes."]);
    assert_eq!(rows(&app).await.len(), before, "what is stored did not leave");
    let page = refused.form("#edit-record").fill("content", "Curto.").submit().await;
    assert_eq!(page.form("#edit-record").value("content"), "Curto.");
}

#[tokio::test]
async fn e5_a_form_takes_as_much_as_a_document_however_it_is_written() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let browser = signed_in(&app).await;
    let page = browser.get(&records_of(meeting)).await;
    // Each line end is sent as six bytes.
    let lines = "\n".repeat(262_144);
    let page = page.form("#new-record").fill("content", &lines).submit().await;
    assert_eq!(page.status(), 200);
    assert!(page.form("#edit-record").value("content") == lines);
}

#[tokio::test]
async fn lists_of_pages_go_on_and_keep_their_filter() {
    let app = TestApp::start().await;
    let (one, other) = (meeting(&app, OWNER_ID, AURORA).await, meeting(&app, OWNER_ID, AURORA).await);
    let browser = signed_in(&app).await;
    for number in 0..3 {
        write(&browser.api(), one, &format!("Nota {number}")).await;
        write(&browser.api(), other, "De outra").await;
    }
    let page = browser.get(&format!("/records?limit=2&meeting_id={one}")).await;
    assert!(page.text().contains("Only those of one meeting."));
    assert_eq!(page.texts(".record").len(), 2);
    let page = page.follow("Older").await;
    assert_eq!((page.texts(".record").len(), page.has("[rel=next]")), (1, false));
    let page = browser.get(&format!("{}?limit=2", records_of(one))).await;
    assert_eq!(page.texts(".written"), ["Nota 0", "Nota 1"]);
    let page = page.follow("Later ones").await;
    assert_eq!((page.texts(".written"), page.has("[rel=next]")), (vec!["Nota 2".to_owned()], false));
}

#[tokio::test]
async fn e6_a_record_that_does_not_open_says_so_among_the_others() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let browser = signed_in(&app).await;
    write(&browser.api(), meeting, "Intacta.").await;
    let broken = write(&browser.api(), meeting, "Segredo.").await;
    let id = broken["id"].as_str().expect("an id");
    let corrupt = format!("update records set encrypted_content = sha256('x') where id = '{id}'");
    app.owner().await.batch_execute(&corrupt).await.expect("it is broken");
    let page = browser.get(&records_of(meeting)).await;
    assert_eq!((page.status(), page.texts(".written")), (200, vec!["Intacta.".to_owned()]));
    assert!(page.texts(".notice.wrong").concat().contains("cannot be decrypted"), "{}", page.text());
    let page = browser.get(&path(&broken)).await;
    assert_eq!((page.status(), page.heading().as_str()), (500, "This record cannot be decrypted"));
    assert!(page.text().contains("undecryptable"), "{}", page.text());
}

#[tokio::test]
async fn e4_every_version_can_be_reached_from_the_record_s_page() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let browser = signed_in(&app).await;
    let record = write(&browser.api(), meeting, "Nota 1").await;
    for version in 1..52 {
        let change = super::change(&format!("Nota {}", version + 1), version);
        assert_eq!(browser.api().put(&path(&record), &change).await.status(), 200);
    }
    let page = browser.get(&path(&record)).await;
    assert_eq!(page.texts(".history a").len(), 50);
    let before = rows(&app).await.len();
    let older = page.follow("Older versions").await;
    assert_well_formed(&older);
    assert_eq!(older.heading(), "History");
    assert_eq!(
        (older.texts(".history a"), older.has("[rel=next]")),
        (vec!["Version 2".into(), "Version 1".into()], false)
    );
    assert_eq!(rows(&app).await.len(), before, "which version there was when, says nothing of what they say");
    assert_eq!(older.follow("Version 1").await.texts("#content"), ["Nota 1"]);
    // The whole history has a page of its own, also of a record that does not open.
    app.owner().await.batch_execute("update records set encrypted_content = sha256('x')").await.expect("broken");
    let history = browser.get(&format!("{}/versions?limit=3", path(&record))).await;
    assert_eq!(history.texts(".history a"), ["Version 52", "Version 51", "Version 50"]);
    assert_eq!(history.follow("Version 51").await.texts("#content"), ["Nota 51"]);
}

#[tokio::test]
async fn what_was_typed_comes_back_when_it_cannot_be_saved_at_the_moment() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let browser = signed_in(&app).await;
    let full_disk = "
        create function full_disk() returns trigger language plpgsql
        as $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
        create trigger full_disk before insert on audit_logs for each row execute function full_disk()";
    let (break_it, mend_it) = (full_disk, "drop trigger full_disk on audit_logs; drop function full_disk()");
    let text = "Primeira linha.\n<b>Segunda</b>";

    let page = browser.get(&records_of(meeting)).await;
    app.owner().await.batch_execute(break_it).await.expect("broken");
    let unsaved = page.form("#new-record").fill("content", text).fill("metadata", "{\"a\": 1}").submit().await;
    assert_eq!((unsaved.status(), unsaved.heading().as_str()), (503, "Not saved"));
    assert_eq!(unsaved.form("#unsaved-record").value("content"), text);
    app.owner().await.batch_execute(mend_it).await.expect("mended");
    let saved = unsaved.form("#unsaved-record").submit().await;
    assert_eq!((saved.status(), saved.form("#edit-record").value("content")), (200, text));
    assert_eq!(saved.form("#edit-record").value("metadata"), "{\"a\":1}");

    app.owner().await.batch_execute(break_it).await.expect("broken");
    let unsaved = saved.form("#edit-record").fill("content", "Outra.").submit().await;
    assert_eq!((unsaved.status(), unsaved.form("#unsaved-record").value("content")), (503, "Outra."));
    app.owner().await.batch_execute(mend_it).await.expect("mended");
    let saved = unsaved.form("#unsaved-record").submit().await;
    let form = saved.form("#edit-record");
    assert_eq!((form.value("content"), form.value("version")), ("Outra.", "2"));
}

#[tokio::test]
async fn b12_a_colleague_is_shown_no_record_and_no_form() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    write(&app.client_of(OWNER).await, meeting, "Segredo.").await;
    let browser = app.browser();
    browser.sign_in_as("member@aurora.example").await;
    let page = browser.get(&records_of(meeting)).await;
    assert_eq!(page.status(), 200);
    assert!(
        page.text().contains("You have no records of this meeting.") && !page.has("#new-record"),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn a_form_that_was_made_for_another_organization_is_refused() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, "user_01SEEDBOTH", AURORA).await;
    let browser = app.browser();
    browser.sign_in_to("both@eleva.example", AURORA).await;
    let old_tab = browser.get(&records_of(meeting)).await;
    browser.get("/dashboard").await.press("Switch to Centro Norte").await;
    let refused = old_tab.form("#new-record").fill("content", "Plantado.").submit().await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().contains("organization_changed"), "{}", refused.text());
}
