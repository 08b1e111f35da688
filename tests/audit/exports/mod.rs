//! Exports of the trail, as an API client and as a person in a browser sees them. The worker runs in one test only
//! (`made`); for the others, what it leaves in the table and in the store is put there.

mod access;
mod asking;
mod failures;
mod files;
mod lists;
mod made;
mod pages;
mod signing_keys;

use std::fs;

use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

pub(crate) use super::AURORA;
use super::{NORTE, OWNER, Planted, Trail};
use crate::{app::TestApp, web::ApiClient};

/// What lies in the store of a finished export. No text, so that it is seen to arrive as it is.
const ROWS: &[u8] = b"\x1f\x8b\x08\0rows\xff\0";
const LEFT_OUT: &[u8] = b"\x1f\x8b\x08\0left out\xfe\0";
const MANIFEST: &[u8] = b"{\"manifest\":{},\n\"signature\":{}}\n";

/// An export that somebody may ask for.
pub(crate) fn wanted() -> Value {
    json!({
        "from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "format": "jsonl", "reason": "The yearly audit",
    })
}

/// Asks for an export and gives its document.
pub(crate) async fn ask(client: &ApiClient, wanted: &Value) -> Value {
    let answer = client.post("/audit/exports", wanted).await;
    assert_eq!(answer.status(), 202, "{answer:?}");
    answer.json()
}

/// Puts a finished export with all its files into an organization (WorkOS id) of which somebody is a member.
pub(crate) async fn finished(app: &TestApp, organization_id: &str) -> Uuid {
    let owner = app.owner().await;
    let id = queued(&owner, organization_id).await;
    let org_id: Uuid =
        owner.query_one("select org_id from audit_log_exports where id = $1", &[&id]).await.expect("the export").get(0);
    let name = format!("audit-2026-10-01-2026-11-01-{}", &id.to_string()[..8]);
    let folder = app.exports().join(format!("exports/{org_id}/{id}"));
    fs::create_dir_all(&folder).expect("a folder");
    for (ending, content) in [("jsonl.gz", ROWS), ("left-out.jsonl.gz", LEFT_OUT), ("manifest.json", MANIFEST)] {
        fs::write(folder.join(format!("{name}.{ending}")), content).expect("a file");
    }
    change(
        &owner,
        id,
        &format!(
            "status = 'done', started_at = now(), finished_at = now(), record_count = 812, file_size = 10,
             sha256 = sha256('rows'), left_out_count = 94, left_out_size = 14, left_out_sha256 = sha256('left out'),
             first_seq = 1, last_seq = 906, next_seq = 907, head_seq = 1000, head_hash = sha256('head'),
             object_key = 'exports/{org_id}/{id}/{name}.jsonl.gz',
             left_out_key = 'exports/{org_id}/{id}/{name}.left-out.jsonl.gz',
             manifest_key = 'exports/{org_id}/{id}/{name}.manifest.json'"
        ),
    )
    .await;
    id
}

/// Puts an export into an organization that a member has asked for and nobody has begun.
async fn queued(owner: &Client, organization_id: &str) -> Uuid {
    let insert = "
        insert into audit_log_exports (org_id, workos_user_id, start_date, end_date, export_format, reason)
        select m.org_id, m.workos_user_id, '2026-10-01', '2026-11-01', 'jsonl', 'A request'
          from user_org_memberships m
          join organizations o on o.id = m.org_id
         where o.workos_org_id = $1
         order by m.workos_user_id
         limit 1
        returning id";
    owner.query_one(insert, &[&organization_id]).await.expect("somebody is a member").get(0)
}

/// Changes an export as its worker would.
async fn change(owner: &Client, id: Uuid, assignments: &str) {
    let update = format!("update audit_log_exports set {assignments} where id = '{id}'");
    owner.batch_execute(&update).await.unwrap_or_else(|error| panic!("{assignments}: {error:?}"));
}

/// The address of an export.
fn path(id: Uuid) -> String {
    format!("/audit/exports/{id}")
}

/// The addresses of an export and of its files.
fn paths(id: Uuid) -> [String; 4] {
    let path = path(id);
    [format!("{path}/download"), format!("{path}/left-out"), format!("{path}/manifest"), path]
}
