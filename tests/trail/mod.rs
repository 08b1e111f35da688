//! The audit trail as the product writes it: what every route leaves there, and what happens where it cannot (hardening
//! D). What the database itself holds to is in `database::trail`.

mod faults;
mod refusals;
mod routes;

use serde_json::Value;

use crate::app::TestApp;

/// A row of the trail, as far as tests look at it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) seq: i64,
    pub(crate) workos_org_id: Option<String>,
    pub(crate) workos_user_id: Option<String>,
    pub(crate) actor_type: String,
    pub(crate) action: String,
    pub(crate) resource_type: String,
    pub(crate) resource_id: Option<String>,
    pub(crate) outcome: String,
    pub(crate) old_values: Option<Value>,
    pub(crate) new_values: Option<Value>,
    pub(crate) metadata: Option<Value>,
    pub(crate) ip_address: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) request_id: Option<String>,
}

const ROWS: &str = "
    select l.seq, o.workos_org_id, l.workos_user_id, l.actor_type, l.action, l.resource_type, l.resource_id, l.outcome,
           l.old_values, l.new_values, l.metadata, host(l.ip_address) as ip_address, l.user_agent, l.request_id
      from audit_logs l
      join organizations o on o.id = l.org_id
     order by l.created_at, l.seq";

/// Every row of every organization, by time.
pub(crate) async fn rows(app: &TestApp) -> Vec<Row> {
    let owner = app.owner().await;
    let rows = owner.query(ROWS, &[]).await.expect("the trail can be read");
    let rows = rows.iter().map(|row| Row {
        seq: row.get("seq"),
        workos_org_id: row.get("workos_org_id"),
        workos_user_id: row.get("workos_user_id"),
        actor_type: row.get("actor_type"),
        action: row.get("action"),
        resource_type: row.get("resource_type"),
        resource_id: row.get("resource_id"),
        outcome: row.get("outcome"),
        old_values: row.get("old_values"),
        new_values: row.get("new_values"),
        metadata: row.get("metadata"),
        ip_address: row.get("ip_address"),
        user_agent: row.get("user_agent"),
        request_id: row.get("request_id"),
    });
    rows.collect()
}

/// The rows that came since there were `before`.
pub(crate) async fn rows_since(app: &TestApp, before: usize) -> Vec<Row> {
    rows(app).await.split_off(before)
}
