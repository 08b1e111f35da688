//! Every route with every role (hardening A2, F10): the role is the ceiling, the token opens less and never more.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::{Access, ROUTES, Route};
use crate::{app::TestApp, audit::exports, records, web::ApiClient};

const ROLES: [(&str, &str); 4] = [
    ("owner", "owner@aurora.example"),
    ("admin", "admin@aurora.example"),
    ("member", "member@aurora.example"),
    ("billing_admin", "billing-admin@aurora.example"),
];

/// Which roles have the routes' permissions.
fn has(role: &str, permission: &str) -> bool {
    match permission {
        "events:read" | "events:write" | "meetings:read" | "meetings:write" | "records:read" | "records:write" => {
            role != "billing_admin"
        }
        "audit:read" | "audit:export" => matches!(role, "owner" | "admin"),
        other => panic!("the table has a permission that this test does not know: {other}"),
    }
}

fn body(path: &str, role: &str) -> Value {
    match path {
        "/events" => {
            json!({"name": format!("A service of {role}"), "duration_in_minutes": 30, "price": 0, "currency": "eur"})
        }
        "/events/order" => json!({"ids": []}),
        "/meetings/{id}" => json!({"status": "completed"}),
        "/meetings/{meeting_id}/records" => json!({"content": "A record"}),
        "/audit/exports" => exports::wanted(),
        "/records/{id}" => json!({"content": "Another record", "metadata": null, "version": 1}),
        _ => json!({"name": format!("Another name by {role}")}),
    }
}

const NOTHING: &str = "0193fa6e-0000-7000-8000-000000000000";

/// What a route is about and the person's own, where the role lets them make it.
async fn own(client: &ApiClient, role: &str, route: &Route) -> String {
    let event = own_event(client, role, route).await;
    if !route.path.starts_with("/meetings/") || event == NOTHING {
        return event;
    }
    let answer = client
        .post(
            "/meetings",
            &json!({
                "event_id": event, "start_time": free_time(), "timezone": "UTC", "guest_email": "guest@eleva.example",
                "guest_name": "Guest",
            }),
        )
        .await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    answer.json()["id"].as_str().expect("an id").to_owned()
}

/// A time at which no other meeting is.
fn free_time() -> String {
    static DAYS: AtomicU32 = AtomicU32::new(0);
    let day = DAYS.fetch_add(1, Ordering::Relaxed);
    format!("2027-{:02}-{:02}T10:00:00Z", day / 28 + 1, day % 28 + 1)
}

/// An event of the person's own, where the role lets them make one.
async fn own_event(client: &ApiClient, role: &str, route: &Route) -> String {
    let document = json!({
        "name": format!("{role} {} {}", route.method, route.path), "duration_in_minutes": 30, "price": 4500, "currency": "eur",
    });
    let answer = client.post("/events", &document).await;
    match answer.status() {
        201 => answer.json()["id"].as_str().expect("an id").to_owned(),
        _ => NOTHING.to_owned(),
    }
}

/// A meeting of the person's own, and a record about it where the role lets them write one.
async fn own_record(app: &TestApp, client: &ApiClient) -> (String, String) {
    let session = client.get_json("/auth/session").await;
    let user_id = session["user"]["workos_user_id"].as_str().expect("an id");
    let meeting = records::meeting(app, user_id, records::AURORA).await;
    let answer = client.post(&records::records_of(meeting), &json!({"content": "A record"})).await;
    let record = match answer.status() {
        201 => answer.json()["id"].as_str().expect("an id").to_owned(),
        _ => "0193fa6e-0000-7000-8000-000000000000".to_owned(),
    };
    (meeting.to_string(), record)
}

#[tokio::test]
async fn a2_f4_every_route_opens_to_exactly_the_roles_that_have_its_permission() {
    let app = TestApp::start().await;
    for (role, email) in ROLES {
        let client = app.client_of(email).await;
        for route in &ROUTES {
            let Access::Permission(permission) = route.access else { continue };
            let (meeting, record) = own_record(&app, &client).await;
            let id = match route.path {
                path if path.starts_with("/records") => record,
                path if path.starts_with("/audit/exports/") => {
                    exports::finished(&app, exports::AURORA).await.to_string()
                }
                _ => own(&client, role, route).await,
            };
            let path = route.path.replace("{id}", &id).replace("{meeting_id}", &meeting).replace("{n}", "1");
            let body = match route.path {
                "/events/order" => json!({"ids": own_ids(&client).await}),
                "/meetings" => json!({
                    "event_id": id, "start_time": free_time(), "timezone": "UTC", "guest_email": "guest@eleva.example",
                    "guest_name": "Guest",
                }),
                path => body(path, role),
            };
            let call = client.call(route.method, &path);
            let call = if route.is_unsafe() { call.json(&body) } else { call };
            let answer = client.send(call).await;
            match has(role, permission) {
                // 303: on to WorkOS.
                true => assert!(matches!(answer.status(), 200..300 | 303), "{role} {route:?}: {answer:?}"),
                false => assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "{role} {route:?}"),
            }
        }
    }
}

async fn own_ids(client: &ApiClient) -> Vec<Value> {
    let session = client.get_json("/auth/session").await;
    let answer =
        client.get(&format!("/events?expert={}", session["user"]["workos_user_id"].as_str().expect("an id"))).await;
    match answer.status() {
        200 => answer.json()["items"].as_array().expect("items").iter().map(|event| event["id"].clone()).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a2_the_session_says_the_role_of_the_membership_and_what_it_includes() {
    let app = TestApp::start().await;
    for (role, email) in ROLES {
        let session = app.client_of(email).await.get_json("/auth/session").await;
        assert_eq!(session["role"], role);
        let permissions: Vec<&str> =
            session["permissions"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        for permission in ["events:read", "events:write", "meetings:read", "meetings:write", "audit:read"] {
            assert_eq!(permissions.contains(&permission), has(role, permission), "{role} {permission}");
        }
        assert_eq!(permissions.contains(&"billing:write"), matches!(role, "owner" | "billing_admin"), "{role}");
        assert_eq!(permissions.contains(&"audit:export"), matches!(role, "owner" | "admin"), "{role}");
        assert_eq!(permissions.contains(&"records:read"), role != "billing_admin", "{role}");
    }
}

#[tokio::test]
async fn a2_a_role_that_is_lowered_here_counts_although_the_token_still_says_more() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    assert_eq!(client.get("/events").await.status(), 200);
    let lower =
        "update user_org_memberships set role = 'billing_admin' where workos_user_id = 'user_01SEEDAURORAOWNER'";
    app.owner().await.batch_execute(lower).await.expect("the role is lowered");
    assert_eq!(client.get("/events").await.problem(), (403, "forbidden".to_owned()));
    let event = json!({"name": "A service", "duration_in_minutes": 30, "price": 0, "currency": "eur"});
    assert_eq!(client.post("/events", &event).await.problem(), (403, "forbidden".to_owned()));
    let written = app.owner().await.query_one("select count(*) from events", &[]).await.expect("a count");
    assert_eq!(written.get::<_, i64>(0), 0, "what the role does not permit was rolled back");
}
