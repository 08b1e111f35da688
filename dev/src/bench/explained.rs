//! What the server says about a statement: how it went about it, and how long that took.

use serde::Serialize;
use serde_json::Value;
use tokio_postgres::{
    Client,
    types::{ToSql, Type},
};

use crate::failure::Failure;

/// A statement as EXPLAIN ANALYZE has it. Reading the statement, rewriting it with the policies, and the way to the
/// client are in neither figure.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::bench) struct Explained {
    pub(in crate::bench) planning_ms: f64,
    pub(in crate::bench) execution_ms: f64,
    plan: Value,
}

impl Explained {
    /// Runs it inside the transaction that is open.
    pub(in crate::bench) async fn ask(
        client: &Client,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Self, Failure> {
        let failed = || Failure::database("explain a statement");
        // Looking at the clock twice a row would be most of what a count takes.
        let explain = format!("explain (analyze, timing off, summary on, format json) {sql}");
        let rows = client.query_typed(&explain, parameters).await.map_err(failed())?;
        let row = rows.first().ok_or_else(|| Failure::Unmet("EXPLAIN answered nothing".to_owned()))?;
        let answer: Value = row.try_get(0).map_err(failed())?;
        let figure = |name: &str| answer[0][name].as_f64();
        match (figure("Planning Time"), figure("Execution Time")) {
            (Some(planning_ms), Some(execution_ms)) => {
                Ok(Self { planning_ms, execution_ms, plan: answer[0]["Plan"].clone() })
            }
            _ => Err(Failure::Unmet("EXPLAIN says no times".to_owned())),
        }
    }

    /// The medians, each for itself, and the plan whose execution is the median; nothing of nothing.
    pub(in crate::bench) fn median(mut all: Vec<Self>) -> Self {
        let mut median_of = |figure: fn(&Self) -> f64| {
            all.sort_by(|one, other| figure(one).total_cmp(&figure(other)));
            all.get(all.len() / 2).map(figure).unwrap_or_default()
        };
        let planning_ms = median_of(|explained| explained.planning_ms);
        let execution_ms = median_of(|explained| explained.execution_ms);
        let plan = all.get(all.len() / 2).map(|explained| explained.plan.clone()).unwrap_or_default();
        Self { planning_ms, execution_ms, plan }
    }
}
