//! Whose records they are: the author's, in the organization in which they were written, and nobody else's (hardening B12,
//! E8, E9).

use serde_json::{Value, json};
use uuid::Uuid;

use super::{AURORA, NORTE, OWNER, OWNER_ID, change, meeting, path, records_of, write};
use crate::{
    app::TestApp,
    trail::{rows, rows_since},
    web::ApiClient,
};

const MEMBER: &str = "member@aurora.example";
const MEMBER_ID: &str = "user_01SEEDAURORAMEMBER";
const BOTH: &str = "both@eleva.example";
const BOTH_ID: &str = "user_01SEEDBOTH";

/// Asserts that somebody finds nothing of a record: they see its meeting, or not.
async fn assert_hidden(app: &TestApp, client: &ApiClient, record: &Value, sees_meeting: bool, who: &str) {
    let before = rows(app).await.len();
    for target in [path(record), format!("{}/versions", path(record)), format!("{}/versions/1", path(record))] {
        for accept in ["application/json", "text/html"] {
            let answer = client.send(client.call("GET", &target).header("accept", accept)).await;
            assert_eq!(answer.status(), 404, "{who}: {target}: {answer:?}");
            assert!(!answer.text().contains("Segredo") && !answer.text().contains("Rita"), "{who}: {answer:?}");
        }
    }
    assert_eq!(client.put(&path(record), &change("Outro", 1)).await.problem(), (404, "not_found".to_owned()), "{who}");
    assert_eq!(client.get_json("/records").await["items"], json!([]), "{who}");
    let of_meeting = records_of(record["meeting_id"].as_str().and_then(|id| id.parse().ok()).expect("an id"));
    let (list, written) = (client.get(&of_meeting).await, client.post(&of_meeting, &json!({"content": "Outro"})).await);
    match sees_meeting {
        true => {
            assert_eq!((list.status(), &list.json()["items"]), (200, &json!([])), "{who}");
            assert_eq!(written.problem(), (403, "forbidden".to_owned()), "{who}");
        }
        false => {
            assert_eq!(list.problem(), (404, "not_found".to_owned()), "{who}");
            assert_eq!(written.problem(), (404, "not_found".to_owned()), "{who}");
        }
    }
    let actions: Vec<String> = rows_since(app, before).await.into_iter().map(|row| row.action).collect();
    assert!(actions.iter().all(|action| action == "UNAUTHORIZED_ACCESS_ATTEMPT"), "{who}: {actions:?}");
}

#[tokio::test]
async fn b12_neither_owner_nor_administrator_nor_colleague_finds_another_expert_s_record() {
    let app = TestApp::start().await;
    let author = app.client_of(MEMBER).await;
    let record = write(&author, meeting(&app, MEMBER_ID, AURORA).await, "Segredo.").await;
    for email in [OWNER, "admin@aurora.example"] {
        assert_hidden(&app, &app.client_of(email).await, &record, true, email).await;
    }
    assert_hidden(&app, &app.client_of_organization(BOTH, AURORA).await, &record, true, "a colleague").await;
    for email in ["owner@norte.example", "member@norte.example"] {
        assert_hidden(&app, &app.client_of(email).await, &record, false, email).await;
    }
    assert_eq!(author.get_json(&path(&record)).await["content"], "Segredo.");
}

#[tokio::test]
async fn b12_a_guest_sees_the_meeting_and_no_record_of_it() {
    let app = TestApp::start().await;
    let author = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let link = "update meetings set guest_workos_user_id = 'user_01SEEDNORTEMEMBER'";
    app.owner().await.batch_execute(link).await.expect("a guest");
    let record = write(&author, meeting, "Segredo.").await;
    assert_hidden(&app, &app.client_of("member@norte.example").await, &record, true, "the guest").await;
}

#[tokio::test]
async fn b12_who_keeps_the_books_and_who_impersonates_are_refused() {
    let app = TestApp::start().await;
    let author = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let record = write(&author, meeting, "Segredo.").await;
    let actor = json!({"act": {"sub": "support@eleva.example"}});
    app.workos().control().set_extra_claims(actor.as_object().expect("claims").clone());
    let impersonated = app.client_of_organization(OWNER, AURORA).await;
    app.workos().control().set_extra_claims(Default::default());
    assert!(impersonated.get_json("/auth/session").await["impersonator"].is_string());
    let books = app.client_of("billing-admin@aurora.example").await;
    let before = rows(&app).await.len();
    for client in [&books, &impersonated] {
        for target in [
            "/records".to_owned(),
            path(&record),
            records_of(meeting),
            format!("{}/versions", path(&record)),
            format!("{}/versions/1", path(&record)),
        ] {
            assert_eq!(client.get(&target).await.problem(), (403, "forbidden".to_owned()), "{target}");
        }
        let new = json!({"content": "Outro"});
        assert_eq!(client.post(&records_of(meeting), &new).await.problem(), (403, "forbidden".to_owned()));
        assert_eq!(client.put(&path(&record), &change("Outro", 1)).await.problem(), (403, "forbidden".to_owned()));
    }
    let actions: Vec<String> = rows_since(&app, before).await.into_iter().map(|row| row.action).collect();
    assert!(actions.iter().all(|action| action == "UNAUTHORIZED_ACCESS_ATTEMPT"), "{actions:?}");
}

#[tokio::test]
async fn b12_a_role_that_is_lowered_here_sees_nothing_although_the_token_still_says_more() {
    let app = TestApp::start().await;
    let author = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let record = write(&author, meeting, "Segredo.").await;
    let lower =
        "update user_org_memberships set role = 'billing_admin' where workos_user_id = 'user_01SEEDAURORAOWNER'";
    app.owner().await.batch_execute(lower).await.expect("the role is lowered");
    let before = rows(&app).await.len();
    for target in [path(&record), records_of(meeting), format!("{}/versions/1", path(&record))] {
        let answer = author.get(&target).await;
        assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "{target}");
    }
    let actions: Vec<String> = rows_since(&app, before).await.into_iter().map(|row| row.action).collect();
    assert!(actions.iter().all(|action| action == "UNAUTHORIZED_ACCESS_ATTEMPT"), "nothing was seen: {actions:?}");
}

#[tokio::test]
async fn e8_an_author_finds_a_record_in_the_organization_of_its_meeting_only() {
    let app = TestApp::start().await;
    let in_norte = app.client_of_organization(BOTH, NORTE).await;
    let record = write(&in_norte, meeting(&app, BOTH_ID, NORTE).await, "Segredo.").await;
    let in_aurora = app.client_of_organization(BOTH, AURORA).await;
    assert_hidden(&app, &in_aurora, &record, false, "the same person elsewhere").await;
    let of_aurora = write(&in_aurora, meeting(&app, BOTH_ID, AURORA).await, "De Aurora.").await;
    for (client, own) in [(&in_norte, &record), (&in_aurora, &of_aurora)] {
        let list = client.get_json("/records").await;
        let ids: Vec<&Value> = list["items"].as_array().expect("items").iter().map(|one| &one["id"]).collect();
        assert_eq!(ids, [&own["id"]]);
    }
}

#[tokio::test]
async fn b12_an_administrator_who_books_for_an_expert_writes_no_record_for_them() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, MEMBER_ID, AURORA).await;
    let administrator = app.client_of("admin@aurora.example").await;
    let new = json!({"content": "Outro"});
    assert_eq!(administrator.post(&records_of(meeting), &new).await.problem(), (403, "forbidden".to_owned()));
    let absent = Uuid::from_u128(7);
    assert_eq!(administrator.post(&records_of(absent), &new).await.problem(), (404, "not_found".to_owned()));
    let count = app.owner().await.query_one("select count(*) from records", &[]).await.expect("a count");
    assert_eq!(count.get::<_, i64>(0), 0);
}
