//! Where the trail cannot be written, nothing happens (hardening D1, D2).

use serde_json::json;

use super::rows;
use crate::{
    app::{TestApp, connect_directly, sealed::SESSION, world},
    events::{create, event, names, path},
};

const OWNER: &str = "owner@aurora.example";

/// A real part that fails, and what the caller is told.
const FAULTS: [(&str, &str, u16); 5] = [
    (
        "the privilege is revoked",
        "revoke execute on function
           app.audit_append(text, text, text, text, jsonb, jsonb, jsonb, inet, text, text) from authenticated",
        500,
    ),
    (
        "the partition is missing",
        "do $$
         declare
           partition regclass;
         begin
           for partition in select inhrelid::regclass from pg_inherits where inhparent = 'audit_logs'::regclass loop
             execute format('alter table audit_logs detach partition %s', partition);
           end loop;
         end
         $$",
        500,
    ),
    ("the disk is full when the row is written", FULL_DISK, 503),
    ("the head of the chain cannot be moved", FULL_DISK_AT_HEAD, 503),
    ("the definer may not write", "revoke insert on audit_logs from eleva_definer", 500),
];

const FULL_DISK: &str = "
    create function full_disk() returns trigger language plpgsql
    as $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
    create trigger full_disk before insert on audit_logs for each row execute function full_disk()";

const FULL_DISK_AT_HEAD: &str = "
    create function full_disk() returns trigger language plpgsql
    as $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
    create trigger full_disk before update on audit_heads for each row execute function full_disk()";

async fn break_it(app: &TestApp, statement: &str) {
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    superuser.batch_execute(statement).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
}

#[tokio::test]
async fn d1_d2_what_cannot_be_recorded_is_not_done() {
    for (what, fault, status) in FAULTS {
        let app = TestApp::start().await;
        let client = app.client_of(OWNER).await;
        let kept = create(&client, "Consulta").await;
        let before = client.get_json("/events").await;
        break_it(&app, fault).await;
        let attempts = [
            client.post("/events", &event("Segredo")).await,
            client.patch(&path(&kept), &json!({"name": "Segredo", "is_active": false})).await,
            client.delete(&path(&kept)).await,
            client.put("/events/order", &json!({"ids": [kept["id"]]})).await,
        ];
        for answer in attempts {
            assert_eq!(answer.status(), status, "{what}: {answer:?}");
            assert!(!answer.text().contains("Segredo") && !answer.text().contains("audit"), "{what}: {answer:?}");
        }
        assert_eq!(client.get_json("/events").await, before, "{what}: nothing was changed");
        assert_eq!(names(&client, "/events").await, ["Consulta"], "{what}");
    }
}

#[tokio::test]
async fn d1_d2_a_sign_in_that_cannot_be_recorded_gives_no_session() {
    let app = TestApp::start().await;
    break_it(&app, FULL_DISK).await;
    let browser = app.browser();
    let page = browser.sign_in_as(OWNER).await;
    assert_eq!(page.status(), 503, "{}", page.text());
    assert!(browser.jar().value(SESSION).is_none());
    assert!(rows(&app).await.is_empty());
}

#[tokio::test]
async fn d1_d2_a_switch_that_cannot_be_recorded_goes_nowhere() {
    let app = TestApp::start().await;
    let client = app.client_of_organization("both@eleva.example", "org_01SEEDAURORA").await;
    break_it(&app, FULL_DISK).await;
    let answer = client.post("/auth/switch-organization", &json!({"organization_id": "org_01SEEDNORTE"})).await;
    assert_eq!(answer.problem(), (503, "unavailable".to_owned()));
    let session = client.get_json("/auth/session").await;
    assert_eq!(session["organization"]["workos_org_id"], "org_01SEEDAURORA");
}

#[tokio::test]
async fn a_refusal_that_cannot_be_recorded_stays_a_refusal_and_is_logged() {
    let app = TestApp::start().await;
    let client = app.client_of("billing-admin@aurora.example").await;
    break_it(&app, FULL_DISK).await;
    assert_eq!(client.post("/events", &event("Consulta")).await.problem(), (403, "forbidden".to_owned()));
    assert!(app.logs().contains("a refusal could not be recorded"));
}
