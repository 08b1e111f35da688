//! A visit from beginning to end, after which what was said in it is looked for where it must not be.

use serde_json::{Value, json};
use uuid::Uuid;

use super::disk::Disk;
use crate::{
    app::TestApp,
    web::{Answer, ApiClient, Call},
};

const EXPERT: &str = "member@aurora.example";

/// Words that nobody else says, and that no compression shortens.
struct Said {
    notes: String,
    content: String,
    changed: String,
    metadata: String,
    /// Said where it may be seen: it shows that looking finds what is there.
    in_public: String,
}

impl Said {
    fn new() -> Self {
        let word = || Uuid::new_v4().simple().to_string();
        Self { notes: word(), content: word(), changed: word(), metadata: word(), in_public: word() }
    }

    fn private(&self) -> [&str; 4] {
        [&self.notes, &self.content, &self.changed, &self.metadata]
    }

    fn is_in(&self, text: &str) -> bool {
        self.private().into_iter().any(|word| text.contains(word))
    }
}

/// Makes an event, a meeting with notes, and a record of it that is changed once. Gives the paths of meeting and record.
async fn visit(client: &ApiClient, said: &Said) -> (String, String) {
    let event = json!({
        "name": "Consulta", "description": said.in_public, "duration_in_minutes": 50, "price": 6000, "currency": "eur"
    });
    let event = client.post("/events", &event).await.json();
    let meeting = json!({
        "event_id": event["id"], "start_time": "2031-03-03T09:00:00Z", "timezone": "Europe/Lisbon",
        "guest_email": "guest@visit.example", "guest_name": "A Guest", "guest_notes": said.notes
    });
    let meeting = path(&client.post("/meetings", &meeting).await);
    let record = json!({"content": said.content, "metadata": {"code": said.metadata}});
    let record = path(&client.post(&format!("{meeting}/records"), &record).await);
    let changed = json!({"content": said.changed, "metadata": {"code": said.metadata}, "version": 1});
    assert_eq!(client.put(&record, &changed).await.status(), 200);
    (meeting, record)
}

/// The path of what was made.
fn path(created: &Answer) -> String {
    assert_eq!(created.status(), 201, "{created:?}");
    let location = url::Url::parse(created.location()).expect("a URL");
    location.path().to_owned()
}

#[tokio::test]
async fn e7_what_is_said_in_confidence_is_not_on_the_disk_of_the_database() {
    let app = TestApp::start().await;
    let (client, said) = (app.client_of(EXPERT).await, Said::new());
    visit(&client, &said).await;
    let disk = Disk::after_checkpoint(&app).await;
    let public = disk.files_with(&said.in_public).await;
    assert!(public.iter().any(|file| file.starts_with("base/")), "looking finds what is in the tables: {public:?}");
    assert!(public.iter().any(|file| file.starts_with("pg_wal/")), "and what is in the log: {public:?}");
    for word in said.private() {
        assert_eq!(disk.files_with(word).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn d8_e7_what_is_said_in_confidence_is_in_no_error_no_log_and_no_row_of_the_trail() {
    let app = TestApp::start().await;
    let (client, said) = (app.client_of(EXPERT).await, Said::new());
    let (meeting, record) = visit(&client, &said).await;
    let records = format!("{meeting}/records");
    let document = |content: &str, metadata: Value, version: i32| json!({"content": content, "metadata": metadata, "version": version});
    let long = format!("{}{}", said.content, "x".repeat(262_144));
    let owner = app.client_of("owner@aurora.example").await;
    let refused = [
        client.put(&record, &document(&said.content, json!({"code": said.metadata}), 1)).await,
        client.put(&record, &document(&long, Value::Null, 2)).await,
        client.put(&record, &document(&said.content, json!([said.metadata]), 2)).await,
        client.put(&record, &document(&said.content, json!({"code": said.metadata.repeat(1000)}), 2)).await,
        client.put(&record, &json!({"content": [said.content], "version": said.changed})).await,
        client.post(&records, &json!({"content": "", "metadata": said.metadata})).await,
        client.post("/meetings", &json!({"guest_notes": said.notes.repeat(1000)})).await,
        owner.get(&record).await,
        owner.put(&record, &document(&said.content, Value::Null, 2)).await,
        owner.post(&records, &json!({"content": said.content})).await,
    ];
    let statuses: Vec<u16> = refused.iter().map(Answer::status).collect();
    assert_eq!(statuses, [409, 413, 422, 413, 422, 422, 422, 404, 404, 403]);
    for answer in &refused {
        assert!(!said.is_in(answer.text()), "{}", answer.status());
    }
    // What no longer opens is an error, too.
    for target in [&meeting, &records, &record] {
        assert!(said.is_in(client.get(target).await.text()), "{target}: there was something to give away");
    }
    let break_it = "update records set encrypted_content = set_byte(encrypted_content, 20, 0) || '\\x00';
                    update meetings set encrypted_guest_notes = encrypted_guest_notes || '\\x00'";
    app.owner().await.batch_execute(break_it).await.expect("broken");
    for (target, status) in [(&meeting, 200), (&records, 200), (&record, 500)] {
        let answer = client.get(target).await;
        assert_eq!(answer.status(), status, "{target}");
        assert!(!said.is_in(answer.text()), "{target}");
    }
    let trail = "select string_agg(l::text, e'\\n') || (select coalesce(string_agg(event::text, e'\\n'), '')
                                                         from workos_audit_outbox)
                   from audit_logs l";
    let trail: String = app.owner().await.query_one(trail, &[]).await.expect("the trail").get(0);
    assert!(trail.contains("RECORD_UNDECRYPTABLE") && trail.contains("MEDICAL_RECORD_UPDATED"));
    assert!(!said.is_in(&trail));
    let logs = app.logs();
    assert!(logs.contains("\"answered\""));
    assert!(!said.is_in(&logs));
}

#[tokio::test]
async fn e7_no_answer_with_phi_may_be_kept_by_a_browser_or_a_proxy() {
    let app = TestApp::start().await;
    let (client, said) = (app.client_of(EXPERT).await, Said::new());
    let (meeting, record) = visit(&client, &said).await;
    for target in [&meeting, &format!("{meeting}/records"), &record, &format!("{record}/versions/1")] {
        for accept in ["application/json", "text/html"] {
            let cookies = client.cookies().expect("a session");
            let call = Call::new("GET", target).header("accept", accept).header("cookie", &cookies);
            let answer = app.send(call).await;
            assert!(said.is_in(answer.text()), "{target} as {accept} has nothing in it");
            assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{target} as {accept}");
            assert_eq!(answer.header("vary"), Some("Cookie, Accept"), "{target} as {accept}");
        }
    }
}
