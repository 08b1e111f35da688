//! An organization's trail as a test writes it.

use eleva::audit::Action;
use jiff::Timestamp;
use tokio_postgres::{Client, types::Type};
use uuid::Uuid;

/// A row of the trail to be.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) at: Timestamp,
    pub(super) user: Option<&'static str>,
    pub(super) action: Action,
    pub(super) has_succeeded: bool,
}

/// Refusals of a minute that have no row.
#[derive(Clone, Debug)]
pub(super) struct Further {
    pub(super) minute: Timestamp,
    pub(super) user: &'static str,
    pub(super) refusals: i64,
}

const IMPORT: &str = "
    select app.audit_import(
             $1, r.at, r.workos_user_id, r.action, 'security', null,
             case when r.has_succeeded then 'success' else 'failure' end, null, null, null, null, null
           )
      from unnest($2::timestamptz[], $3::text[], $4::text[], $5::boolean[])
        as r (at, workos_user_id, action, has_succeeded)";

/// A time as RFC 3339 has it.
pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The organization with this slug: its id, with this time zone from now on.
pub(super) async fn organization(owner: &Client, slug: &str, timezone: &str) -> Uuid {
    let update = "update organizations set timezone = $2 where slug = $1 returning id";
    owner.query_one(update, &[&slug, &timezone]).await.expect("the organization").get("id")
}

/// Says that days before this one were counted: `YYYY-MM-DD`.
pub(super) async fn counted_until(owner: &Client, org_id: Uuid, date: &str) {
    let insert = "insert into audit_stats (org_id, date) values ($1, $2::text::date)";
    owner.execute(insert, &[&org_id, &date]).await.expect("a day");
}

/// Writes rows, in partitions that are made for them.
pub(super) async fn write(owner: &Client, org_id: Uuid, entries: &[Entry]) {
    let times: Vec<Timestamp> = entries.iter().map(|entry| entry.at).collect();
    let users: Vec<Option<&str>> = entries.iter().map(|entry| entry.user).collect();
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    let successes: Vec<bool> = entries.iter().map(|entry| entry.has_succeeded).collect();
    let first = times.iter().min().expect("an entry");
    let last = times.iter().max().expect("an entry");
    let partitions = format!("call app.create_audit_partitions('{first}', '{last}')");
    owner.batch_execute(&partitions).await.expect("partitions");
    let parameters = [
        (&org_id as _, Type::UUID),
        (&times as _, Type::TIMESTAMPTZ_ARRAY),
        (&users as _, Type::TEXT_ARRAY),
        (&actions as _, Type::TEXT_ARRAY),
        (&successes as _, Type::BOOL_ARRAY),
    ];
    owner.query_typed(IMPORT, &parameters).await.expect("rows");
}

/// Counts refusals as `app.audit_refusal` does; the first of each minute has its row in the trail.
pub(super) async fn refuse(owner: &Client, org_id: Uuid, further: &[Further]) {
    let insert = "
        insert into audit_refusals (org_id, workos_user_id, route, minute, refusals)
        values ($1, $2, $3, $4, 1 + $5::bigint)";
    for (number, Further { minute, user, refusals }) in further.iter().enumerate() {
        let route = format!("GET /{number}");
        owner.execute(insert, &[&org_id, user, &route, minute, refusals]).await.expect("refusals");
    }
}
