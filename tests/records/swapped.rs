//! Envelopes open where they were written and nowhere else: whoever owns the database can exchange them and show nobody
//! what they say (hardening E1, E3, E6, E8, E9).

use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use super::{AURORA, NORTE, OWNER, OWNER_ID, change, meeting, path, records_of, write, write_with};
use crate::{
    app::{TestApp, connect_directly, world},
    trail::{Row, rows, rows_since},
    web::ApiClient,
};

const MEMBER: &str = "member@aurora.example";
const MEMBER_ID: &str = "user_01SEEDAURORAMEMBER";

/// The database as a superuser, with neither triggers nor foreign keys.
async fn superuser(app: &TestApp) -> Client {
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    superuser.batch_execute("set session_replication_role = replica").await.expect("a superuser may");
    superuser
}

async fn tamper(superuser: &Client, statement: &str) {
    superuser.batch_execute(statement).await.unwrap_or_else(|error| panic!("{error:?}: {statement}"));
}

fn id(record: &Value) -> &str {
    record["id"].as_str().expect("an id")
}

/// The rows that say that something does not open: record, field, reason.
fn undecryptable(rows: &[Row]) -> Vec<(&str, &str, &str)> {
    let broken = rows.iter().filter(|row| row.action == "RECORD_UNDECRYPTABLE");
    broken
        .map(|row| {
            assert_eq!((row.outcome.as_str(), row.resource_type.as_str()), ("failure", "medical_record"));
            let metadata = row.metadata.as_ref().expect("metadata");
            assert!(metadata["version"].is_number(), "{row:?}");
            let text = |field: &str| metadata[field].as_str().expect("a text");
            (row.resource_id.as_deref().expect("an id"), text("field"), text("reason"))
        })
        .collect()
}

/// Asserts that a record does not open, wherever it is asked for, and that each time says so in the trail.
async fn assert_broken(app: &TestApp, client: &ApiClient, record: &Value, faults: &[(&str, &str)], what: &str) {
    let expected: Vec<_> = faults.iter().map(|(field, reason)| (id(record), *field, *reason)).collect();
    for accept in ["application/json", "text/html"] {
        let before = rows(app).await.len();
        let answer = client.send(client.call("GET", &path(record)).header("accept", accept)).await;
        assert_eq!(answer.status(), 500, "{what}: {answer:?}");
        assert!(answer.text().contains("undecryptable") && !answer.text().contains("Segredo"), "{what}: {answer:?}");
        let trail = rows_since(app, before).await;
        assert_eq!(undecryptable(&trail), expected, "{what}");
        assert_eq!(trail[0].action, "MEDICAL_RECORD_VIEWED", "{what}: the reading stands before it");
    }
    let before = rows(app).await.len();
    let meeting: Uuid = record["meeting_id"].as_str().and_then(|id| id.parse().ok()).expect("a meeting");
    let list = client.get_json(&records_of(meeting)).await;
    let items = list["items"].as_array().expect("items");
    let listed = items.iter().find(|item| item["id"] == record["id"]).unwrap_or_else(|| panic!("{what}: it vanished"));
    assert_eq!(*listed, json!({"id": record["id"], "error": {"code": "undecryptable"}}), "{what}");
    let trail = rows_since(app, before).await;
    let told: Vec<_> = undecryptable(&trail).into_iter().filter(|(of, _, _)| *of == id(record)).collect();
    assert_eq!(told, expected, "{what}");
    let log = app.logs();
    assert!(log.contains(id(record)) && !log.contains("Segredo"), "{what}: the log names it and says no more");
}

async fn assert_whole(client: &ApiClient, record: &Value, content: &str) {
    assert_eq!(client.get_json(&path(record)).await["content"], content);
}

const NOT_AUTHENTIC: &[(&str, &str)] = &[("content", "not_authentic")];

#[tokio::test]
async fn e1_e6_contents_of_two_records_cannot_be_exchanged_and_the_others_are_shown() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting_id = meeting(&app, OWNER_ID, AURORA).await;
    let other_meeting = meeting(&app, OWNER_ID, AURORA).await;
    let (one, other) = (write(&client, meeting_id, "Segredo 1").await, write(&client, meeting_id, "Segredo 2").await);
    let whole = write(&client, meeting_id, "Intacta").await;
    let elsewhere = write(&client, other_meeting, "Segredo 3").await;
    let superuser = superuser(&app).await;
    for (a, b) in [(&one, &other), (&one, &elsewhere)] {
        let exchange = format!(
            "update records r set encrypted_content = s.encrypted_content
               from records s
              where (r.id, s.id) in (('{0}', '{1}'), ('{1}', '{0}'))",
            id(a),
            id(b)
        );
        tamper(&superuser, &exchange).await;
        assert_broken(&app, &client, a, NOT_AUTHENTIC, "rows").await;
        assert_broken(&app, &client, b, NOT_AUTHENTIC, "rows").await;
        assert_whole(&client, &whole, "Intacta").await;
        let list = client.get_json(&records_of(meeting_id)).await;
        assert!(list["items"].as_array().is_some_and(|items| items.iter().any(|item| item["content"] == "Intacta")));
        tamper(&superuser, &exchange).await;
        assert_whole(&client, a, if std::ptr::eq(a, &one) { "Segredo 1" } else { "Segredo 2" }).await;
    }
}

#[tokio::test]
async fn e1_content_and_metadata_cannot_be_exchanged() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    // The content would do as metadata.
    let record = write_with(&client, meeting, "{\"a\":\"Segredo\"}", &json!({"b": "Segredo"})).await;
    let superuser = superuser(&app).await;
    let exchange = "update records set encrypted_content = encrypted_metadata, encrypted_metadata = encrypted_content";
    tamper(&superuser, exchange).await;
    let both = [("content", "not_authentic"), ("metadata", "not_authentic")];
    assert_broken(&app, &client, &record, &both, "fields").await;
    tamper(&superuser, exchange).await;
    let of_another = write_with(&client, meeting, "Segredo", &json!({"c": "Segredo"})).await;
    let replace = format!(
        "update records r set encrypted_metadata = s.encrypted_metadata from records s
          where r.id = '{}' and s.id = '{}'",
        id(&record),
        id(&of_another)
    );
    tamper(&superuser, &replace).await;
    assert_broken(&app, &client, &record, &[("metadata", "not_authentic")], "metadata of another").await;
}

#[tokio::test]
async fn e1_e4_versions_cannot_be_exchanged() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let record = write(&client, meeting(&app, OWNER_ID, AURORA).await, "Segredo 1").await;
    client.put(&path(&record), &change("Segredo 2", 1)).await;
    client.put(&path(&record), &change("Segredo 3", 2)).await;
    let superuser = superuser(&app).await;
    let exchange = "
        update record_versions v set encrypted_content = w.encrypted_content
          from record_versions w where v.version = 3 - w.version";
    tamper(&superuser, exchange).await;
    for number in [1, 2] {
        let before = rows(&app).await.len();
        let answer = client.get(&format!("{}/versions/{number}", path(&record))).await;
        assert_eq!(answer.problem(), (500, "undecryptable".to_owned()));
        let trail = rows_since(&app, before).await;
        assert_eq!(undecryptable(&trail), [(id(&record), "content", "not_authentic")]);
        assert_eq!(trail[1].metadata.as_ref().map(|metadata| &metadata["version"]), Some(&json!(number)));
    }
    assert_whole(&client, &record, "Segredo 3").await;
    let roll_back = "
        update records r set encrypted_content = v.encrypted_content from record_versions v where v.version = 1";
    tamper(&superuser, roll_back).await;
    assert_broken(&app, &client, &record, NOT_AUTHENTIC, "an earlier version in place of the current one").await;
}

#[tokio::test]
async fn e1_a_record_of_another_author_or_of_another_meeting_does_not_open() {
    let app = TestApp::start().await;
    let (owner, member) = (app.client_of(OWNER).await, app.client_of(MEMBER).await);
    let (of_owner, of_member) = (meeting(&app, OWNER_ID, AURORA).await, meeting(&app, MEMBER_ID, AURORA).await);
    let (one, other) = (write(&owner, of_owner, "Segredo 1").await, write(&member, of_member, "Segredo 2").await);
    let superuser = superuser(&app).await;
    let exchange = "
        update records r set encrypted_content = s.encrypted_content from records s where s.id <> r.id";
    tamper(&superuser, exchange).await;
    assert_broken(&app, &owner, &one, NOT_AUTHENTIC, "authors").await;
    assert_broken(&app, &member, &other, NOT_AUTHENTIC, "authors").await;
    tamper(&superuser, exchange).await;

    let second = meeting(&app, OWNER_ID, AURORA).await;
    tamper(&superuser, &format!("update records set meeting_id = '{second}' where id = '{}'", id(&one))).await;
    let mut moved = one.clone();
    moved["meeting_id"] = json!(second);
    assert_broken(&app, &owner, &moved, NOT_AUTHENTIC, "another meeting").await;

    let take_over = format!(
        "update meetings set workos_user_id = '{OWNER_ID}' where id = '{of_member}';
         update records set expert_id = '{OWNER_ID}' where id = '{}'",
        id(&other)
    );
    tamper(&superuser, &take_over).await;
    assert_broken(&app, &owner, &other, NOT_AUTHENTIC, "another author").await;
}

#[tokio::test]
async fn e1_e8_a_record_of_another_organization_does_not_open_even_with_its_key() {
    let app = TestApp::start().await;
    let (aurora, norte) = (app.client_of(OWNER).await, app.client_of("owner@norte.example").await);
    let of_aurora = write(&aurora, meeting(&app, OWNER_ID, AURORA).await, "Segredo 1").await;
    let of_norte = write(&norte, meeting(&app, "user_01SEEDNORTEOWNER", NORTE).await, "Segredo 2").await;
    let superuser = superuser(&app).await;
    let exchange = "
        update records r set encrypted_content = s.encrypted_content from records s where s.id <> r.id";
    tamper(&superuser, exchange).await;
    assert_broken(&app, &aurora, &of_aurora, NOT_AUTHENTIC, "organizations").await;
    assert_broken(&app, &norte, &of_norte, NOT_AUTHENTIC, "organizations").await;
    let keys = "
        update org_keys k set wrapped_key = l.wrapped_key from org_keys l where l.org_id <> k.org_id";
    tamper(&superuser, keys).await;
    let wrapped = [("content", "wrapped_key")];
    assert_broken(&app, &aurora, &of_aurora, &wrapped, "organizations with their keys").await;
    let new = json!({"content": "Segredo 3"});
    let meeting = of_aurora["meeting_id"].as_str().expect("an id");
    let answer = aurora.post(&format!("/meetings/{meeting}/records"), &new).await;
    assert_eq!(answer.problem(), (503, "unavailable".to_owned()), "nothing is sealed under what is no key");
}

#[tokio::test]
async fn e1_e3_nothing_opens_that_was_changed_cut_or_sealed_under_another_key() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let record = write(&client, meeting(&app, OWNER_ID, AURORA).await, "Segredo, e bem comprido.").await;
    let superuser = superuser(&app).await;
    tamper(&superuser, "create table kept as select encrypted_content from records").await;
    for (what, expression, reason) in [
        ("a byte of the text", "set_byte(encrypted_content, 18, get_byte(encrypted_content, 18) # 1)", "not_authentic"),
        ("a byte of the nonce", "set_byte(encrypted_content, 6, get_byte(encrypted_content, 6) # 1)", "not_authentic"),
        (
            "a byte of the tag",
            "set_byte(encrypted_content, octet_length(encrypted_content) - 1,
                      get_byte(encrypted_content, octet_length(encrypted_content) - 1) # 128)",
            "not_authentic",
        ),
        ("a tag of four bytes", "substr(encrypted_content, 1, octet_length(encrypted_content) - 12)", "not_authentic"),
        ("what is too short for a tag", "substr(encrypted_content, 1, 30)", "malformed"),
        ("a byte more", "encrypted_content || '\\x00'", "not_authentic"),
        ("another format", "set_byte(encrypted_content, 0, 2)", "malformed"),
        ("a key that there is not", "set_byte(encrypted_content, 4, 2)", "unknown_key"),
        ("random bytes", "sha256('x') || sha256('y')", "malformed"),
    ] {
        tamper(&superuser, "update records set encrypted_content = kept.encrypted_content from kept").await;
        tamper(&superuser, &format!("update records set encrypted_content = {expression}")).await;
        assert_broken(&app, &client, &record, &[("content", reason)], what).await;
    }
    tamper(&superuser, "update records set encrypted_content = kept.encrypted_content from kept").await;
    assert_whole(&client, &record, "Segredo, e bem comprido.").await;
    // Without its key an organization has nothing left to read.
    tamper(&superuser, "delete from org_keys").await;
    assert_broken(&app, &client, &record, &[("content", "unknown_key")], "no key").await;
}

#[tokio::test]
async fn e6_a_broken_record_can_still_be_written_anew() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let record = write(&client, meeting(&app, OWNER_ID, AURORA).await, "Segredo.").await;
    tamper(&superuser(&app).await, "update records set encrypted_content = sha256('x')").await;
    assert_broken(&app, &client, &record, &[("content", "malformed")], "random bytes").await;
    assert_eq!(client.put(&path(&record), &change("De memória.", 1)).await.status(), 200);
    assert_whole(&client, &record, "De memória.").await;
}
