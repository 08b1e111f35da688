//! Medical records, as an API client and as a person in a browser sees them (hardening E, B12, D2, D8).

mod access;
mod api;
mod concurrency;
mod discreet;
mod history;
mod invalid;
mod lists;
mod meeting_lists;
mod pages;
mod recorded;
mod round_trips;
mod stale_pages;
mod swapped;

use serde_json::{Value, json};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{app::TestApp, web::ApiClient};

pub(crate) const AURORA: &str = "org_01SEEDAURORA";
pub(crate) const NORTE: &str = "org_01SEEDNORTE";
pub(crate) const OWNER: &str = "owner@aurora.example";
pub(crate) const OWNER_ID: &str = "user_01SEEDAURORAOWNER";

const EVENT: &str = "
    insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
    select o.id, $1, 'Consulta', 'records-' || gen_random_uuid(), 30
      from organizations o
     where o.workos_org_id = $2
    returning id";

/// Each an hour after the one before: no two of an expert overlap.
const MEETING: &str = "
    insert into meetings (id, org_id, event_id, workos_user_id, guest_email, guest_name, start_time, timezone)
    select coalesce($2, gen_random_uuid()), e.org_id, e.id, e.workos_user_id, 'rita@guest.example', 'Rita Gomes',
           now() + (select count(*) from meetings) * interval '1 hour', 'Europe/Lisbon'
      from events e
     where e.id = $1
    returning id";

/// Books a meeting with Rita Gomes for an expert (WorkOS user id) of an organization (WorkOS id), and gives its id.
pub(crate) async fn meeting(app: &TestApp, expert: &str, organization: &str) -> Uuid {
    meeting_of_id(app, expert, organization, None).await
}

/// The same under an id of the test's choice.
pub(crate) async fn meeting_of_id(app: &TestApp, expert: &str, organization: &str, id: Option<Uuid>) -> Uuid {
    let owner = app.owner().await;
    let of_event = [(&expert as &(dyn tokio_postgres::types::ToSql + Sync), Type::TEXT), (&organization, Type::TEXT)];
    let event: Uuid = owner.query_typed_one(EVENT, &of_event).await.expect("an event").get(0);
    let of_meeting = [(&event as &(dyn tokio_postgres::types::ToSql + Sync), Type::UUID), (&id, Type::UUID)];
    owner.query_typed_one(MEETING, &of_meeting).await.expect("a meeting").get(0)
}

/// The path of a meeting's records.
pub(crate) fn records_of(meeting: Uuid) -> String {
    format!("/meetings/{meeting}/records")
}

/// Writes a record and gives the answer's document.
pub(crate) async fn write(client: &ApiClient, meeting: Uuid, content: &str) -> Value {
    write_with(client, meeting, content, &Value::Null).await
}

/// The same, with metadata.
pub(crate) async fn write_with(client: &ApiClient, meeting: Uuid, content: &str, metadata: &Value) -> Value {
    let answer = client.post(&records_of(meeting), &json!({"content": content, "metadata": metadata})).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    answer.json()
}

/// The path of a record's document.
pub(crate) fn path(record: &Value) -> String {
    format!("/records/{}", record["id"].as_str().expect("an id"))
}

/// A change of a record's content.
fn change(content: &str, version: i64) -> Value {
    json!({"content": content, "metadata": null, "version": version})
}

/// The contents of a meeting's records, in the list's order.
async fn contents(client: &ApiClient, target: &str) -> Vec<String> {
    let list = client.get_json(target).await;
    let items = list["items"].as_array().expect("items");
    items.iter().map(|record| record["content"].as_str().expect("a content").to_owned()).collect()
}
