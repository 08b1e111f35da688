//! The audit trail, as an API client and as a person in a browser sees it.

mod access;
pub(crate) mod exports;
mod filters;
mod keyset;
mod pages;
mod portal;
mod range;
mod recorded;
mod report;
mod speculative;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio_postgres::{Client, types::Type};
use uuid::Uuid;

use crate::{app::TestApp, web::ApiClient};

pub(crate) const AURORA: &str = "org_01SEEDAURORA";
pub(crate) const NORTE: &str = "org_01SEEDNORTE";
pub(crate) const OWNER: &str = "owner@aurora.example";

/// A trail to put entries into, as the database's owner.
pub(crate) struct Trail {
    owner: Client,
    org_id: Uuid,
}

/// An entry to be put into a trail. Its number finds it again.
#[derive(Clone, Debug)]
pub(crate) struct Planted {
    pub(crate) number: i64,
    pub(crate) at: Timestamp,
    pub(crate) user_id: Option<&'static str>,
    pub(crate) action: &'static str,
    pub(crate) resource_type: &'static str,
    pub(crate) resource_id: Option<String>,
}

impl Trail {
    /// The trail of an organization (WorkOS id), ready for entries of the last hundred days.
    pub(crate) async fn of(app: &TestApp, organization_id: &str) -> Self {
        let owner = app.owner().await;
        let find = "select id from organizations where workos_org_id = $1";
        let org_id = owner.query_one(find, &[&organization_id]).await.expect("the organization").get(0);
        let partitions = "call app.create_audit_partitions(now() - interval '100 days', now())";
        owner.batch_execute(partitions).await.expect("partitions");
        Self { owner, org_id }
    }

    /// Puts an entry in, at the time that it says.
    pub(crate) async fn plant(&self, entry: &Planted) {
        let Planted { number, at, user_id, action, resource_type, resource_id } = entry;
        let metadata = json!({"number": number});
        self.owner
            .query_typed(
                "select app.audit_import($1, $2, $3, $4, $5, $6, 'success', null, null, $7, '192.0.2.7', 'A browser')",
                &[
                    (&self.org_id, Type::UUID),
                    (at, Type::TIMESTAMPTZ),
                    (user_id, Type::TEXT),
                    (action, Type::TEXT),
                    (resource_type, Type::TEXT),
                    (resource_id, Type::TEXT),
                    (&metadata, Type::JSONB),
                ],
            )
            .await
            .unwrap_or_else(|error| panic!("{entry:?}: {error:?}"));
    }

    /// Appends an entry as an operator, now.
    pub(crate) async fn append(&self, number: i64, user_id: Option<&str>, action: &str, resource_type: &str) {
        let metadata = json!({"number": number});
        self.owner
            .query_typed(
                "select app.audit_system($1, $2, null, $3, $4, null, 'failure', null, null, $5, null, null, null)",
                &[
                    (&self.org_id, Type::UUID),
                    (&user_id, Type::TEXT),
                    (&action, Type::TEXT),
                    (&resource_type, Type::TEXT),
                    (&metadata, Type::JSONB),
                ],
            )
            .await
            .unwrap_or_else(|error| panic!("{action}: {error:?}"));
    }

    /// What the database has of an action, oldest first: whole rows as JSON.
    pub(crate) async fn stored(&self, action: &str) -> Vec<Value> {
        let read = "select to_jsonb(a) from audit_logs a where a.org_id = $1 and a.action = $2 order by a.seq";
        let rows = self.owner.query(read, &[&self.org_id, &action]).await.expect("rows");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// How many entries there are.
    pub(crate) async fn length(&self) -> i64 {
        let count = "select count(*) from audit_logs where org_id = $1";
        self.owner.query_one(count, &[&self.org_id]).await.expect("a count").get(0)
    }

    /// The database, as its owner.
    pub(crate) fn owner(&self) -> &Client {
        &self.owner
    }
}

impl Planted {
    /// An event that its owner made, so many days ago.
    pub(crate) fn days_ago(number: i64, days: i64) -> Self {
        Self {
            number,
            at: days_ago(days),
            user_id: Some("user_01SEEDAURORAOWNER"),
            action: "EVENT_CREATED",
            resource_type: "event",
            resource_id: None,
        }
    }
}

/// So many days before now, to the second.
pub(crate) fn days_ago(days: i64) -> Timestamp {
    let moment = Timestamp::now() - SignedDuration::from_hours(24 * days);
    Timestamp::from_second(moment.as_second()).expect("a time")
}

/// The numbers of the planted entries of a list, in its order. Others may be between them: whoever looks is recorded.
pub(crate) fn numbers(list: &Value) -> Vec<i64> {
    let items = list["items"].as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().filter_map(|entry| entry["metadata"]["number"].as_i64()).collect()
}

/// The numbers that a query finds, on however many pages.
pub(crate) async fn found(client: &ApiClient, query: &str) -> Vec<i64> {
    let (mut all, mut page) = (Vec::new(), String::new());
    loop {
        let list = client.get_json(&format!("/audit/logs?{query}&limit=200{page}")).await;
        all.extend(numbers(&list));
        match list["next_cursor"].as_str() {
            Some(next) => page = format!("&cursor={next}"),
            None => return all,
        }
    }
}
