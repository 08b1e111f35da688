//! What every route writes when it does what it is for (hardening D7, D10, D12).

use std::collections::BTreeSet;

use dev::workos::{Effect, Fault};
use serde_json::{Value, json};

use super::{Row, rows, rows_since};
use crate::{
    app::{
        TestApp,
        sealed::{self, SESSION},
    },
    audit::exports,
    events::{create, path},
    records,
    routes::ROUTES,
    web::ApiClient,
};

const AURORA: &str = "org_01SEEDAURORA";
const NORTE: &str = "org_01SEEDNORTE";
const OWNER: &str = "owner@aurora.example";
const BOTH: &str = "both@eleva.example";

/// What a row's resource id must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    /// None: the action is about no single resource.
    None,
    /// An event's.
    Event,
    /// A meeting's.
    Meeting,
    /// A medical record's.
    Record,
    /// An export's.
    Export,
    /// WorkOS's of the session.
    Session,
    /// An organization's.
    Organization,
}

/// A row: action, resource type, resource id.
type Expected = (&'static str, &'static str, Id);

/// Every route and what it writes, in this order.
const TRAIL: [(&str, &str, &[Expected]); 39] = [
    ("GET", "/", &[]),
    ("GET", "/dashboard", &[]),
    ("GET", "/assets/{name}", &[]),
    ("GET", "/favicon.ico", &[]),
    ("GET", "/sign-in", &[]),
    ("GET", "/auth/callback", &[("SESSION_SIGNED_IN", "session", Id::Session)]),
    ("GET", "/auth/callback/organization", &[]),
    ("POST", "/auth/callback/organization", &[("SESSION_SIGNED_IN", "session", Id::Session)]),
    ("GET", "/auth/sign-out", &[]),
    ("POST", "/auth/sign-out", &[("SESSION_SIGNED_OUT", "session", Id::Session)]),
    ("GET", "/auth/session", &[]),
    ("POST", "/auth/switch-organization", &[("ORGANIZATION_SWITCHED", "organization", Id::Organization)]),
    ("GET", "/events", &[]),
    ("POST", "/events", &[("EVENT_CREATED", "event", Id::Event)]),
    ("PUT", "/events/order", &[("EVENT_REORDERED", "event", Id::None)]),
    ("GET", "/events/{id}", &[]),
    ("PATCH", "/events/{id}", &[("EVENT_DEACTIVATED", "event", Id::Event), ("EVENT_UPDATED", "event", Id::Event)]),
    ("DELETE", "/events/{id}", &[("EVENT_DELETED", "event", Id::Event)]),
    ("GET", "/meetings", &[]),
    ("POST", "/meetings", &[("APPOINTMENT_CREATED", "appointment", Id::Meeting)]),
    ("GET", "/meetings/{id}", &[("APPOINTMENT_VIEWED", "appointment", Id::Meeting)]),
    (
        "PATCH",
        "/meetings/{id}",
        &[("APPOINTMENT_UPDATED", "appointment", Id::Meeting), ("APPOINTMENT_CANCELLED", "appointment", Id::Meeting)],
    ),
    ("GET", "/records", &[]),
    ("GET", "/records/{id}", &[("MEDICAL_RECORD_VIEWED", "medical_record", Id::Record)]),
    ("PUT", "/records/{id}", &[("MEDICAL_RECORD_UPDATED", "medical_record", Id::Record)]),
    ("GET", "/records/{id}/versions", &[]),
    ("GET", "/records/{id}/versions/{n}", &[("MEDICAL_RECORD_VIEWED", "medical_record", Id::Record)]),
    ("GET", "/meetings/{meeting_id}/records", &[("MEDICAL_RECORD_VIEWED", "medical_record", Id::Record)]),
    ("POST", "/meetings/{meeting_id}/records", &[("MEDICAL_RECORD_CREATED", "medical_record", Id::Record)]),
    ("GET", "/audit/logs", &[("AUDIT_LOG_VIEWED", "audit_log", Id::None)]),
    ("GET", "/audit/report", &[("COMPLIANCE_REPORT_GENERATED", "compliance", Id::None)]),
    ("GET", "/audit/portal", &[("AUDIT_LOG_VIEWED", "audit_log", Id::None)]),
    ("GET", "/audit/exports", &[("AUDIT_LOG_VIEWED", "audit_log", Id::None)]),
    ("POST", "/audit/exports", &[("AUDIT_LOG_EXPORTED", "audit_log", Id::Export)]),
    ("GET", "/audit/exports/{id}", &[("AUDIT_LOG_VIEWED", "audit_log", Id::Export)]),
    ("GET", "/audit/exports/{id}/download", &[("AUDIT_LOG_EXPORT_DOWNLOADED", "audit_log", Id::Export)]),
    ("GET", "/audit/exports/{id}/left-out", &[("AUDIT_LOG_EXPORT_DOWNLOADED", "audit_log", Id::Export)]),
    ("GET", "/audit/exports/{id}/manifest", &[("AUDIT_LOG_EXPORT_DOWNLOADED", "audit_log", Id::Export)]),
    ("GET", "/audit/signing-keys", &[]),
];

/// What a route was asked, and by whom.
struct Asked {
    /// The rows that it wrote.
    rows: Vec<Row>,
    /// Who asked (WorkOS id); none where nobody is signed in.
    user: Option<&'static str>,
    /// The id of what it was about.
    id: Option<String>,
}

#[test]
fn d7_every_route_says_what_it_writes() {
    let routes: BTreeSet<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
    let trail: BTreeSet<_> = TRAIL.iter().map(|(method, path, _)| (*method, *path)).collect();
    assert_eq!(trail, routes);
}

#[tokio::test]
async fn d7_d10_d12_every_route_writes_that_and_nothing_else() {
    for (method, path, expected) in TRAIL {
        let what = format!("{method} {path}");
        let app = TestApp::start().await;
        let asked = ask(&app, method, path).await;
        let written: Vec<_> = asked
            .rows
            .iter()
            .map(|row| (row.action.as_str(), row.resource_type.as_str(), row.resource_id.is_some()))
            .collect();
        let wanted: Vec<_> = expected.iter().map(|(action, kind, id)| (*action, *kind, *id != Id::None)).collect();
        assert_eq!(written, wanted, "{what}: {:#?}", asked.rows);
        for (row, (_, _, id)) in asked.rows.iter().zip(expected) {
            if *id != Id::None {
                assert_eq!(row.resource_id, asked.id, "{what}");
                assert_is(&app, *id, row.resource_id.as_deref().expect("an id")).await;
            }
            assert_eq!((row.outcome.as_str(), row.actor_type.as_str()), ("success", "user"), "{what}");
            assert_eq!(row.workos_user_id.as_deref(), asked.user, "{what}");
            assert!(row.request_id.as_ref().is_some_and(|id| !id.is_empty()), "{what}: {row:?}");
            assert!(row.ip_address.is_some(), "{what}: {row:?}");
        }
    }
}

/// The id is one of its type.
async fn assert_is(app: &TestApp, kind: Id, id: &str) {
    match kind {
        Id::None => {}
        Id::Event | Id::Meeting => drop(id.parse::<uuid::Uuid>().expect("an id of ours")),
        Id::Record => {
            let id: uuid::Uuid = id.parse().expect("a record's id");
            let owner = app.owner().await;
            owner.query_one("select from records where id = $1", &[&id]).await.expect("the record");
        }
        Id::Export => {
            let id: uuid::Uuid = id.parse().expect("an export's id");
            let owner = app.owner().await;
            owner.query_one("select from audit_log_exports where id = $1", &[&id]).await.expect("the export");
        }
        Id::Session => assert!(id.starts_with("session_"), "{id}"),
        Id::Organization => {
            let id: uuid::Uuid = id.parse().expect("an organization's id");
            let owner = app.owner().await;
            owner.query_one("select from organizations where id = $1", &[&id]).await.expect("the organization");
        }
    }
}

/// Has a route do what it is for.
async fn ask(app: &TestApp, method: &str, path: &str) -> Asked {
    match (method, path) {
        ("GET", "/auth/callback") => signed_in(app).await,
        ("GET" | "POST", "/auth/callback/organization") => chosen(app, method).await,
        (_, "/assets/{name}" | "/favicon.ico" | "/sign-in") => {
            let client = app.client();
            let answer = client.get(&path.replace("{name}", "none-0000000000000000.css")).await;
            assert!(answer.status() < 500);
            Asked { rows: rows(app).await, user: None, id: None }
        }
        (_, "/auth/switch-organization") => switched(app).await,
        (_, "/auth/sign-out") => signed_out(app, method).await,
        (_, path) if path.starts_with("/events") => events(app, method, path).await,
        (_, path) if path.contains("/records") => records_of_a_meeting(app, method, path).await,
        (_, path) if path.starts_with("/meetings") => meetings(app, method, path).await,
        ("POST", "/audit/exports") => {
            let client = app.client_of(OWNER).await;
            let before = rows(app).await.len();
            let id = exports::ask(&client, &exports::wanted()).await["id"].as_str().map(str::to_owned);
            Asked { rows: rows_since(app, before).await, user: Some("user_01SEEDAURORAOWNER"), id }
        }
        ("GET", path) if path.starts_with("/audit/exports/") => {
            let client = app.client_of(OWNER).await;
            let id = exports::finished(app, AURORA).await.to_string();
            let before = rows(app).await.len();
            assert_eq!(client.get(&path.replace("{id}", &id)).await.status(), 200, "{path}");
            Asked { rows: rows_since(app, before).await, user: Some("user_01SEEDAURORAOWNER"), id: Some(id) }
        }
        ("GET", _) => {
            let client = app.client_of(OWNER).await;
            let before = rows(app).await.len();
            assert!([200, 302, 303].contains(&client.get(path).await.status()), "{path}");
            Asked { rows: rows_since(app, before).await, user: Some("user_01SEEDAURORAOWNER"), id: None }
        }
        _ => panic!("nobody has said how to ask {method} {path}"),
    }
}

fn session_id(client: &ApiClient) -> Option<String> {
    let claims = sealed::claims(&sealed::session(&client.jar()).access_token);
    claims["sid"].as_str().map(str::to_owned)
}

async fn signed_in(app: &TestApp) -> Asked {
    // The first time, whatever is missing of the person is made.
    app.client_of(OWNER).await;
    let before = rows(app).await.len();
    let client = app.client_of_organization(OWNER, AURORA).await;
    Asked { rows: rows_since(app, before).await, user: Some("user_01SEEDAURORAOWNER"), id: session_id(&client) }
}

async fn chosen(app: &TestApp, method: &str) -> Asked {
    app.client_of_organization(BOTH, AURORA).await;
    let before = rows(app).await.len();
    app.workos().control().let_application_select_organization(true);
    let browser = app.browser();
    let page = browser.get("/sign-in").await.press_value(BOTH).await;
    assert_eq!(page.url().path(), "/auth/callback/organization");
    if method == "GET" {
        return Asked { rows: rows_since(app, before).await, user: None, id: None };
    }
    page.press_value(NORTE).await;
    assert!(browser.jar().value(SESSION).is_some());
    Asked { rows: rows_since(app, before).await, user: Some("user_01SEEDBOTH"), id: session_id(&browser.api()) }
}

async fn signed_out(app: &TestApp, method: &str) -> Asked {
    let client = app.client_of(OWNER).await;
    let id = session_id(&client);
    let before = rows(app).await.len();
    let call = client.call(method, "/auth/sign-out");
    let call = if method == "POST" { call.json(&json!({})) } else { call };
    assert_eq!(client.send(call).await.status(), 200);
    Asked { rows: rows_since(app, before).await, user: Some("user_01SEEDAURORAOWNER"), id }
}

async fn switched(app: &TestApp) -> Asked {
    let client = app.client_of_organization(BOTH, AURORA).await;
    let before = rows(app).await.len();
    let answer = client.post("/auth/switch-organization", &json!({"organization_id": NORTE})).await;
    assert_eq!(answer.status(), 200);
    let id = answer.json()["organization"]["id"].as_str().map(str::to_owned);
    let rows = rows_since(app, before).await;
    assert_eq!(rows[0].workos_org_id.as_deref(), Some(NORTE), "it is the other organization's to know");
    assert_eq!(rows[0].metadata, None, "where else somebody belongs, it is not");
    Asked { rows, user: Some("user_01SEEDBOTH"), id }
}

async fn events(app: &TestApp, method: &str, path_of_route: &str) -> Asked {
    let client = app.client_of(OWNER).await;
    let mut event = Value::Null;
    if path_of_route != "/events" {
        event = create(&client, "Consulta").await;
    }
    let before = rows(app).await.len();
    let answer = match (method, path_of_route) {
        ("GET", "/events") => client.get("/events").await,
        ("POST", "/events") => {
            let answer = client.post("/events", &crate::events::event("Consulta")).await;
            event = answer.json();
            answer
        }
        ("PUT", "/events/order") => client.put("/events/order", &json!({"ids": [event["id"]]})).await,
        ("GET", _) => client.get(&path(&event)).await,
        ("PATCH", _) => client.patch(&path(&event), &json!({"price": 1, "is_active": false})).await,
        ("DELETE", _) => client.delete(&path(&event)).await,
        _ => panic!("nobody has said how to ask {method} {path_of_route}"),
    };
    assert!(answer.status() < 300, "{method} {path_of_route}: {answer:?}");
    let id = event["id"].as_str().map(str::to_owned);
    Asked { rows: rows_since(app, before).await, user: Some("user_01SEEDAURORAOWNER"), id }
}

async fn meetings(app: &TestApp, method: &str, path_of_route: &str) -> Asked {
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    let document = crate::meetings::meeting(&event, "2027-01-11T10:00:00Z");
    // The organization's key, which the first notes make, is there.
    let mut meeting = crate::meetings::book(&client, &document).await;
    let before = rows(app).await.len();
    let path = crate::meetings::path(&meeting);
    let answer = match (method, path_of_route) {
        ("GET", "/meetings") => client.get("/meetings").await,
        ("POST", "/meetings") => {
            let answer = client.post("/meetings", &crate::meetings::meeting(&event, "2027-01-12T10:00:00Z")).await;
            meeting = answer.json();
            answer
        }
        ("GET", _) => client.get(&path).await,
        ("PATCH", _) => {
            client.patch(&path, &json!({"status": "cancelled", "start_time": "2027-01-12T10:00:00Z"})).await
        }
        _ => panic!("nobody has said how to ask {method} {path_of_route}"),
    };
    assert!(answer.status() < 300, "{method} {path_of_route}: {answer:?}");
    let id = meeting["id"].as_str().map(str::to_owned);
    Asked { rows: rows_since(app, before).await, user: Some("user_01SEEDAURORAOWNER"), id }
}

async fn records_of_a_meeting(app: &TestApp, method: &str, path_of_route: &str) -> Asked {
    let client = app.client_of(OWNER).await;
    let meeting = records::meeting(app, records::OWNER_ID, AURORA).await;
    let of_meeting = records::records_of(meeting);
    let mut record = Value::Null;
    if method != "POST" {
        record = records::write(&client, meeting, "A record").await;
    }
    let before = rows(app).await.len();
    let answer = match (method, path_of_route) {
        ("POST", _) => {
            let answer = client.post(&of_meeting, &json!({"content": "A record"})).await;
            record = answer.json();
            answer
        }
        ("PUT", _) => {
            let change = json!({"content": "Another", "metadata": null, "version": 1});
            client.put(&records::path(&record), &change).await
        }
        _ => {
            let id = record["id"].as_str().expect("an id");
            let path = path_of_route.replace("{id}", id).replace("{meeting_id}", &meeting.to_string());
            client.get(&path.replace("{n}", "1")).await
        }
    };
    assert!(answer.status() < 300, "{method} {path_of_route}: {answer:?}");
    let id = record["id"].as_str().map(str::to_owned);
    Asked { rows: rows_since(app, before).await, user: Some("user_01SEEDAURORAOWNER"), id }
}

#[tokio::test]
async fn d8_a_change_is_kept_with_what_was_before_and_free_text_is_not() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let before = rows(&app).await.len();
    let event = create(&client, "Consulta").await;
    let changes = json!({"price": 1, "description": "Sobre a doença do senhor Silva.", "name": "Consulta"});
    client.patch(&path(&event), &changes).await;
    client.delete(&path(&event)).await;
    let rows = rows_since(&app, before).await;
    let [created, updated, deleted] = rows.as_slice() else { panic!("{rows:#?}") };
    let whole = json!({
        "workos_user_id": "user_01SEEDAURORAOWNER", "name": "Consulta", "slug": "consulta",
        "duration_in_minutes": 50, "price": 6000, "currency": "eur", "is_active": true, "order": 0,
    });
    assert_eq!((&created.old_values, &created.new_values), (&None, &Some(whole.clone())));
    assert_eq!((&updated.old_values, &updated.new_values), (&Some(json!({"price": 6000})), &Some(json!({"price": 1}))));
    assert_eq!(updated.metadata, Some(json!({"fields": ["name", "description", "price"]})));
    let mut last = whole;
    last["price"] = json!(1);
    assert_eq!((&deleted.old_values, &deleted.new_values), (&Some(last), &None));
    assert!(!format!("{rows:?}").contains("Silva"));
}

#[tokio::test]
async fn d3_a_newcomer_s_organization_and_membership_are_recorded_and_once_only() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_up("nova@eleva.example", "Nova", "Pessoa").await;
    let actions: Vec<String> = rows(&app).await.into_iter().map(|row| row.action).collect();
    assert_eq!(actions, ["ORGANIZATION_CREATED", "ORG_MEMBER_ADDED", "SESSION_SIGNED_IN"]);
    let again = app.client_of("nova@eleva.example").await;
    assert_eq!(again.get("/auth/session").await.status(), 200);
    let rows = rows_since(&app, 3).await;
    assert_eq!(rows.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(), ["SESSION_SIGNED_IN"]);
    assert!(!format!("{rows:?}").contains("nova@"), "no address is in the trail");
}

#[tokio::test]
async fn d9_a_header_of_any_length_loses_no_row_and_names_no_address() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let before = rows(&app).await.len();
    let call = client
        .call("POST", "/events")
        .header("user-agent", &"u".repeat(4_000))
        .header("x-forwarded-for", "198.51.100.77, not-an-address")
        .json(&crate::events::event("Consulta"));
    assert_eq!(client.send(call).await.status(), 201);
    let rows = rows_since(&app, before).await;
    let user_agent = rows[0].user_agent.as_deref().expect("a user agent");
    assert!(user_agent.chars().count() == 500 && user_agent.ends_with("uuu"), "{user_agent}");
    assert_ne!(rows[0].ip_address.as_deref(), Some("198.51.100.77"), "a client does not choose its address");
}

#[tokio::test]
async fn a_switch_that_workos_refuses_is_recorded_as_failed() {
    let app = TestApp::start().await;
    let client = app.client_of_organization(BOTH, AURORA).await;
    let before = rows(&app).await.len();
    let body = r#"{"code":"invalid_organization_id","message":"m"}"#;
    let fault = Fault::new("/user_management/authenticate", Effect::status(400, body));
    app.workos().control().add_fault(fault.for_grant("refresh_token").times(1));
    let answer = client.post("/auth/switch-organization", &json!({"organization_id": NORTE})).await;
    assert_eq!(answer.status(), 403);
    let written: Vec<_> =
        rows_since(&app, before).await.into_iter().map(|row| (row.action, row.outcome)).collect::<Vec<_>>();
    let expected = [
        ("ORGANIZATION_SWITCHED", "success"),
        ("ORGANIZATION_SWITCHED", "failure"),
        ("UNAUTHORIZED_ACCESS_ATTEMPT", "failure"),
    ];
    assert_eq!(written, expected.map(|(action, outcome)| (action.to_owned(), outcome.to_owned())));
}
